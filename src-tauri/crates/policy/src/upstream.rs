//! Where images of a registry really come from, and the way back: which image a path of the organization's cache
//! stands for.

use image_ref::{Registry, Repository};

use crate::document::Upstream;

/// The place that the images of one registry are fetched from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The registry that engines name.
    pub registry: Registry,
    /// The registry that is asked.
    pub to: Registry,
    /// What stands before the path there: `dockerhub-proxy`; empty for a whole mirror.
    pub prefix: String,
}

impl Route {
    /// Reads an upstream's URL.
    pub(crate) fn parse(upstream: &Upstream) -> Result<Self, String> {
        let shape = "write `https://HOST/v2/PREFIX/`, or `https://HOST/v2/` for a whole mirror";
        let rest = upstream.to.strip_prefix("https://").ok_or_else(|| format!("no https URL; {shape}"))?;
        let (host, path) = rest.split_once('/').ok_or_else(|| format!("no path; {shape}"))?;
        let to = Registry::parse(host).map_err(|error| error.to_string())?;
        let path = format!("/{path}");
        let prefix = path
            .strip_prefix("/v2/")
            .ok_or_else(|| format!("the path does not begin with `/v2/`; {shape}"))?;
        let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
        if !prefix.is_empty() {
            Repository::new(to.clone(), &format!("{prefix}/any")).map_err(|error| error.to_string())?;
        }
        if to == upstream.registry && prefix.is_empty() {
            return Err("the upstream of a registry cannot be itself".to_owned());
        }
        Ok(Self { registry: upstream.registry.clone(), to, prefix: prefix.to_owned() })
    }

    /// What a repository of the cache stands for; `None` when it is not in the cache.
    pub fn alias(&self, repository: &Repository) -> Option<Repository> {
        if *repository.registry() != self.to {
            return None;
        }
        let path = if self.prefix.is_empty() {
            repository.path()
        } else {
            repository.path().strip_prefix(&self.prefix)?.strip_prefix('/')?
        };
        Repository::new(self.registry.clone(), path).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(to: &str) -> Result<Route, String> {
        let text = format!(r#"{{ "for": "docker.io", "to": "{to}" }}"#);
        Route::parse(&serde_json::from_str(&text).unwrap())
    }

    fn alias(to: &str, repository: &str) -> Option<String> {
        route(to).unwrap().alias(&Repository::parse(repository).unwrap()).map(|found| found.to_string())
    }

    #[test]
    fn a_path_of_the_cache_stands_for_what_it_caches() {
        let to = "https://harbor.acme.example/v2/dockerhub-proxy/";
        let nginx = Some("docker.io/library/nginx".to_owned());
        assert_eq!(alias(to, "harbor.acme.example/dockerhub-proxy/library/nginx"), nginx);
        assert_eq!(alias(to, "harbor.acme.example/dockerhub-proxy/nginx"), nginx);
        assert_eq!(alias(to, "harbor.acme.example/team/nginx"), None);
        assert_eq!(alias(to, "harbor.acme.example/dockerhub-proxy2/nginx"), None);
        assert_eq!(alias(to, "other.example/dockerhub-proxy/nginx"), None);
        assert_eq!(alias("https://mirror.example/v2/", "mirror.example/library/nginx"), nginx);
    }

    #[test]
    fn an_upstream_that_is_no_distribution_api_is_refused() {
        for to in
            ["http://a.example/v2/", "https://a.example", "https://a.example/hub/", "https://a.example/v2/A/"]
        {
            assert!(route(to).is_err(), "{to}");
        }
        assert!(route("https://docker.io/v2/").is_err());
    }
}

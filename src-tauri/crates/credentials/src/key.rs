//! Which registry, or which part of one, a key of a login file stands for: tools wrote it as a host, as a URL, with API
//! paths, and with the beginning of a repository's path.

use std::cmp::Reverse;

use image_ref::Registry;

use super::Wanted;

/// Under which Docker keeps the login for Docker Hub.
pub(super) const HUB_KEY: &str = "https://index.docker.io/v1/";

/// How well the key of a containers/image file fits, the best first: the longest part of the repository's path, then the
/// registry under each of its names. `None` where it is for something else.
pub(super) fn rank(key: &str, wanted: &Wanted) -> Option<(Reverse<usize>, u8)> {
    if let Some(path) = &wanted.repository
        && let Some((host, part)) = key.split_once('/')
        && Registry::parse(host).is_ok_and(|registry| registry == wanted.registry)
        && path.strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        && !part.is_empty()
    {
        return Some((Reverse(part.len()), 0));
    }
    stands_for(key, &wanted.registry).then(|| (Reverse(0), spelling(key, &wanted.registry)))
}

/// Whether the key stands for the whole registry; one for a namespace below it does not.
pub(super) fn stands_for(key: &str, registry: &Registry) -> bool {
    let bare = key.strip_prefix("https://").or_else(|| key.strip_prefix("http://"));
    let (host, path) = bare.unwrap_or(key).split_once('/').unwrap_or((bare.unwrap_or(key), ""));
    let whole = bare.is_some() || matches!(path.trim_end_matches('/'), "" | "v1" | "v2");
    whole && Registry::parse(host).is_ok_and(|other| other == *registry)
}

/// As the registry is called, as Docker calls it, anything else.
pub(super) fn spelling(key: &str, registry: &Registry) -> u8 {
    match key {
        key if key == registry.as_str() => 0,
        HUB_KEY => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing_for<'a>(registry: &str, keys: &[&'a str]) -> Vec<&'a str> {
        let registry = Registry::parse(registry).unwrap();
        keys.iter().copied().filter(|key| stands_for(key, &registry)).collect()
    }

    #[test]
    fn every_spelling_of_docker_hub_is_docker_hub() {
        let keys = [
            "docker.io",
            "index.docker.io",
            "registry-1.docker.io",
            "https://index.docker.io/v1/",
            "https://index.docker.io/v1",
            "index.docker.io/v1/",
            "https://registry-1.docker.io/v2/",
            "http://docker.io",
        ];
        assert_eq!(standing_for("docker.io", &keys), keys);
    }

    #[test]
    fn a_registry_has_its_port_and_scheme_and_path_aside() {
        let keys =
            ["Quay.io", "quay.io:443", "https://quay.io", "https://quay.io/v2/", "quay.io/v2/", "quay.io/"];
        assert_eq!(standing_for("quay.io", &keys), keys);
        let keys = ["registry.acme.example:5000", "http://registry.acme.example:5000/v1/"];
        assert_eq!(standing_for("registry.acme.example:5000", &keys), keys);
        assert_eq!(standing_for("[::1]:5000", &["[::1]:5000", "https://[0:0::1]:5000/"]).len(), 2);
    }

    #[test]
    fn another_registry_or_a_part_of_one_is_not_it() {
        let others = [
            "",
            "/",
            "https://",
            "quay.io:5000",
            "quay.io/acme",
            "quay.io.acme.example",
            "notquay.io",
            "ada:secret@quay.io",
            "https://ada:secret@quay.io/",
            "https://example.com/quay.io",
            "*.io",
        ];
        assert_eq!(standing_for("quay.io", &others), [""; 0]);
    }

    #[test]
    fn the_registrys_own_name_fits_best_and_dockers_name_for_docker_hub_next() {
        let hub = Registry::docker_hub();
        assert_eq!(["docker.io", HUB_KEY, "index.docker.io"].map(|key| spelling(key, &hub)), [0, 1, 2]);
    }

    #[test]
    fn the_longest_part_of_the_path_fits_best_and_a_part_of_a_word_does_not_fit() {
        let fits = |name: &str, key: &str| rank(key, &Wanted::parse(name).unwrap());
        let private = "docker.io/acme/private";
        let mut keys =
            ["docker.io", "docker.io/acme", "docker.io/acme/private", "https://index.docker.io/v1/"];
        keys.sort_by_key(|key| fits(private, key).unwrap());
        let expected = ["docker.io/acme/private", "docker.io/acme", "docker.io", HUB_KEY];
        assert_eq!(keys, expected);
        for other in ["docker.io/acm", "docker.io/acme/private/x", "docker.io/other", "quay.io/acme"] {
            assert_eq!(fits(private, other), None, "{other}");
        }
        assert_eq!(fits("docker.io", "docker.io/acme"), None);
        assert!(fits("quay.io:443/acme/app", "quay.io/acme").is_some());
        assert!(fits("r.example:5000/team/app", "r.example:5000/team").is_some());
        assert_eq!(fits("r.example:5000/team/app", "r.example/team"), None);
    }
}

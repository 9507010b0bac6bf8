//! Which registry a key of a login file stands for: tools wrote it as a host, as a URL, and with API paths.

use image_ref::Registry;

/// Under which Docker keeps the login for Docker Hub.
pub(super) const HUB_KEY: &str = "https://index.docker.io/v1/";

/// Whether the key stands for the whole registry; one for a namespace below it does not.
pub(super) fn stands_for(key: &str, registry: &Registry) -> bool {
    let bare = key.strip_prefix("https://").or_else(|| key.strip_prefix("http://"));
    let (host, path) = bare.unwrap_or(key).split_once('/').unwrap_or((bare.unwrap_or(key), ""));
    let whole = bare.is_some() || matches!(path.trim_end_matches('/'), "" | "v1" | "v2");
    whole && Registry::parse(host).is_ok_and(|other| other == *registry)
}

/// How well a key fits, the best first: as the registry is called, as Docker calls it, anything else.
pub(super) fn rank(key: &str, registry: &Registry) -> u8 {
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
        assert_eq!(["docker.io", HUB_KEY, "index.docker.io"].map(|key| rank(key, &hub)), [0, 1, 2]);
    }
}

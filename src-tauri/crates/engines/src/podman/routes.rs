//! Which names lead where. Every name the policy knows leads to its own path at the mirror front; so does every
//! redirect the person wrote for such a name, since the longer prefix would win. Where unlisted registries are
//! refused, every other top-level domain leads to a path that is always denied.

use std::collections::BTreeSet;

use config_edit::registries_conf::{Entry, Route};
use config_edit::registry_path;

use crate::DesiredRouting;

const HUB_ALIASES: [&str; 4] =
    ["index.docker.io", "registry-1.docker.io", "registry.hub.docker.com", "registry.ipv6.docker.com"];
const TOP_LEVEL_DOMAINS: &str = include_str!("top_level_domains.txt");
/// Named one by one, so that a denial names the registry and not only its domain, and so that rules for images of every
/// registry hold here where registries pass that the policy does not name: by its domain alone a registry cannot be
/// asked, since the name gets lost.
const WELL_KNOWN: [&str; 12] = [
    "container-registry.oracle.com",
    "gcr.io",
    "ghcr.io",
    "mcr.microsoft.com",
    "nvcr.io",
    "public.ecr.aws",
    "quay.io",
    "registry.access.redhat.com",
    "registry.fedoraproject.org",
    "registry.gitlab.com",
    "registry.k8s.io",
    "registry.redhat.io",
];

/// Named registries first, then the person's redirects, then everything else; each prefix once.
pub(super) fn routes(entries: &[Entry], desired: &DesiredRouting) -> Vec<Route> {
    let named = desired.named();
    let mut pairs: Vec<(String, String)> =
        named.iter().map(|registry| (registry.clone(), at_mirror(desired, registry))).collect();
    pairs.extend(HUB_ALIASES.map(|alias| (alias.to_owned(), at_mirror(desired, alias))));
    if desired.blocks_unlisted || desired.judges_unlisted {
        pairs.extend(WELL_KNOWN.map(|registry| (registry.to_owned(), at_mirror(desired, registry))));
    }
    for entry in entries {
        pairs.extend(location(entry, &named, desired).map(|location| (entry.prefix.clone(), location)));
    }
    if desired.blocks_unlisted {
        let unlisted = format!("{}/unlisted", desired.mirror);
        pairs.extend(TOP_LEVEL_DOMAINS.lines().map(|domain| (format!("*.{domain}"), unlisted.clone())));
    }
    let blocked = entries.iter().filter(|entry| is_plainly_blocked(entry));
    let mut known: BTreeSet<String> = blocked.map(|entry| entry.prefix.clone()).collect();
    pairs.retain(|(prefix, _)| known.insert(prefix.clone()));
    pairs.into_iter().map(|(prefix, location)| Route { prefix, location }).collect()
}

/// What the person's entry must become: for a name of the policy always, for another where it would be refused,
/// for a loopback name where it leads off the machine.
fn location(entry: &Entry, named: &[String], desired: &DesiredRouting) -> Option<String> {
    let host = host(&entry.prefix);
    if entry.prefix.starts_with("*.") {
        return desired.blocks_unlisted.then(|| format!("{}/unlisted", desired.mirror));
    }
    if is_loopback(host) {
        let leads_off = entry.location.as_deref().filter(|location| !is_loopback(self::host(location)));
        return leads_off.map(|location| at_mirror(desired, location));
    }
    let is_judged = desired.judges_unlisted && WELL_KNOWN.contains(&host);
    let is_named = is_judged || named.iter().any(|it| it == host) || HUB_ALIASES.contains(&host);
    (is_named || desired.blocks_unlisted).then(|| at_mirror(desired, &entry.prefix))
}

/// The mirror front's path for `registry.example:5000/team`.
fn at_mirror(desired: &DesiredRouting, name: &str) -> String {
    let host = host(name);
    let rest = name.get(host.len()..).unwrap_or_default();
    let host = if HUB_ALIASES.contains(&host) { "docker.io" } else { host };
    format!("{}/{}{rest}", desired.mirror, registry_path(host))
}

/// A block without a way round it is the person's own decision.
fn is_plainly_blocked(entry: &Entry) -> bool {
    entry.blocked && entry.mirrors.is_empty()
}

fn host(name: &str) -> &str {
    name.split('/').next().unwrap_or(name)
}

fn is_loopback(host: &str) -> bool {
    let bare = host.split(':').next().unwrap_or(host);
    bare == "localhost"
        || bare.ends_with(".localhost")
        || bare.starts_with("127.")
        || host.starts_with("[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desired_routing::tests::desired;

    fn entry(prefix: &str) -> Entry {
        let source = "/etc/containers/registries.conf".into();
        let (location, mirrors, insecure) = (None, Vec::new(), Vec::new());
        let (is_insecure, blocked) = (false, false);
        Entry { prefix: prefix.into(), location, mirrors, is_insecure, insecure, blocked, source }
    }

    fn shown(entries: &[Entry], desired: &DesiredRouting) -> Vec<String> {
        routes(entries, desired).iter().map(|it| format!("{} -> {}", it.prefix, it.location)).collect()
    }

    #[test]
    fn every_name_of_the_policy_and_of_docker_hub_has_its_own_path() {
        insta::assert_snapshot!(shown(&[], &desired()).join("\n"), @r"
        docker.io -> 127.0.0.1:858/docker.io
        quay.io -> 127.0.0.1:858/quay.io
        registry.acme.example:5000 -> 127.0.0.1:858/registry.acme.example__5000
        index.docker.io -> 127.0.0.1:858/docker.io
        registry-1.docker.io -> 127.0.0.1:858/docker.io
        registry.hub.docker.com -> 127.0.0.1:858/docker.io
        registry.ipv6.docker.com -> 127.0.0.1:858/docker.io
        ");
    }

    #[test]
    fn a_longer_prefix_of_the_person_leads_to_the_gateway_too() {
        let entries = [entry("docker.io/library"), entry("ghcr.io/acme"), entry("localhost:5000")];
        let routes = shown(&entries, &desired());
        assert_eq!(routes[7..], ["docker.io/library -> 127.0.0.1:858/docker.io/library"]);
    }

    #[test]
    fn a_loopback_name_that_leads_off_the_machine_leads_to_the_gateway() {
        let entries = [Entry { location: Some("ghcr.io/evil".into()), ..entry("localhost/x") }];
        assert_eq!(shown(&entries, &desired())[7..], ["localhost/x -> 127.0.0.1:858/ghcr.io/evil"]);
    }

    #[test]
    fn what_the_person_blocked_stays_blocked() {
        let blocked = Entry { blocked: true, ..entry("quay.io") };
        assert!(
            !shown(std::slice::from_ref(&blocked), &desired()).iter().any(|it| it.starts_with("quay.io"))
        );
        let with_mirror = Entry { mirrors: vec!["mirror.example".into()], ..blocked };
        assert!(shown(&[with_mirror], &desired()).iter().any(|it| it.starts_with("quay.io")));
    }

    /// `deny: **/xmrig` did not hold for Podman where registries are allowed by default, and audit saw nothing.
    #[test]
    fn where_rules_are_for_every_registry_the_well_known_ones_lead_to_paths_that_forward() {
        let desired = DesiredRouting { judges_unlisted: true, registries: Vec::new(), ..desired() };
        let routes = shown(&[entry("quay.io/team"), entry("ghcr.example/x")], &desired);
        for expected in ["quay.io -> 127.0.0.1:858/quay.io", "quay.io/team -> 127.0.0.1:858/quay.io/team"] {
            assert!(routes.iter().any(|route| route == expected), "{expected}: {routes:?}");
        }
        assert!(!routes.iter().any(|route| route.contains("unlisted") || route.contains("ghcr.example")));
    }

    #[test]
    fn unlisted_registries_lead_to_a_path_that_is_always_denied() {
        let desired = DesiredRouting { blocks_unlisted: true, ..desired() };
        let entries = [entry("registry.acme.corp/team"), entry("*.acme.corp")];
        let routes = shown(&entries, &desired);
        for expected in [
            "ghcr.io -> 127.0.0.1:858/ghcr.io",
            "registry.acme.corp/team -> 127.0.0.1:858/registry.acme.corp/team",
            "*.acme.corp -> 127.0.0.1:858/unlisted",
            "*.io -> 127.0.0.1:858/unlisted",
            "*.internal -> 127.0.0.1:858/unlisted",
        ] {
            assert!(routes.iter().any(|route| route == expected), "{expected}");
        }
    }

    #[test]
    fn top_level_domains_are_sorted_lower_case_labels() {
        let domains: Vec<&str> = TOP_LEVEL_DOMAINS.lines().collect();
        assert!(domains.is_sorted() && domains.len() > 1400);
        let label = |it: &&str| it.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        assert!(domains.iter().all(label));
    }
}

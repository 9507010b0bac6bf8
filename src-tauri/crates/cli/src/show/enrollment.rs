//! What an enrollment would make of this machine, for whoever has to agree.

use enrollment::{EnrolledProxy, Enrollment, Identity, Provider, Source};
use wire::HUB_REACHES_OWNERS;

use super::text::{Facts, one_line};

/// The organization, who signs in, and what the policy is believed by.
pub(crate) fn enrollment(enrollment: &Enrollment, sha256: &str) -> String {
    let organization = &enrollment.organization;
    let mut facts = Facts::default();
    facts.add("organization", format!("{} ({})", organization.display, organization.name));
    facts.add("sign-in", enrollment.identity.as_ref().map_or_else(|| "none".to_owned(), sign_in));
    facts.add("policy", enrollment.policy.url.as_str());
    facts.add("root keys", keys(enrollment));
    if let Some(proxy) = &enrollment.network.proxy {
        facts.add("proxy", network(proxy));
    }
    for (registry, stand_in) in &enrollment.stand_ins {
        facts.add("stand-in", format!("{registry} is really {}", stand_in.url));
    }
    facts.add("SHA-256", sha256);
    let hub = match &enrollment.policy.source {
        Source::DockerHub(_) => format!("{HUB_REACHES_OWNERS}\n"),
        Source::File { .. } | Source::Https { .. } => String::new(),
    };
    format!("An enrollment with {}\n{}{hub}", one_line(&organization.display), facts.text())
}

fn sign_in(identity: &Identity) -> String {
    let place = match &identity.provider {
        Provider::Oidc(oidc) => format!("{} as client {}", oidc.issuer, oidc.client_id),
        Provider::DockerHub(hub) => format!("Docker Hub, organization {}", hub.organizations.join(" or ")),
    };
    if identity.required { place } else { format!("{place}, not required") }
}

fn network(proxy: &EnrolledProxy) -> String {
    let login = proxy.login.as_ref().map(|path| format!(", login in {}", path.display())).unwrap_or_default();
    let except = match proxy.no_proxy.as_str() {
        "" => String::new(),
        names => format!(", except {names}"),
    };
    format!("{}{login}{except}", proxy.url.address())
}

fn keys(enrollment: &Enrollment) -> String {
    let Some(roots) = enrollment.policy.roots() else {
        return "none, the policy is not signed".to_owned();
    };
    let ids: Vec<String> = roots.keys().iter().map(|key| key.id().to_string()).collect();
    match (roots.threshold(), ids.len()) {
        (_, 1) => ids.join(""),
        (threshold, count) => format!("{} ({threshold} of {count} must sign)", ids.join(", ")),
    }
}

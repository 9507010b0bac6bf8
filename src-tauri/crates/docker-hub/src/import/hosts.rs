//! Docker's Registry Access Management as registry rules.

use std::collections::BTreeSet;

use policy::{Effect, Extensible, HostPattern, Loopback, Registries, RegistryRule, Warning};

use super::{RegistryAccess, hub_entry, shown};

/// Ends of hosts that hand out layers or tokens for a registry elsewhere.
const SERVES_LAYERS: [&str; 11] = [
    "production.cloudflare.docker.com",
    "auth.docker.io",
    "s3.amazonaws.com",
    "cloudfront.net",
    "r2.cloudflarestorage.com",
    "storage.googleapis.com",
    "pkg-containers.githubusercontent.com",
    "blob.core.windows.net",
    "azureedge.net",
    "fastly.net",
    "akamaized.net",
];

/// Domains under which every customer of a cloud has a registry, with what one of them looks like.
const SHARED: [(&str, &str); 3] = [
    ("amazonaws.com", "123456789012.dkr.ecr.eu-west-1.amazonaws.com"),
    ("azurecr.io", "acme.azurecr.io"),
    ("pkg.dev", "europe-docker.pkg.dev"),
];

/// The longest name that a rule may have, in characters.
const LONGEST_NAME: usize = 200;

/// Everything that is not listed is blocked, as in Docker.
pub(super) fn registries(access: &RegistryAccess, remarks: &mut Vec<Warning>) -> Registries {
    let mut entries = Vec::new();
    for standard in &access.standard_registries {
        if standard.id == "DockerHub" {
            entries.push(hub_entry(standard.allowed));
        } else {
            let message = format!(
                "`{}` is a registry of Docker's that has no address and was left out",
                shown(&standard.id)
            );
            remarks.push(Warning::at("/registries/entries", message));
        }
    }
    let mut seen: BTreeSet<HostPattern> = entries.iter().map(|entry| entry.host.clone()).collect();
    for custom in &access.custom_registries {
        let Some(host) = host(&custom.address, remarks) else { continue };
        if !seen.insert(host.clone()) {
            let message = format!("`{host}` was listed again and left out; the first entry holds");
            remarks.push(Warning::at("/registries/entries", message));
            continue;
        }
        let action = Extensible::Known(if custom.allowed { Effect::Allow } else { Effect::Block });
        entries.push(RegistryRule {
            id: None,
            host,
            name: name(&custom.friendly_name),
            paths: None,
            action,
            instead: None,
        });
    }
    let default = Extensible::Known(Effect::Block);
    Registries { default, loopback: Extensible::Known(Loopback::Allow), entries }
}

fn name(text: &str) -> Option<String> {
    let name: String = text
        .chars()
        .take(LONGEST_NAME)
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect();
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}

/// The host that an address means here, with a remark where that differs from Docker.
fn host(address: &str, remarks: &mut Vec<Warning>) -> Option<HostPattern> {
    let bare = address.trim().to_ascii_lowercase();
    let bare = bare.strip_prefix("https://").or_else(|| bare.strip_prefix("http://")).unwrap_or(&bare);
    let bare = bare.trim_end_matches('/');
    let mut remark = |message: String| remarks.push(Warning::at("/registries/entries", message));
    let under = |domain: &&str| *domain == bare || bare.ends_with(&format!(".{domain}"));
    if SERVES_LAYERS.iter().any(under) {
        remark(format!(
            "`{bare}` serves layers or tokens for other registries and was left out: Pullgate follows a registry \
             there by itself; add it if images are really named after it"
        ));
        return None;
    }
    if let Some((domain, example)) =
        SHARED.iter().find(|(domain, _)| bare.trim_start_matches("*.") == *domain)
    {
        remark(format!(
            "`{domain}` opens the registries of every customer there and became `*.{domain}`; write your own, such \
             as `{example}`"
        ));
        return HostPattern::parse(&format!("*.{domain}")).ok();
    }
    match HostPattern::parse(bare) {
        Ok(host) => Some(host),
        Err(error) => {
            remark(format!("`{}` is no registry and was left out: {error}", shown(address)));
            None
        }
    }
}

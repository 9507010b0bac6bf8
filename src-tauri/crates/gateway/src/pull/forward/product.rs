//! Which product refuses, as far as its answer or its host tells.

use http1::Reply;

/// The product, for people.
pub(super) fn of(host: &str, reply: &Reply, code: Option<&str>, message: &str) -> Option<&'static str> {
    by_answer(reply, code, message).or_else(|| by_host(host))
}

fn by_answer(reply: &Reply, code: Option<&str>, message: &str) -> Option<&'static str> {
    // Harbor's code for images that its project's rules keep back.
    if code == Some("PROJECTPOLICYVIOLATION") || reply.fields.get("x-harbor-csrf-token").is_some() {
        return Some("Harbor");
    }
    let server = reply.fields.get("server").unwrap_or_default();
    let has = |name: &str| reply.fields.get(name).is_some();
    if server.starts_with("Artifactory/") || has("x-jfrog-version") || has("x-artifactory-id") {
        let xray = message.contains("Xray");
        return Some(if xray { "JFrog Xray" } else { "JFrog Artifactory" });
    }
    if server.starts_with("Nexus/") {
        let firewall = message.to_ascii_lowercase().contains("quarantine");
        return Some(if firewall { "Sonatype Repository Firewall" } else { "Sonatype Nexus" });
    }
    if has("x-gitlab-meta") || has("gitlab-lb") {
        return Some("GitLab");
    }
    if message.contains("configured in Xray") { Some("JFrog Xray") } else { None }
}

fn by_host(host: &str) -> Option<&'static str> {
    let host = host.split(':').next().unwrap_or_default();
    let under = |domain: &str| host == domain || host.ends_with(&format!(".{domain}"));
    if under("cgr.dev") {
        return Some("Chainguard");
    }
    if under("jfrog.io") {
        return Some("JFrog Artifactory");
    }
    if under("gitlab.com") {
        return Some("GitLab");
    }
    let labels = [
        ("harbor", "Harbor"),
        ("nexus", "Sonatype Nexus"),
        ("artifactory", "JFrog Artifactory"),
        ("jfrog", "JFrog Artifactory"),
        ("gitlab", "GitLab"),
    ];
    let first = host.split('.').next().unwrap_or_default();
    let word = |name: &str| first.split('-').any(|word| word == name);
    labels.into_iter().find(|(name, _)| word(name)).map(|(_, product)| product)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(fields: &str) -> Reply {
        Reply::parse(format!("HTTP/1.1 403 Forbidden\r\n{fields}\r\n").as_bytes()).unwrap()
    }

    #[test]
    fn a_product_is_known_by_its_answer_and_else_by_its_host() {
        let plain = reply("");
        for (host, reply, code, message, product) in [
            ("registry.example", &plain, Some("PROJECTPOLICYVIOLATION"), "", Some("Harbor")),
            (
                "registry.example",
                &reply("Server: Nexus/3.68.0-04 (PRO)\r\n"),
                None,
                "",
                Some("Sonatype Nexus"),
            ),
            (
                "registry.example",
                &reply("Server: Nexus/3.68.0-04 (PRO)\r\n"),
                None,
                "REQUESTED ITEM IS QUARANTINED",
                Some("Sonatype Repository Firewall"),
            ),
            (
                "registry.example",
                &reply("X-JFrog-Version: Artifactory/7.90.1\r\n"),
                None,
                "… configured in Xray for docker-remote",
                Some("JFrog Xray"),
            ),
            ("registry.example", &reply("x-gitlab-meta: {}\r\n"), None, "", Some("GitLab")),
            ("cgr.dev", &plain, None, "", Some("Chainguard")),
            ("acme.cgr.dev", &plain, None, "", Some("Chainguard")),
            ("acme.jfrog.io", &plain, None, "", Some("JFrog Artifactory")),
            ("harbor.acme.example:8443", &plain, None, "", Some("Harbor")),
            ("docker-nexus.acme.example", &plain, None, "", Some("Sonatype Nexus")),
            ("notcgr.dev", &plain, None, "", None),
            ("harbors.acme.example", &plain, None, "", None),
            ("quay.io", &plain, Some("DENIED"), "", None),
        ] {
            assert_eq!(of(host, reply, code, message), product, "{host} {message}");
        }
    }
}

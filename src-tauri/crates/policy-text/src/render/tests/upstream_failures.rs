//! Every failure that is not the policy's.

use std::fmt::Write;

use super::*;

#[test]
#[expect(clippy::too_many_lines, reason = "one case after the other")]
fn every_failure_that_is_not_the_policys() {
    let (host, at) = ("registry.acme.example:5000", Some(time("2026-11-20T00:00:00Z")));
    let refused = |status, message| UpstreamFailure::Refused { host: "docker.io", status, message };
    let place = InsecurePlace::DaemonJson;
    let certificate = |problem| UpstreamFailure::Certificate { host, problem, place };
    let failed = LoginSearch::Failed {
        why: "`docker-credential-lab` failed: your SSO session has expired. Run: aws sso login".to_owned(),
    };
    let unauthorized = |login, engine| UpstreamFailure::Unauthorized {
        host: "docker.io",
        message: "authentication required",
        login,
        engine,
    };
    let token = |status, message, retry_after| UpstreamFailure::TokenRefused {
        host: "auth.docker.io",
        status,
        message,
        retry_after,
    };
    let elsewhere = |product, status, message| UpstreamFailure::DeniedElsewhere {
        host: "harbor.acme.example",
        product,
        status,
        message,
    };
    let mut page = String::new();
    for failure in [
        refused(404, "manifest unknown"),
        refused(401, "authentication required"),
        refused(429, "You have reached your unauthenticated pull rate limit."),
        refused(503, ""),
        refused(418, ""),
        UpstreamFailure::HubDenied { message: "image access denied: community images not allowed" },
        unauthorized(&LoginSearch::Missing, Engine::Podman),
        unauthorized(&LoginSearch::Missing, Engine::Skopeo),
        unauthorized(&LoginSearch::Missing, Engine::Kubernetes),
        unauthorized(&LoginSearch::Missing, Engine::Nerdctl),
        unauthorized(&LoginSearch::Rejected, Engine::Buildah),
        unauthorized(&failed, Engine::Podman),
        token(429, "", Some(30)),
        token(429, "You have reached your pull rate limit", None),
        token(503, "", None),
        token(403, "denied: the token has expired", None),
        token(200, "", None),
        token(404, "", None),
        elsewhere(
            Some("Harbor"),
            412,
            "current image with 4 vulnerabilities cannot be pulled due to configured policy in 'Prevent images with vulnerability severity of \"Critical\" or higher from running.' To continue with pull, please contact your project administrator to exempt matched vulnerabilities through configuring the CVE allowlist.",
        ),
        elsewhere(None, 403, "Your authorization token has expired. Reauthenticate and try again."),
        elsewhere(None, 403, ""),
        certificate(CertificateProblem::Expired { at }),
        certificate(CertificateProblem::Expired { at: None }),
        certificate(CertificateProblem::NotYetValid { from: at }),
        certificate(CertificateProblem::UnknownAuthority),
        certificate(CertificateProblem::OtherHost),
        certificate(CertificateProblem::NoNames),
        certificate(CertificateProblem::AuthorityExpired),
        certificate(CertificateProblem::NotAnAuthority),
        certificate(CertificateProblem::OtherPurpose),
        certificate(CertificateProblem::NotPermitted),
        certificate(CertificateProblem::LongChain),
        certificate(CertificateProblem::ShortKey),
        certificate(CertificateProblem::UnknownExtension),
        certificate(CertificateProblem::Weak),
        certificate(CertificateProblem::Unusable),
        UpstreamFailure::Certificate {
            host,
            problem: CertificateProblem::UnknownAuthority,
            place: InsecurePlace::RegistriesConf,
        },
        UpstreamFailure::NoTls { host, place },
        UpstreamFailure::NoTls { host, place: InsecurePlace::RegistriesConf },
        UpstreamFailure::NoTls { host, place: InsecurePlace::HostsToml },
        UpstreamFailure::TrustFile {
            host,
            file: "`/etc/docker/certs.d/registry.acme.example:5000/ca.crt`: its certificate in line 3 cannot be read",
        },
        UpstreamFailure::Unreachable { host, problem: "connection refused" },
        UpstreamFailure::NoWayOut { host, problem: "it refused the connection" },
    ]
    .into_iter()
    .chain(UnreachableCause::ALL.map(|cause| UpstreamFailure::Unreachable { host, problem: cause.in_short() }))
    {
        let words = describe_failure(&failure);
        let quotes_others = matches!(failure, UpstreamFailure::DeniedElsewhere { .. });
        assert!(
            quotes_others || !words.sentence.contains(['\'', '"']),
            "a quote is lost in a reason phrase: {}",
            words.sentence
        );
        writeln!(page, "phrase    {}\nsentence  {}\n", words.phrase, words.sentence).unwrap();
    }
    insta::assert_snapshot!(page);
}

#[test]
fn docker_hubs_own_denials_are_distinguished_from_wrong_names_and_logins() {
    assert!(is_hub_denial(403, "image access denied: community images not allowed"));
    assert!(is_hub_denial(403, "Access is restricted by your organization"));
    assert!(!is_hub_denial(401, "authentication required"));
    assert!(!is_hub_denial(403, "requested access to the resource is denied"));
    assert!(!is_hub_denial(404, "organization not allowed"));
}

proptest! {
    #[test]
    fn the_phrase_of_a_failure_keeps_the_law(host in any::<String>(), message in any::<String>(), status in any::<u16>()) {
        let failed = LoginSearch::Failed { why: message.clone() };
        let failures = [
            UpstreamFailure::Unauthorized { host: &host, message: &message, login: &LoginSearch::Missing, engine: Engine::Podman },
            UpstreamFailure::Unauthorized { host: &host, message: &message, login: &failed, engine: Engine::Kubernetes },
            UpstreamFailure::TokenRefused { host: &host, status, message: &message, retry_after: Some(u64::MAX) },
            UpstreamFailure::DeniedElsewhere { host: &host, product: Some(&message), status, message: &message },
            UpstreamFailure::Refused { host: &host, status, message: &message },
            UpstreamFailure::HubDenied { message: &message },
            UpstreamFailure::Certificate { host: &host, problem: CertificateProblem::OtherHost, place: InsecurePlace::DaemonJson },
            UpstreamFailure::NoTls { host: &host, place: InsecurePlace::RegistriesConf },
            UpstreamFailure::TrustFile { host: &host, file: &message },
            UpstreamFailure::Unreachable { host: &host, problem: &message },
            UpstreamFailure::NoWayOut { host: &host, problem: &message },
            UpstreamFailure::Proxy {
                address: &host,
                source: &message,
                problem: &ProxyProblem::LoginRefused { user: message.clone() },
            },
        ];
        for words in failures.iter().map(describe_failure) {
            prop_assert!(words.phrase.len() <= PHRASE_LIMIT);
            prop_assert!(words.phrase.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
            prop_assert!(!words.phrase.contains(['"', '\'', '`', '\\']));
            prop_assert!(!words.sentence.chars().any(char::is_control));
        }
    }
}

#[test]
fn a_proxy_is_named_with_its_place_and_one_cause() {
    let text = |text: &str| text.to_owned();
    let place = || text("registry-1.docker.io:443");
    let problems = [
        ProxyProblem::LoginRefused { user: text("corp\\ada") },
        ProxyProblem::LoginWanted,
        ProxyProblem::OtherSchemes { schemes: text("NTLM, Negotiate") },
        ProxyProblem::Denied { place: place(), why: text("403") },
        ProxyProblem::Failed { place: place(), why: text("503") },
        ProxyProblem::Unreachable { why: text("it refused the connection") },
        ProxyProblem::NoAnswer { why: text("nothing came for 30s") },
        ProxyProblem::Certificate(CertificateProblem::UnknownAuthority),
        ProxyProblem::Unreadable {
            why: text("begins with `ftp://`; `http`, `https` and `socks5` are spoken"),
        },
    ];
    let texts: Vec<String> = problems
        .iter()
        .map(|problem| {
            let unreadable = matches!(problem, ProxyProblem::Unreadable { .. });
            let address = if unreadable { "" } else { "http://203.0.113.14:3128" };
            let words = describe_failure(&UpstreamFailure::Proxy {
                address,
                source: "Docker Engine, `docker.service`",
                problem,
            });
            format!("{}\n{}\n", words.phrase, words.sentence)
        })
        .collect();
    insta::assert_snapshot!("proxies", texts.concat());
}

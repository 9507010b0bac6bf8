//! Every trouble that is not the policy's.

use std::fmt::Write;

use super::*;

#[test]
fn every_trouble_that_is_not_the_policys() {
    let (host, at) = ("registry.acme.example:5000", Some(time("2026-11-20T00:00:00Z")));
    let refused = |status, message| Trouble::Refused { host: "docker.io", status, message };
    let certificate = |problem| Trouble::Certificate { host, problem };
    let mut page = String::new();
    for trouble_ in [
        refused(404, "manifest unknown"),
        refused(401, "authentication required"),
        refused(429, "You have reached your unauthenticated pull rate limit."),
        refused(503, ""),
        refused(418, ""),
        Trouble::HubDenied { message: "image access denied: community images not allowed" },
        certificate(CertificateProblem::Expired { at }),
        certificate(CertificateProblem::Expired { at: None }),
        certificate(CertificateProblem::NotYetValid { from: at }),
        certificate(CertificateProblem::UnknownAuthority),
        certificate(CertificateProblem::OtherHost),
        certificate(CertificateProblem::Unusable),
        Trouble::Unreachable { host, problem: "connection refused" },
    ] {
        let words = trouble(&trouble_);
        writeln!(page, "phrase    {}\nsentence  {}\n", words.phrase, words.sentence).unwrap();
    }
    insta::assert_snapshot!(page);
}

#[test]
fn docker_hubs_own_denials_are_told_from_wrong_names_and_logins() {
    assert!(is_hub_denial(403, "image access denied: community images not allowed"));
    assert!(is_hub_denial(403, "Access is restricted by your organization"));
    assert!(!is_hub_denial(401, "authentication required"));
    assert!(!is_hub_denial(403, "requested access to the resource is denied"));
    assert!(!is_hub_denial(404, "organization not allowed"));
}

proptest! {
    #[test]
    fn the_phrase_of_a_trouble_keeps_the_law(host in any::<String>(), message in any::<String>(), status in any::<u16>()) {
        let troubles = [
            Trouble::Refused { host: &host, status, message: &message },
            Trouble::HubDenied { message: &message },
            Trouble::Certificate { host: &host, problem: CertificateProblem::OtherHost },
            Trouble::Unreachable { host: &host, problem: &message },
        ];
        for words in troubles.iter().map(trouble) {
            prop_assert!(words.phrase.len() <= PHRASE_LIMIT);
            prop_assert!(words.phrase.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
            prop_assert!(!words.phrase.contains(['"', '\'', '`', '\\']));
            prop_assert!(!words.sentence.chars().any(char::is_control));
        }
    }
}

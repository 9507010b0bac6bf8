//! A registry's token service that is down, has had enough or refuses is told as itself by every engine, and identity
//! tokens go where they are exchanged.

use std::fmt::Write;

use acceptance::internet::Manner;
use acceptance::laptop::{Laptop, Options};
use acceptance::product::{enroll, install, policy, with_product};
use acceptance::pull::Flavor;
use serde_json::json;

use super::told::{masks, tell};
use crate::podman::record::about;

const SERVICE: &str = "auth.docker.io/token";
const OFFICIAL: &str = "docker.io/library/official:1";
/// No token for it is in hand, as long as every question for one fails.
const OTHER: &str = "docker.io/acme/tool:1";
const PRIVATE: &str = "acme.azurecr.io/acme/private:1";

#[test]
fn the_token_service_is_told_as_itself() {
    let laptop = Laptop::boot(&with_product(Options::containerd()));
    install(&laptop);
    identity_tokens_arrive(&laptop);
    public_images_arrive(&laptop);
    enroll(&laptop, &rules());
    public_images_arrive(&laptop);
    identity_tokens_arrive(&laptop);
    for (name, manner, status) in manners() {
        is_told(&laptop, name, manner, status);
    }
    questions_say_who_asks(&laptop);
    an_identity_token_that_has_ended_is_told(&laptop);
    public_images_arrive(&laptop);
    laptop.must("pullgate unenroll --yes");
    public_images_arrive(&laptop);
    identity_tokens_arrive(&laptop);
}

fn rules() -> serde_json::Value {
    policy(json!({ "registries": { "default": "block", "entries": [
        { "id": "hub", "host": "docker.io", "action": "allow" },
        { "id": "azure", "host": "acme.azurecr.io", "action": "allow" },
    ] } }))
}

fn manners() -> Vec<(&'static str, Manner, u16)> {
    let wait = Manner::Answers {
        status: 429,
        headers: vec![("Retry-After".to_owned(), "1".to_owned())],
        body: String::new(),
    };
    let ended = Manner::Refuses {
        status: 403,
        code: "DENIED".to_owned(),
        message: "denied: the token has expired".to_owned(),
    };
    let none = Manner::Answers {
        status: 200,
        headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
        body: "{}".to_owned(),
    };
    vec![
        ("unavailable", Manner::unavailable(None), 503),
        ("too_many", wait, 429),
        ("a_page", Manner::page(500), 500),
        ("denied", ended, 403),
        ("no_token", none, 200),
    ]
}

fn is_told(laptop: &Laptop, name: &str, manner: Manner, status: u16) {
    let mut text = String::new();
    laptop.internet().behave(SERVICE, manner);
    for flavor in [Flavor::Podman, Flavor::SkopeoInspect, Flavor::Cri] {
        let outcome = flavor.attempt(laptop, OTHER);
        assert!(outcome.code != 0 && !outcome.present, "{outcome}");
        assert!(outcome.terminal.contains("the token service auth.docker.io"), "{outcome}");
        assert!(!outcome.terminal.contains("401"), "{outcome}");
        write!(text, "{flavor:?}: {outcome}").expect("memory does not fail");
    }
    laptop.internet().behave_well();
    let told = about(laptop, OTHER).pop().expect("it is on record");
    assert_eq!(told.upstream.as_deref(), Some(format!("tokenRefused {status}").as_str()));
    writeln!(text, "\n{}", tell(laptop)).expect("memory does not fail");
    insta::with_settings!({ filters => masks(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(format!("token_service_{name}"), text);
    });
}

fn questions_say_who_asks(laptop: &Laptop) {
    let asked = laptop.internet().requests();
    let ours: Vec<_> = asked.iter().filter(|one| one.agent.starts_with("pullgate/")).collect();
    assert!(!ours.is_empty());
    assert!(asked.iter().all(|one| one.host != "auth.docker.io" || !one.agent.is_empty()), "{asked:#?}");
}

fn public_images_arrive(laptop: &Laptop) {
    laptop.run("cri-pull remove docker.io/library/official:1; podman rmi -af");
    for flavor in [Flavor::Podman, Flavor::Cri] {
        let outcome = flavor.attempt(laptop, OFFICIAL);
        assert_eq!((outcome.code, outcome.present), (0, true), "{flavor:?}: {outcome}");
    }
    laptop.run("cri-pull remove docker.io/library/official:1; podman rmi -af");
}

/// By CRI with an identity token and with a password, by Podman with the token in a file.
fn identity_tokens_arrive(laptop: &Laptop) {
    for secret in ["--identity-token refresh-ada", "ada ada-secret"] {
        laptop.run(&format!("cri-pull remove {PRIVATE}"));
        let pulled = laptop.run(&format!("cri-pull pull {PRIVATE} {secret} 2>&1"));
        assert_eq!(pulled.code, 0, "{secret}: {}", pulled.stdout);
    }
    laptop.run(&format!("cri-pull remove {PRIVATE}"));
    assert_ne!(laptop.run(&format!("cri-pull pull {PRIVATE}")).code, 0);
    laptop.must("mkdir -p /root/.docker /root/empty");
    let user = "MDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAwOg==";
    let file = format!(
        "{{\"auths\":{{\"acme.azurecr.io\":{{\"auth\":\"{user}\",\"identitytoken\":\"refresh-ada\"}}}}}}"
    );
    laptop.write_file("/root/.docker/config.json", file);
    let pulled = laptop.run(&format!("podman pull -q {PRIVATE}"));
    laptop.must("rm /root/.docker/config.json; podman rmi -af");
    assert_eq!(pulled.code, 0, "{}", pulled.terminal);
}

fn an_identity_token_that_has_ended_is_told(laptop: &Laptop) {
    let mut text = String::new();
    for secret in ["--identity-token ended", "bob bob-secret", ""] {
        let pulled = laptop.run(&format!("cri-pull pull {PRIVATE} {secret} 2>&1"));
        assert_ne!(pulled.code, 0, "{secret}");
        writeln!(text, "{secret}\n{}", pulled.stdout).expect("memory does not fail");
    }
    insta::with_settings!({ filters => masks(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("pull_secrets_refused", text);
    });
}

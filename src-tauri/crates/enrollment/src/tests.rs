//! What an enrollment may say, and how it is refused.

mod fronts;
mod layering;
mod manual;
mod network;
mod recipes;
mod refusals;

use std::collections::BTreeMap;
use std::path::Path;

use secret::Secret;

use super::identity::{DockerHub, Oidc};
use super::location::Source;
use super::*;

pub(super) const GOOD: &str = r#"
organization = "acme"
[policy]
url = "file:///etc/pullgate/policy/"
keys = []
[contact]
name = "Platform team"
[stand-in."registry-1.docker.io"]
url = "https://mirror.acme.example"
ca = "/etc/pullgate/mirror-ca.pem"
"#;

/// With a provider, a policy of the web and two keys.
pub(super) const SIGNED: &str = r#"
organization = "acme"
name = "Acme Corp."
[identity]
issuer = "https://login.acme.example"
client_id = "pullgate"
membership = { claim = "groups", contains = "engineering" }
[policy]
url = "https://policy.acme.example/pullgate/"
keys = ["ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", "ed25519:PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw="]
"#;

/// On Docker Hub, policy and all.
pub(super) const HUB: &str = r#"
organization = "acme"
[identity]
provider = "docker-hub"
[policy]
url = "docker-hub"
"#;

fn rule() -> ::identity::membership::Rule {
    serde_json::from_value(serde_json::json!({"claim": "groups", "contains": "engineering"})).unwrap()
}

#[test]
fn an_enrollment_names_organization_policy_and_stand_ins() {
    let enrollment = parse(GOOD).unwrap();
    assert_eq!(enrollment.organization.display, "Acme");
    assert_eq!(enrollment.organization.contact.name.as_deref(), Some("Platform team"));
    assert_eq!(enrollment.policy.document(), Some(Path::new("/etc/pullgate/policy/policy.json")));
    assert_eq!((enrollment.policy.roots(), enrollment.identity), (None, None));
    assert!(enrollment.absent_blocks);
    let stand_in =
        StandIn { url: "https://mirror.acme.example".into(), ca: Some("/etc/pullgate/mirror-ca.pem".into()) };
    assert_eq!(enrollment.stand_ins, [("docker.io".to_owned(), stand_in)].into(), "by its one name");
}

#[test]
fn a_provider_has_usual_values_where_nothing_is_said() {
    let enrollment = parse(SIGNED).unwrap();
    let oidc = Oidc {
        issuer: "https://login.acme.example".into(),
        client_id: "pullgate".into(),
        client_secret: None,
        device_client: None,
        scopes: None,
        parameters: BTreeMap::new(),
        membership: rule(),
        groups_claim: None,
        account_claim: None,
        redirect_host: "127.0.0.1".into(),
        redirect_ports: Vec::new(),
    };
    let identity = Identity { provider: Provider::Oidc(Box::new(oidc)), ca: None, required: true };
    assert_eq!(enrollment.identity, Some(identity));
    assert_eq!(enrollment.organization.display, "Acme Corp.");
    let roots = enrollment.policy.roots().unwrap();
    assert_eq!((roots.keys().len(), roots.threshold()), (2, 1));
    assert_eq!(enrollment.policy.document(), None);
}

#[test]
fn every_value_of_a_provider_and_a_policy_can_be_said() {
    let more = "scopes = [\"openid\", \"groups\"]\ngroups_claim = \"teams\"\naccount_claim = \"upn\"\n\
                redirect_ports = [8400, 8401]\nca = \"/etc/pullgate/idp.pem\"\nrequired = false\n[policy]\n\
                threshold = 2\nabsent = \"allow\"\nca = \"/etc/pullgate/policy.pem\"\n";
    let enrollment = parse(&SIGNED.replacen("[policy]\n", more, 1)).unwrap();
    let identity = enrollment.identity.unwrap();
    assert_eq!((identity.required, identity.ca), (false, Some("/etc/pullgate/idp.pem".into())));
    let Provider::Oidc(oidc) = identity.provider else { panic!("{:?}", identity.provider) };
    assert_eq!(
        (oidc.groups(), oidc.scopes.as_deref()),
        ("teams", Some(&["openid".into(), "groups".into()][..]))
    );
    assert_eq!((oidc.account_claim, oidc.redirect_ports), (Some("upn".into()), vec![8400, 8401]));
    assert!(!enrollment.absent_blocks);
    let Source::Https { base, roots, ca } = enrollment.policy.source else { panic!("no web") };
    assert_eq!((base.as_str(), roots.threshold()), ("https://policy.acme.example/pullgate/", 2));
    assert_eq!(ca, Some("/etc/pullgate/policy.pem".into()));
}

#[test]
fn what_a_provider_wants_besides_can_be_said() {
    let more = "client_secret = \"GOCSPX-word\"\ndevice_client_id = \"tv\"\ndevice_client_secret = \"tv-word\"\n\
                redirect_host = \"localhost\"\nparameters = { access_type = \"offline\", prompt = \"consent\" }\n[policy]\n";
    let enrollment = parse(&SIGNED.replacen("[policy]\n", more, 1)).unwrap();
    let shown = |key: &str| {
        let found = enrollment.settings.iter().find(|setting| setting.key == key);
        found.map(|setting| setting.value.to_string()).unwrap_or_default()
    };
    assert_eq!(shown("identity.client_secret"), "\"(not shown)\"");
    assert_eq!(shown("identity.device_client_secret"), "\"(not shown)\"");
    assert!(!format!("{enrollment:?}").contains("-word"), "{enrollment:?}");
    let Some(Provider::Oidc(oidc)) = enrollment.identity.map(|identity| identity.provider) else { panic!() };
    assert_eq!(oidc.client_secret, Some(ClientSecret::Open(Secret::new("GOCSPX-word"))));
    assert_eq!(oidc.device_client, Some(("tv".into(), Some(Secret::new("tv-word")))));
    assert_eq!(oidc.redirect_host, "localhost");
    let said = [("access_type", "offline"), ("prompt", "consent")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    assert_eq!(oidc.parameters, said.into());
    let file = "client_secret_file = \"/etc/pullgate/client-secret\"\n[policy]\n";
    let enrollment = parse(&SIGNED.replacen("[policy]\n", file, 1)).unwrap();
    let Some(Provider::Oidc(oidc)) = enrollment.identity.map(|identity| identity.provider) else { panic!() };
    assert_eq!(oidc.client_secret, Some(ClientSecret::File("/etc/pullgate/client-secret".into())));
}

#[test]
fn docker_hub_is_asked_for_the_enrollments_own_organization_unless_it_names_others() {
    let enrollment = parse(HUB).unwrap();
    let own = DockerHub { organizations: vec!["acme".into()], api: None };
    let identity = Identity { provider: Provider::DockerHub(own.clone()), ca: None, required: true };
    assert_eq!(enrollment.identity, Some(identity));
    let policy = PolicyLocation { url: "docker-hub".into(), source: Source::DockerHub(own) };
    assert_eq!(enrollment.policy, policy);
    let more = "provider = \"docker-hub\"\norganizations = [\"acme-lab\", \"acme\"]\n\
                api = \"https://hub.acme.example/\"";
    let enrollment = parse(&HUB.replacen("provider = \"docker-hub\"", more, 1)).unwrap();
    let others = DockerHub {
        organizations: vec!["acme-lab".into(), "acme".into()],
        api: Some("https://hub.acme.example/".into()),
    };
    assert_eq!(enrollment.policy.source, Source::DockerHub(others));
}

#[test]
fn a_policy_on_this_machine_may_be_signed_too() {
    let key = "keys = [\"ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"]";
    let enrollment = parse(&GOOD.replacen("keys = []", key, 1)).unwrap();
    assert_eq!(enrollment.policy.roots().map(|roots| roots.keys().len()), Some(1));
}

//! Each provider with its recipe.

use acceptance::laptop::Person;
use acceptance::provider::Brand;
use acceptance::pull::Flavor;

use super::desk::{asked, by_browser, by_code, enroll, enrolled, is_renewed, is_signed_in, recipe, snapshot};
use crate::organization::attempt::Attempt;
use crate::organization::desk::{Desk, IMAGE, enrollment};

/// What everybody does with a provider, and by which names ada and bob are known there.
fn lives_with(desk: &mut Desk, brand: Brand, ada: &str, bob: &str) {
    let ended = by_browser(desk, "ada");
    assert_eq!(ended.code, 0, "{brand:?}: {}", ended.text);
    assert!(!ended.text.contains("refresh token"), "{brand:?}: {}", ended.text);
    is_signed_in(desk, ada);
    is_renewed(desk, ada);
    enroll(desk, brand, &recipe(brand));
    let ended = by_code(desk, "ada");
    assert_eq!(ended.code, 0, "{brand:?}: {}", ended.text);
    is_signed_in(desk, ada);
    is_renewed(desk, ada);
    enroll(desk, brand, &recipe(brand));
    for ended in [by_browser(desk, "bob"), by_code(desk, "bob")] {
        assert_eq!(ended.code, 1, "{brand:?}: {}", ended.text);
        let told = format!("The account `{bob}` is not in Acme");
        assert!(ended.text.contains(&told), "{brand:?}: {}", ended.text);
    }
    desk.stops(Flavor::DockerPull, IMAGE);
    desk.laptop.wait_for("what was given out is taken back", |_| desk.refresh_tokens("bob") == 0);
}

#[test]
fn an_organization_on_entra_signs_in_and_what_worked_before_works_after_it() {
    let mut desk = enrolled(Brand::Entra);
    desk.laptop.must("pullgate unenroll --yes");
    desk.arrives(Flavor::DockerPull, IMAGE);
    desk.laptop
        .write_file("/root/entra.toml", enrollment(&recipe(Brand::Entra)).replace("ISSUER", ISSUER_OF_ENTRA));
    desk.laptop.must("pullgate enroll --yes /root/entra.toml");
    desk.stops(Flavor::DockerPull, IMAGE);
    lives_with(&mut desk, Brand::Entra, "ada@acme.example", "bob@acme.example");
    assert_eq!(asked(&desk, "/me"), 0, "the userinfo endpoint has nothing to add");
    desk.laptop.must("pullgate unenroll --yes");
    desk.arrives(Flavor::DockerPull, IMAGE);
    assert_eq!(
        desk.laptop.run("ls /var/lib/pullgate/provider.json").code,
        2,
        "nothing of the provider is left"
    );
    desk.laptop.must("pullgate enroll --yes /root/entra.toml");
}

const ISSUER_OF_ENTRA: &str = "https://login.acme.example/9122040d-6c67-4c5b-b112-36a304b66dad/v2.0";

#[test]
fn an_organization_on_okta_signs_in() {
    lives_with(&mut enrolled(Brand::Okta), Brand::Okta, "ada@acme.example", "bob@acme.example");
}

#[test]
fn an_organization_on_google_signs_in_and_a_private_account_is_no_member() {
    let mut desk = enrolled(Brand::Google);
    lives_with(&mut desk, Brand::Google, "ada@acme.example", "bob@acme.example");
    let ended = by_browser(&desk, "eve");
    assert_eq!(ended.code, 1);
    snapshot("google_private_account", &ended.text);
}

#[test]
fn an_organization_on_keycloak_signs_in() {
    let mut desk = enrolled(Brand::Keycloak);
    lives_with(&mut desk, Brand::Keycloak, "ada", "bob");
    enroll(&desk, Brand::Keycloak, &recipe(Brand::Keycloak));
    assert_eq!(by_browser(&desk, "ada").code, 0);
    assert_eq!(desk.session()["groups"], serde_json::json!(["engineering", "qa"]), "without their slashes");
}

#[test]
fn an_organization_on_auth0_signs_in() {
    lives_with(&mut enrolled(Brand::Auth0), Brand::Auth0, "ada@acme.example", "bob@acme.example");
}

#[test]
fn an_organization_on_ping_signs_in() {
    lives_with(&mut enrolled(Brand::Ping), Brand::Ping, "ada", "bob");
}

#[test]
fn an_organization_on_authentik_signs_in() {
    lives_with(&mut enrolled(Brand::Authentik), Brand::Authentik, "ada", "bob");
}

#[test]
fn too_many_groups_of_entra_are_told_apart_from_none() {
    let desk = enrolled(Brand::Entra);
    let groups = "membership = { claim = \"groups\", contains = \"engineering\" }";
    enroll(
        &desk,
        Brand::Entra,
        &format!("issuer = \"ISSUER\"\nclient_id = \"pullgate\"\nredirect_host = \"localhost\"\n{groups}"),
    );
    let many: Vec<String> = (0..201).map(|number| format!("group-{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).chain(["engineering"]).collect();
    desk.laptop.provider().regroup("ada", Some(&many));
    let ended = by_browser(&desk, "ada");
    assert_eq!(ended.code, 1);
    snapshot("entra_overage", &ended.text);
}

#[test]
fn a_session_is_renewed_while_the_providers_own_pages_are_down() {
    use acceptance::internet::Manner;
    let mut desk = enrolled(Brand::Okta);
    assert_eq!(by_browser(&desk, "ada").code, 0);
    let pages = ["/oauth2/default/.well-known/openid-configuration", "/oauth2/default/jwks"];
    for trouble in [Manner::unavailable(None), Manner::CutsBlobs { after: 10 }, Manner::page(200)] {
        for page in pages {
            desk.laptop.internet().behave(&format!("login.acme.example{page}"), trouble.clone());
        }
        is_renewed(&mut desk, "ada@acme.example");
    }
    desk.come_back();
}

#[test]
fn a_forgotten_sign_in_gives_its_port_to_the_next_one_of_the_same_person() {
    let desk = enrolled(Brand::Okta);
    let one_port = recipe(Brand::Okta).replace("[53682, 53683]", "[53682]");
    enroll(&desk, Brand::Okta, &one_port);
    let forgotten = Attempt::begin(&desk.laptop, Person::Ada, "--no-browser");
    let bobs = Attempt::begin(&desk.laptop, Person::Bob, "--no-browser").end();
    assert_eq!(bobs.code, 1);
    snapshot("port_of_another", &bobs.text);
    assert_eq!(by_browser(&desk, "ada").code, 0);
    let ended = forgotten.end();
    assert_eq!(ended.code, 1);
    snapshot("port_given_up", &ended.text);
}

//! What is set up otherwise at the provider is told with the very thing to change: by the waiting terminal where the
//! provider shows it to the browser alone, and by the status afterwards.

use acceptance::laptop::Person;
use acceptance::provider::Brand;

use super::desk::{asked, by_browser, enroll, enrolled, is_renewed, is_signed_in, recipe, snapshot};
use crate::organization::attempt::Attempt;
use crate::organization::desk::Desk;

/// What the last attempt left in the status.
fn status_of(desk: &Desk) -> String {
    desk.ada("pullgate status").terminal
}

#[test]
fn a_redirect_that_is_not_registered_is_told_with_the_address_to_register() {
    let desk = enrolled(Brand::Entra);
    let by_address = recipe(Brand::Entra).replace("redirect_host = \"localhost\"\n", "");
    let by_port = format!("{by_address}\nredirect_ports = [53682]");
    for (name, identity, register) in [
        ("entra_by_address", by_address, "http://127.0.0.1/callback"),
        ("entra_by_port", by_port, "http://127.0.0.1:53682/callback"),
    ] {
        enroll(&desk, Brand::Entra, &identity);
        let attempt = Attempt::begin(&desk.laptop, Person::Ada, "--no-browser");
        let page = desk.laptop.must(&format!("curl -sS '{}'", attempt.page())).stdout;
        assert!(page.contains("AADSTS50011"), "{page}");
        assert!(attempt.text().contains(&format!("has to register `{register}` with")), "{}", attempt.text());
        snapshot(&format!("{name}_terminal"), &attempt.text());
        assert_ne!(attempt.interrupt("TERM").code, 0);
        desk.told("sign-in-unfinished");
        snapshot(&format!("{name}_status"), &status_of(&desk));
    }
    enroll(&desk, Brand::Entra, &recipe(Brand::Entra));
    desk.laptop
        .wait_for("another enrollment is another story", |_| !status_of(&desk).contains("not finished"));
    assert_eq!(by_browser(&desk, "ada").code, 0);
}

#[test]
fn scopes_that_a_provider_does_not_know_are_named() {
    let desk = enrolled(Brand::Okta);
    let identity = recipe(Brand::Okta).replace("\"groups\"]", "\"groups\", \"teams\"]");
    enroll(&desk, Brand::Okta, &identity);
    let attempt = Attempt::begin(&desk.laptop, Person::Ada, "--no-browser");
    let page = desk.laptop.must(&format!("curl -sS -L '{}'", attempt.page())).stdout;
    assert!(page.contains("You are not signed in to Acme."), "{page}");
    snapshot("okta_scope_browser", &attempt.end().text);
    snapshot("okta_scope_status", &status_of(&desk));
    snapshot("okta_scope_code", &Attempt::begin(&desk.laptop, Person::Ada, "--device").end().text);
}

/// It is what the manual said for years: default scopes, and no secret.
#[test]
fn google_without_its_secret_and_parameters_is_told_key_by_key() {
    let mut desk = enrolled(Brand::Google);
    let member = "issuer = \"ISSUER\"\nclient_id = \"pullgate\"\nmembership = { claim = \"hd\", equals = \"acme.example\" }";
    enroll(&desk, Brand::Google, member);
    let ended = by_browser(&desk, "ada");
    assert_eq!(ended.code, 1);
    snapshot("google_no_secret_browser", &ended.text);
    snapshot("google_no_secret_code", &Attempt::begin(&desk.laptop, Person::Ada, "--device").end().text);
    enroll(&desk, Brand::Google, &format!("{member}\nclient_secret = \"wrong\""));
    snapshot("google_wrong_secret", &by_browser(&desk, "ada").text);
    enroll(&desk, Brand::Google, &format!("{member}\nclient_secret = \"GOCSPX-desktop\""));
    assert_eq!(by_browser(&desk, "bob").code, 1, "the one refresh token of a consent is gone");
    let ended = by_browser(&desk, "ada");
    assert_eq!(ended.code, 0, "{}", ended.text);
    snapshot("google_no_refresh_token", &ended.text);
    is_signed_in(&desk, "ada@acme.example");
    // The same with the secret in a file of root, and with what brings a refresh token.
    desk.laptop.must("install -m 600 /dev/null /etc/pullgate/client-secret && echo GOCSPX-desktop > /etc/pullgate/client-secret");
    let file = format!(
        "{member}\nclient_secret_file = \"/etc/pullgate/client-secret\"\n\
         parameters = {{ access_type = \"offline\", prompt = \"consent\" }}"
    );
    enroll(&desk, Brand::Google, &file);
    assert_eq!(by_browser(&desk, "ada").code, 0);
    is_renewed(&mut desk, "ada@acme.example");
    assert!(
        !desk.laptop.must("pullgate status --json").stdout.contains("GOCSPX"),
        "the status tells no secret"
    );
    desk.laptop.must("chmod 644 /etc/pullgate/client-secret");
    let ended = Attempt::begin(&desk.laptop, Person::Ada, "--no-browser").end();
    assert_eq!(ended.code, 1);
    snapshot("secret_readable_by_others", &ended.text);
    desk.later(9);
    snapshot("secret_readable_renewal", &desk.told("sign-in-offline"));
    desk.laptop.must("rm /etc/pullgate/client-secret");
    assert_eq!(asked(&desk, "/me"), 0);
}

#[test]
fn an_audience_that_auth0_does_not_know_is_told() {
    let desk = enrolled(Brand::Auth0);
    let identity =
        recipe(Brand::Auth0).replace("https://pullgate.acme.example", "https://other.acme.example");
    enroll(&desk, Brand::Auth0, &identity);
    let attempt = Attempt::begin(&desk.laptop, Person::Ada, "--no-browser");
    desk.laptop.must(&format!("curl -sS -L '{}'", attempt.page()));
    snapshot("auth0_audience", &attempt.end().text);
}

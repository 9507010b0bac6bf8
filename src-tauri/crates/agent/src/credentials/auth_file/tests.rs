//! Login files as tools and people leave them.

use super::*;

/// What a file offers for a registry, a line a source, with the reasons for what was skipped.
fn offers(registry: &str, file: &str) -> Vec<String> {
    let registry = Registry::parse(registry).unwrap();
    let mut reasons = Vec::new();
    let file = match AuthFile::parse(file.as_bytes()) {
        Ok(file) => file,
        Err(flaw) => return vec![flaw.to_string()],
    };
    let sources = file.sources(&registry, &mut |reason| reasons.push(reason.to_owned()));
    let shown = sources.into_iter().map(|source| match source {
        Source::Login(login) => format!("{}:{} ({:?})", login.username, login.secret.expose(), login.kind),
        Source::Helper { name, servers } => format!("{name} for {}", servers.join(" ")),
    });
    shown.chain(reasons).collect()
}

fn auth(text: &str) -> String {
    STANDARD.encode(text)
}

#[test]
fn podman_login_leaves_user_and_password_under_the_registrys_name() {
    let file = format!(r#"{{"auths":{{"quay.io":{{"auth":"{}"}}}}}}"#, auth("ada:s3cret:with:colons"));
    assert_eq!(offers("quay.io", &file), ["ada:s3cret:with:colons (Password)"]);
    assert_eq!(offers("ghcr.io", &file), [""; 0]);
}

#[test]
fn docker_login_leaves_docker_hub_under_its_old_url() {
    let file = format!(
        r#"{{"auths":{{"https://index.docker.io/v1/":{{"auth":"{}"}}}},"HttpHeaders":{{"User-Agent":"x"}}}}"#,
        auth("ada:hub")
    );
    assert_eq!(offers("docker.io", &file), ["ada:hub (Password)"]);
}

#[test]
fn the_registrys_own_name_goes_before_other_spellings() {
    let file = format!(
        r#"{{"auths":{{"index.docker.io":{{"auth":"{}"}},"docker.io":{{"auth":"{}"}},"https://index.docker.io/v1/":{{"auth":"{}"}}}}}}"#,
        auth("c:3"),
        auth("a:1"),
        auth("b:2")
    );
    assert_eq!(offers("docker.io", &file), ["a:1 (Password)", "b:2 (Password)", "c:3 (Password)"]);
}

#[test]
fn a_login_for_a_namespace_is_not_one_for_the_registry() {
    let file = format!(r#"{{"auths":{{"quay.io/acme":{{"auth":"{}"}}}}}}"#, auth("robot:x"));
    assert_eq!(offers("quay.io", &file), [""; 0]);
}

#[test]
fn an_identity_token_goes_before_the_password() {
    let file = format!(
        r#"{{"auths":{{"acme.azurecr.io":{{"auth":"{}","identitytoken":"refresh-me"}}}}}}"#,
        auth("00000000-0000-0000-0000-000000000000:")
    );
    let expected = "00000000-0000-0000-0000-000000000000:refresh-me (IdentityToken)";
    assert_eq!(offers("acme.azurecr.io", &file), [expected]);
}

#[test]
fn user_and_password_in_fields_of_their_own_are_a_login() {
    let file =
        r#"{"auths":{"registry.acme.example:5000":{"username":"ada","password":"plain","email":"a@b"}}}"#;
    assert_eq!(offers("registry.acme.example:5000", file), ["ada:plain (Password)"]);
}

#[test]
fn padding_of_zero_bytes_is_not_part_of_a_password() {
    let file = format!(r#"{{"auths":{{"quay.io":{{"auth":"{}"}}}}}}"#, auth("ada:x\0\0"));
    assert_eq!(offers("quay.io", &file), ["ada:x (Password)"]);
}

#[test]
fn the_registrys_helper_goes_first_and_the_general_one_last() {
    let file = format!(
        r#"{{"auths":{{"quay.io":{{"auth":"{}"}}}},"credHelpers":{{"quay.io":"pass","ghcr.io":"gh"}},"credsStore":"secretservice"}}"#,
        auth("ada:file")
    );
    let expected = ["pass for quay.io", "ada:file (Password)", "secretservice for quay.io"];
    assert_eq!(offers("quay.io", &file), expected);
}

#[test]
fn helpers_are_asked_for_docker_hub_by_every_name_it_has() {
    let file = r#"{"auths":{"https://index.docker.io/v1/":{}},"credsStore":"desktop"}"#;
    assert_eq!(offers("docker.io", file), ["desktop for https://index.docker.io/v1/ docker.io"]);
    let file = r#"{"credHelpers":{"index.docker.io":"pass"}}"#;
    assert_eq!(offers("docker.io", file), ["pass for https://index.docker.io/v1/ docker.io index.docker.io"]);
}

#[test]
fn files_without_logins_offer_nothing_and_are_no_flaw() {
    for file in [
        "",
        " \n",
        "{}",
        r#"{"auths":{}}"#,
        r#"{"auths":null,"credHelpers":null}"#,
        r#"{"auths":{"quay.io":{}}}"#,
        r#"{"auths":{"quay.io":null}}"#,
        r#"{"auths":{"quay.io":{"auth":""}}}"#,
        r#"{"credsStore":""}"#,
    ] {
        assert_eq!(offers("quay.io", file), [""; 0], "{file}");
    }
    let without_password = format!(r#"{{"auths":{{"quay.io":{{"auth":"{}"}}}}}}"#, auth("ada:"));
    assert_eq!(offers("quay.io", &without_password), [""; 0]);
}

#[test]
fn a_flaw_says_what_is_wrong_and_nothing_that_stands_there() {
    for (file, flaw) in [
        ("{\n  \"auths\": hunter2", "it is not JSON (line 2, column 12)"),
        (r#""hunter2""#, "`the file` is not an object"),
        (r#"{"auths":"hunter2"}"#, "`auths` is not an object"),
        (r#"{"credHelpers":["hunter2"]}"#, "`credHelpers` is not an object"),
        (r#"{"credHelpers":{"hunter2":1}}"#, "`credHelpers` is not text"),
        (r#"{"credsStore":{"hunter2":1}}"#, "`credsStore` is not text"),
    ] {
        assert_eq!(offers("quay.io", file), [flaw], "{file}");
    }
}

#[test]
fn a_flawed_entry_leaves_the_others_usable() {
    let whole = auth("ada:good");
    for (entry, problem) in [
        (r#"{"auth":"hunter2!"}"#, "its `auth` is not base64"),
        (r#"{"auth":"aHVudGVyMg=="}"#, "its `auth` has no colon"),
        (r#"{"auth":"//79"}"#, "its `auth` is not text"),
        (r#"{"auth":["hunter2"]}"#, "its fields are not text"),
        (r#""hunter2""#, "its fields are not text"),
    ] {
        let file = format!(r#"{{"auths":{{"quay.io":{entry},"https://quay.io/v2/":{{"auth":"{whole}"}}}}}}"#);
        let expected =
            ["ada:good (Password)".to_owned(), format!("the entry for the registry is skipped: {problem}")];
        assert_eq!(offers("quay.io", &file), expected, "{entry}");
    }
}

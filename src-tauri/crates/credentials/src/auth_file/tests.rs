//! Login files as tools and people leave them.

use super::*;

/// What a file offers for a registry, a line a source, with the reasons for what was skipped.
fn offers(name: &str, file: &str) -> Vec<String> {
    offers_to(LoginFinder::ContainersImage, name, file)
}

fn offers_to(finder: LoginFinder, name: &str, file: &str) -> Vec<String> {
    let wanted = Wanted::parse(name).unwrap();
    let mut reasons = Vec::new();
    let file = match AuthFile::parse(file.as_bytes()) {
        Ok(file) => file,
        Err(flaw) => return vec![flaw.to_string()],
    };
    let sources = file.sources(&wanted, finder, &mut |reason| reasons.push(reason.to_owned()));
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
fn a_login_for_a_namespace_is_for_what_lies_below_it_and_goes_before_the_registrys() {
    let file = format!(
        r#"{{"auths":{{"quay.io":{{"auth":"{}"}},"quay.io/acme":{{"auth":"{}"}},"quay.io/acme/app":{{"auth":"{}"}}}}}}"#,
        auth("ada:all"),
        auth("robot:acme"),
        auth("robot:app")
    );
    let first = |name: &str| offers(name, &file).remove(0);
    assert_eq!(first("quay.io/acme/app"), "robot:app (Password)");
    assert_eq!(first("quay.io/acme/other"), "robot:acme (Password)");
    assert_eq!(first("quay.io/acmes/app"), "ada:all (Password)");
    assert_eq!(offers("quay.io", &file), ["ada:all (Password)"]);
    assert_eq!(offers_to(LoginFinder::Docker, "quay.io/acme/app", &file), ["ada:all (Password)"]);
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
fn each_tool_reads_the_helpers_it_knows() {
    let file = format!(
        r#"{{"auths":{{"quay.io":{{"auth":"{0}"}},"ghcr.io":{{"auth":"{0}"}}}},"credHelpers":{{"quay.io":"pass"}},"credsStore":"secretservice"}}"#,
        auth("ada:file")
    );
    assert_eq!(offers("quay.io/acme/app", &file), ["pass for quay.io"]);
    assert_eq!(offers("ghcr.io", &file), ["ada:file (Password)"]);
    let docker = |name| offers_to(LoginFinder::Docker, name, &file);
    assert_eq!(docker("quay.io"), ["pass for quay.io", "ada:file (Password)"]);
    assert_eq!(docker("ghcr.io"), ["secretservice for ghcr.io", "ada:file (Password)"]);
}

#[test]
fn docker_hub_has_a_name_of_its_own_in_dockers_helpers_only() {
    let file = r#"{"auths":{"https://index.docker.io/v1/":{}},"credsStore":"desktop"}"#;
    assert_eq!(offers("docker.io", file), [""; 0]);
    let docker = |file| offers_to(LoginFinder::Docker, "docker.io", file);
    assert_eq!(docker(file), ["desktop for https://index.docker.io/v1/ docker.io"]);
    let file = r#"{"credHelpers":{"index.docker.io":"pass"}}"#;
    assert_eq!(docker(file), ["pass for https://index.docker.io/v1/ docker.io index.docker.io"]);
    assert_eq!(offers("docker.io", file), [""; 0]);
    let file = r#"{"credHelpers":{"docker.io":"pass"}}"#;
    assert_eq!(offers("docker.io/acme/private", file), ["pass for docker.io"]);
}

#[test]
fn the_file_of_early_versions_of_docker_has_its_keys_at_the_top() {
    let file = format!(r#"{{"https://index.docker.io/v1/":{{"auth":"{}","email":"a@b"}}}}"#, auth("ada:old"));
    let parsed = AuthFile::parse_legacy(file.as_bytes()).unwrap();
    let wanted = Wanted::parse("docker.io/acme/private").unwrap();
    let found = parsed.sources(&wanted, LoginFinder::ContainersImage, &mut |reason| panic!("{reason}"));
    assert!(matches!(&found[..], [Source::Login(login)] if login.username == "ada"), "{found:?}");
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

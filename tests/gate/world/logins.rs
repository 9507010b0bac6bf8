//! People's logins on the mirror front are found as their own tools find them: before enrollment, after it, and again
//! after `unenroll`.

use std::fmt::Write;

use acceptance::laptop::{Laptop, Options, Person};
use acceptance::product::{enroll, install, policy, with_product};
use serde_json::json;

use super::told::{masks, tell};

const ADA: &str = "YWRhOmFkYS1zZWNyZXQ=";
const BOB: &str = "Ym9iOmJvYi1zZWNyZXQ=";

/// What a person has set up, and the command by which they pull.
struct Case {
    name: &'static str,
    setup: String,
    pull: &'static str,
}

fn case(name: &'static str, setup: impl Into<String>, pull: &'static str) -> Case {
    Case { name, setup: setup.into(), pull }
}

/// A helper that answers as ada where its condition holds.
fn helper(path: &str, condition: &str) -> String {
    format!(
        "mkdir -p $(dirname {path}); cat > {path} <<'X'\n#!/bin/sh\n{condition}\nread -r server\necho '{{\"ServerURL\":\"docker.io\",\"Username\":\"ada\",\"Secret\":\"ada-secret\"}}'\nX\nchmod 755 {path};"
    )
}

fn file(path: &str, content: &str) -> String {
    format!("mkdir -p $(dirname {path}); cat > {path} <<'X'\n{content}\nX\n")
}

fn auths(entries: &[(&str, &str)]) -> String {
    let entries: Vec<String> =
        entries.iter().map(|(key, auth)| format!("\"{key}\":{{\"auth\":\"{auth}\"}}")).collect();
    format!("{{\"auths\":{{{}}}}}", entries.join(","))
}

/// Everything that arrives with the tools alone.
fn arriving() -> Vec<Case> {
    by_entries().into_iter().chain(by_helpers()).chain(by_files()).collect()
}

fn by_entries() -> Vec<Case> {
    let runtime = "/run/user/1000/containers/auth.json";
    let private = "podman pull -q docker.io/acme/private:1";
    vec![
        case("a namespace", "podman login -u ada -p ada-secret docker.io/acme", private),
        case(
            "a namespace, Skopeo",
            file(runtime, &auths(&[("docker.io/acme", ADA)])),
            "skopeo copy docker://docker.io/acme/private:1 dir:copied",
        ),
        case(
            "a namespace beside another login for the registry",
            file(runtime, &auths(&[("docker.io", BOB), ("docker.io/acme", ADA), ("docker.io/other", BOB)])),
            private,
        ),
        case(
            "a repository",
            file(runtime, &auths(&[("docker.io", BOB), ("docker.io/acme/private", ADA)])),
            private,
        ),
        case(
            "a namespace of a registry with passwords",
            file(runtime, &auths(&[("harbor.acme.example/team", ADA)])),
            "podman pull -q harbor.acme.example/team/app:1",
        ),
    ]
}

fn by_helpers() -> Vec<Case> {
    let runtime = "/run/user/1000/containers/auth.json";
    let by_helper = |name: &str| file(runtime, &format!("{{\"credHelpers\":{{\"docker.io\":\"{name}\"}}}}"));
    let conf = ".config/containers/registries.conf.d/50-own.conf";
    let in_cloud = "~/google-cloud-sdk/bin/docker-credential-cloud";
    vec![
        case(
            "a helper on the PATH of the shell alone",
            by_helper("cloud") + &helper(in_cloud, ""),
            "PATH=$PATH:$HOME/google-cloud-sdk/bin podman pull -q docker.io/acme/private:1",
        ),
        case(
            "a helper that needs variables",
            by_helper("cloud")
                + &helper(
                    in_cloud,
                    "[ \"$AWS_PROFILE $CLOUDSDK_CONFIG\" = 'work /c' ] || { echo no profile; exit 1; }",
                ),
            "PATH=$PATH:$HOME/google-cloud-sdk/bin AWS_PROFILE=work CLOUDSDK_CONFIG=/c podman pull -q docker.io/acme/private:1",
        ),
        case(
            "a slow helper",
            by_helper("slow") + &helper("~/bin/docker-credential-slow", "sleep 7"),
            "PATH=$PATH:$HOME/bin podman pull -q docker.io/acme/private:1",
        ),
        case(
            "credential-helpers of registries.conf",
            file(conf, "credential-helpers = [\"plain\"]") + &helper("~/bin/docker-credential-plain", ""),
            "PATH=$PATH:$HOME/bin podman pull -q docker.io/acme/private:1",
        ),
    ]
}

fn by_files() -> Vec<Case> {
    vec![
        case(
            "a login file of the command",
            file("ci/auth.json", &auths(&[("docker.io", ADA)])),
            "podman pull -q --authfile ~/ci/auth.json docker.io/acme/private:1",
        ),
        case(
            "a relative login file of the command, Skopeo",
            file("ci/auth.json", &auths(&[("docker.io", ADA)])),
            "skopeo copy --src-authfile=ci/auth.json docker://docker.io/acme/private:1 dir:copied",
        ),
        case(
            "a login that a command has written to a file of its own",
            "mkdir -p ci; podman login --authfile ci/new.json -u ada -p ada-secret docker.io",
            "podman pull -q --authfile ci/new.json docker.io/acme/private:1",
        ),
        case(
            "a relative REGISTRY_AUTH_FILE",
            file("ci/auth.json", &auths(&[("docker.io", ADA)])),
            "REGISTRY_AUTH_FILE=ci/auth.json podman pull -q docker.io/acme/private:1",
        ),
        case(
            "DOCKER_CONFIG",
            file("docker/config.json", &auths(&[("https://index.docker.io/v1/", ADA)])),
            "DOCKER_CONFIG=$HOME/docker podman pull -q docker.io/acme/private:1",
        ),
    ]
}

#[test]
fn logins_are_found_as_the_tools_find_them() {
    let laptop = Laptop::boot(&with_product(Options::daemonless()));
    install(&laptop);
    all_arrive(&laptop, "before");
    docker_s_own_store_is_not_podmans(&laptop);
    enroll(&laptop, &rules());
    all_arrive(&laptop, "after");
    docker_s_own_store_is_not_podmans(&laptop);
    what_cannot_arrive_is_told(&laptop);
    a_helper_that_fails_is_named(&laptop);
    failures_are_told_beside_what_arrived(&laptop);
    let alarms = laptop.must("journalctl -o cat -u pullgate-steward").stdout;
    assert!(!alarms.contains("auth.json"), "a file that nobody can reach is no alarm: {alarms}");
    assert!(!alarms.contains("ada-secret"), "{alarms}");
    laptop.must("pullgate unenroll --yes");
    all_arrive(&laptop, "after unenroll");
}

fn rules() -> serde_json::Value {
    policy(json!({ "registries": { "default": "block", "entries": [
        { "id": "hub", "host": "docker.io", "action": "allow" },
        { "id": "harbor", "host": "harbor.acme.example", "action": "allow" },
    ] } }))
}

fn all_arrive(laptop: &Laptop, when: &str) {
    let mut failed = String::new();
    for Case { name, setup, pull } in arriving() {
        let (code, text) = attempt(laptop, &setup, pull);
        if code != 0 {
            writeln!(failed, "{name}, {when}: {text}").expect("memory does not fail");
        }
    }
    assert_eq!(failed, "");
}

/// Sets ada up from nothing and lets her pull.
fn attempt(laptop: &Laptop, setup: &str, pull: &str) -> (i32, String) {
    let forget = "podman rmi -af >/dev/null 2>&1; rm -rf copied docker ci google-cloud-sdk bin .docker \
        .config/containers /run/user/1000/containers/auth.json";
    let ready = laptop.run_as(Person::Ada, &format!("{forget}; {setup}"));
    assert_eq!(ready.code, 0, "{}", ready.terminal);
    let pulled = laptop.run_as(Person::Ada, &format!("exec 2>&1; {pull}"));
    (pulled.code, pulled.stdout)
}

/// Podman never reads `credsStore`: a login there would be one that its owner did not mean.
fn docker_s_own_store_is_not_podmans(laptop: &Laptop) {
    let setup = file(".docker/config.json", "{\"credsStore\":\"plain\"}")
        + &helper("~/bin/docker-credential-plain", "");
    let pull = "PATH=$PATH:$HOME/bin podman pull -q docker.io/acme/private:1";
    let (code, text) = attempt(laptop, &setup, pull);
    assert_ne!(code, 0, "{text}");
}

fn what_cannot_arrive_is_told(laptop: &Laptop) {
    let mut text = String::new();
    for pull in [
        "podman pull --creds ada:ada-secret docker.io/acme/private:1",
        "skopeo copy --src-creds ada:ada-secret docker://docker.io/acme/private:1 dir:copied",
        "buildah pull --creds ada:ada-secret docker.io/acme/private:1",
        "podman pull -q --creds ada:ada-secret harbor.acme.example/team/app:1",
    ] {
        let (code, said) = attempt(laptop, "true", pull);
        assert_ne!(code, 0, "{said}");
        assert!(said.contains("no stored login for it was found"), "{said}");
        writeln!(text, "$ {pull}\n{said}").expect("memory does not fail");
    }
    laptop.must("systemd-run --unit=podman-api podman system service --time=0 unix:///run/podman-api.sock");
    let ping = "curl -s --unix-socket /run/podman-api.sock http://podman/_ping";
    laptop.wait_for("the API answers", |laptop| laptop.run(ping).stdout.starts_with("OK"));
    let auth = laptop.must("printf '{\"username\":\"ada\",\"password\":\"ada-secret\"}' | base64 -w0").stdout;
    let create = "http://podman/images/create?fromImage=docker.io/acme/private&tag=1";
    let said = laptop.run(&format!(
        "curl -s --unix-socket /run/podman-api.sock -X POST -H 'X-Registry-Auth: {auth}' '{create}'"
    ));
    assert!(said.stdout.contains("no stored login for it was found"), "{}", said.terminal);
    laptop.must("systemctl stop podman-api");
    writeln!(text, "Podman's API, X-Registry-Auth\n{}\n{}", said.stdout, tell(laptop))
        .expect("memory does not fail");
    snapshot("logins_given_for_one_command", &text);
}

fn a_helper_that_fails_is_named(laptop: &Laptop) {
    let mut text = String::new();
    for (name, condition) in [
        ("sso", "echo 'error: your SSO session has expired. Run: aws sso login'; exit 1"),
        ("leaky", "echo 'token eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.x has ended' >&2; exit 1"),
        ("mute", "exit 3"),
    ] {
        let setup = file(
            "/run/user/1000/containers/auth.json",
            &format!("{{\"credHelpers\":{{\"docker.io\":\"{name}\"}}}}"),
        ) + &helper(&format!("~/bin/docker-credential-{name}"), condition);
        let (code, said) =
            attempt(laptop, &setup, "PATH=$PATH:$HOME/bin podman pull docker.io/acme/private:1");
        assert_ne!(code, 0, "{said}");
        writeln!(text, "{said}").expect("memory does not fail");
    }
    let absent = file("/run/user/1000/containers/auth.json", "{\"credHelpers\":{\"docker.io\":\"absent\"}}");
    let (_, said) = attempt(laptop, &absent, "podman pull docker.io/acme/private:1");
    writeln!(text, "{said}\n{}", tell(laptop)).expect("memory does not fail");
    assert!(!text.contains("eyJ"), "{text}");
    snapshot("a_helper_that_fails", &text);
    let log = laptop.must("journalctl -o cat -u pullgate-steward").stdout;
    assert!(log.contains("`docker-credential-sso` failed: error: your SSO session has expired"), "{log}");
    assert!(!log.contains("eyJ"), "{log}");
}

/// An image that arrived at last does not hide the tries that did not.
fn failures_are_told_beside_what_arrived(laptop: &Laptop) {
    let private = "podman pull -q docker.io/acme/private:latest";
    for _ in 0..3 {
        attempt(laptop, "true", private);
    }
    let (code, said) = attempt(laptop, "podman login -u ada -p ada-secret docker.io", private);
    assert_eq!(code, 0, "{said}");
    laptop.wait_for("the record has it", |laptop| {
        let log = laptop.must("pullgate log").stdout;
        log.lines().any(|line| line.contains("acme/private:latest") && line.contains("failed 3 times"))
    });
    let log = laptop.must("pullgate log").stdout;
    let line = log.lines().find(|line| line.contains("acme/private:latest")).expect("it is on record");
    assert!(line.contains("the registry said 401: no login was found"), "{line}");
    assert_eq!(laptop.must("pullgate log").stdout.matches("acme/private:latest").count(), 1, "{log}");
}

fn snapshot(name: &str, text: &str) {
    insta::with_settings!({ filters => masks(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name, text);
    });
}

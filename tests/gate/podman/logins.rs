//! Private images come with the person's own login, kept where they always kept it, and with nobody else's.

use acceptance::laptop::{Laptop, Person};
use acceptance::pull::{Flavor, masks};

use super::machine::{fails, laptop, login, tidy};
use super::record::about;

const PRIVATE: &str = "docker.io/acme/private:1";
const AUTH: &str = r#"{"auths":{"docker.io":{"auth":"YWRhOmFkYS1zZWNyZXQ="}}}"#;
/// Answers for Docker Hub as `ada`, and writes down as whom it runs.
const HELPER: &str = r#"#!/bin/sh
id -un >> /var/tmp/helper-ran-as
read -r server
case "$1 $server" in
  "get "*docker.io*) echo '{"ServerURL":"docker.io","Username":"ada","Secret":"ada-secret"}' ;;
  *) echo "credentials not found in native keychain"; exit 1 ;;
esac
"#;

#[test]
fn private_images_come_with_the_persons_own_login_and_no_other() {
    let laptop = laptop();
    nobody_is_let_in_without_a_login(&laptop);
    root_logs_in_as_ever(&laptop);
    a_rootless_person_logs_in_as_ever(&laptop);
    nobody_gets_what_another_may_have(&laptop);
    a_named_file_is_used(&laptop);
    dockers_file_is_used(&laptop);
    a_helper_is_asked_as_the_person(&laptop);
    a_registry_with_passwords_gets_one(&laptop);
}

fn nobody_is_let_in_without_a_login(laptop: &Laptop) {
    let mut text = String::new();
    for (flavor, person) in [(Flavor::Podman, Person::Root), (Flavor::SkopeoInspect, Person::Bob)] {
        let outcome = flavor.attempt_as(person, laptop, PRIVATE);
        assert!(outcome.code != 0 && !outcome.present, "{outcome}");
        assert_eq!((outcome.asked.blobs, outcome.asked.contents), (0, 0));
        text.push_str(&outcome.to_string());
    }
    insta::with_settings!({ filters => masks(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("refused_without_login", text);
    });
    let told = about(laptop, PRIVATE).pop().expect("it is on record");
    assert_eq!((told.outcome.as_str(), told.upstream.as_deref()), ("allowed", Some("unauthorized 401")));
}

fn root_logs_in_as_ever(laptop: &Laptop) {
    login(laptop, Person::Root, "docker.io");
    for flavor in Flavor::DAEMONLESS {
        comes(laptop, flavor, Person::Root);
        tidy(laptop, Person::Root);
    }
    laptop.must("podman logout docker.io");
    is_refused(laptop, Person::Root);
}

fn a_rootless_person_logs_in_as_ever(laptop: &Laptop) {
    is_refused(laptop, Person::Ada);
    login(laptop, Person::Ada, "docker.io");
    comes(laptop, Flavor::Podman, Person::Ada);
    comes(laptop, Flavor::SkopeoCopy, Person::Ada);
    let told = about(laptop, PRIVATE).pop().expect("it is on record");
    assert_eq!((told.uid, told.upstream.as_deref()), (Some(1000), Some("delivered 200")));
}

fn nobody_gets_what_another_may_have(laptop: &Laptop) {
    comes(laptop, Flavor::SkopeoCopy, Person::Ada);
    is_refused(laptop, Person::Bob);
    is_refused(laptop, Person::Root);
    laptop.must(&format!("mkdir -p /home/bob/mine && echo '{AUTH}' > /home/bob/mine/auth.json && chmod 600 /home/bob/mine/auth.json"));
    let not_theirs =
        format!("REGISTRY_AUTH_FILE=/home/bob/mine/auth.json skopeo copy docker://{PRIVATE} dir:/tmp/bob");
    fails(laptop, Person::Bob, &not_theirs);
    let adas = format!(
        "REGISTRY_AUTH_FILE=/run/user/1000/containers/auth.json skopeo copy docker://{PRIVATE} dir:/tmp/bob"
    );
    fails(laptop, Person::Bob, &adas);
}

fn a_named_file_is_used(laptop: &Laptop) {
    forget(laptop);
    laptop.run_as(Person::Ada, &format!("mkdir -p ci && echo '{AUTH}' > ci/auth.json"));
    let pull = format!("REGISTRY_AUTH_FILE=$HOME/ci/auth.json podman pull -q {PRIVATE}");
    let pulled = laptop.run_as(Person::Ada, &pull);
    assert_eq!(pulled.code, 0, "{}", pulled.terminal);
    is_refused(laptop, Person::Ada);
}

fn dockers_file_is_used(laptop: &Laptop) {
    forget(laptop);
    let auth = AUTH.replace("\"docker.io\"", "\"https://index.docker.io/v1/\"");
    laptop.run_as(Person::Ada, &format!("mkdir -p .docker && echo '{auth}' > .docker/config.json"));
    comes(laptop, Flavor::Podman, Person::Ada);
}

fn a_helper_is_asked_as_the_person(laptop: &Laptop) {
    forget(laptop);
    laptop.write_file("/usr/local/bin/docker-credential-lab", HELPER);
    laptop.must("chmod 755 /usr/local/bin/docker-credential-lab");
    laptop.must("install -m 666 /dev/null /var/tmp/helper-ran-as");
    let helpers = r#"{"credHelpers":{"docker.io":"lab"}}"#;
    laptop.run_as(Person::Ada, &format!("mkdir -p .docker && echo '{helpers}' > .docker/config.json"));
    comes(laptop, Flavor::Podman, Person::Ada);
    let ran_as = laptop.read_file("/var/tmp/helper-ran-as").unwrap_or_default();
    assert!(ran_as.lines().count() > 0 && ran_as.lines().all(|name| name == "ada"), "{ran_as}");
    is_refused(laptop, Person::Bob);
}

fn a_registry_with_passwords_gets_one(laptop: &Laptop) {
    use acceptance::product::{policy, write_policy};
    use serde_json::json;
    let entries = json!({ "default": "block", "entries": [
        { "id": "hub", "host": "docker.io", "action": "allow" },
        { "id": "harbor", "host": "harbor.acme.example", "action": "allow" },
    ] });
    write_policy(laptop, &policy(json!({ "serial": 2, "registries": entries })));
    let image = "harbor.acme.example/team/app:1";
    laptop.wait_for("the registry has a route of its own", |laptop| {
        let conf = laptop.read_file("/etc/containers/registries.conf.d/zz-pullgate.conf");
        conf.unwrap_or_default().contains("\"harbor.acme.example\"")
    });
    assert!(!Flavor::Podman.attempt_as(Person::Ada, laptop, image).present);
    login(laptop, Person::Ada, "harbor.acme.example");
    let outcome = Flavor::Podman.attempt_as(Person::Ada, laptop, image);
    assert_eq!((outcome.code, outcome.present), (0, true), "{}", outcome.terminal);
}

fn comes(laptop: &Laptop, flavor: Flavor, person: Person) {
    let outcome = flavor.attempt_as(person, laptop, PRIVATE);
    let came = (outcome.code, outcome.present, outcome.asked.manifests > 0);
    assert_eq!(came, (0, true, true), "{flavor:?} as {person:?}:\n{}", outcome.terminal);
}

fn is_refused(laptop: &Laptop, person: Person) {
    let outcome = Flavor::SkopeoCopy.attempt_as(person, laptop, PRIVATE);
    assert!(!outcome.present && outcome.terminal.contains("docker.io refuses access: 401"), "{outcome}");
    assert_eq!((outcome.asked.blobs, outcome.asked.contents), (0, 0), "{outcome}");
}

/// Ada is a person without logins and images again.
fn forget(laptop: &Laptop) {
    laptop.run_as(Person::Ada, "podman logout --all; rm -rf .docker ci");
    tidy(laptop, Person::Ada);
    is_refused(laptop, Person::Ada);
}

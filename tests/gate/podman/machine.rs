//! The machine most of these tests run on.

use acceptance::laptop::{Laptop, Options, Output, Person};
use acceptance::product::{enrolled, policy};
use serde_json::json;

/// A laptop without daemons, under the usual policy.
pub(super) fn laptop() -> Laptop {
    enrolled(Options::daemonless(), &policy(json!({})))
}

/// Takes away every image and working container of the person, so that the next attempt has to ask.
pub(super) fn tidy(laptop: &Laptop, person: Person) {
    let output = laptop.run_as(person, "buildah rm --all >/dev/null; podman rmi --all --force >/dev/null");
    assert_eq!(output.code, 0, "{}", output.terminal);
}

/// Logs somebody in as they always did.
pub(super) fn login(laptop: &Laptop, person: Person, registry: &str) {
    let said = laptop
        .run_as(person, &format!("echo ada-secret | podman login -u ada --password-stdin {registry} 2>&1"));
    assert!(said.code == 0 && said.stdout.contains("Login Succeeded!"), "{}", said.terminal);
}

/// What a command that must fail prints.
pub(super) fn fails(laptop: &Laptop, person: Person, command: &str) -> Output {
    let output = laptop.run_as(person, &format!("exec 2>&1; {command}"));
    assert_ne!(output.code, 0, "{}", output.terminal);
    output
}

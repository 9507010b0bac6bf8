//! `podman system service`, the API that Docker's tools speak to: it keeps its files in memory until told to read
//! them again.

use acceptance::laptop::{Laptop, Output};
use acceptance::product::{policy, write_policy};
use acceptance::pull::masks;
use serde_json::json;

use super::machine::laptop;

#[test]
fn the_api_of_podman_obeys_too() {
    let laptop = laptop();
    laptop.must("systemd-run --unit=podman-api podman system service --time=0 unix:///run/podman-api.sock");
    laptop.wait_for("the API answers", |laptop| call(laptop, "GET", "_ping").stdout.starts_with("OK"));
    let allowed = create(&laptop, "docker.io/library/official", "1");
    assert!(allowed.contains("\"id\":"), "{allowed}");
    let blocked = create(&laptop, "docker.io/evil/miner", "1");
    insta::with_settings!({ filters => masks(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("denied_by_api", blocked);
    });
    assert!(laptop.internet().count("docker.io/evil/miner").is_nothing());
    let unlisted = create(&laptop, "harbor.acme.example/team/app", "1");
    assert!(unlisted.contains("image access denied: "), "{unlisted}");
    a_registry_named_anew_needs_no_restart(&laptop);
}

fn a_registry_named_anew_needs_no_restart(laptop: &Laptop) {
    let started = laptop.must("systemctl show podman-api -p MainPID").stdout;
    let entries = json!({ "default": "block", "entries": [
        { "id": "hub", "host": "docker.io", "action": "allow" },
        { "id": "harbor", "host": "harbor.acme.example", "action": "allow" },
    ] });
    write_policy(laptop, &policy(json!({ "serial": 2, "registries": entries })));
    laptop.wait_for("the API knows the new registry", |laptop| {
        create(laptop, "harbor.acme.example/team/app", "1")
            .contains("harbor.acme.example refuses access: 401")
    });
    assert_eq!(laptop.must("systemctl show podman-api -p MainPID").stdout, started);
}

/// `docker pull`, as Docker's client asks for it.
fn create(laptop: &Laptop, name: &str, tag: &str) -> String {
    call(laptop, "POST", &format!("images/create?fromImage={name}&tag={tag}")).stdout
}

fn call(laptop: &Laptop, method: &str, path: &str) -> Output {
    laptop.run(&format!("curl -s --unix-socket /run/podman-api.sock -X {method} 'http://podman/{path}'"))
}

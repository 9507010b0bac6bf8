//! Registries given by address: those of this machine stay the developer's own, others are refused by Podman itself.

use acceptance::laptop::Laptop;
use acceptance::pull::masks;

use super::machine::{fails, laptop};
use super::record::log;
use acceptance::laptop::Person;

const PLAIN: &str = "203.0.113.20:5000/plain/app";
const DEVELOPMENT: &str = "\
version: 0.1
storage: { filesystem: { rootdirectory: /var/tmp/development } }
http: { addr: '127.0.0.1:5000' }
";

#[test]
fn registries_given_by_address_keep_to_the_policy() {
    let laptop = laptop();
    a_development_registry_on_this_machine_works_as_ever(&laptop);
    a_registry_given_by_address_brings_nothing_in(&laptop);
}

fn a_development_registry_on_this_machine_works_as_ever(laptop: &Laptop) {
    laptop.write_file("/etc/development.yml", DEVELOPMENT);
    laptop.must("systemd-run --unit=development docker-registry serve /etc/development.yml");
    laptop.wait_for("the development registry listens", |laptop| {
        laptop.run("curl -sf http://localhost:5000/v2/").code == 0
    });
    laptop.must("podman pull -q docker.io/acme/tool:1");
    laptop.must("podman push -q --tls-verify=false docker.io/acme/tool:1 localhost:5000/dev/app:1");
    laptop.must("podman rmi --all --force");
    let before = log(laptop);
    for name in ["localhost:5000", "127.0.0.1:5000"] {
        laptop.must(&format!("podman pull -q --tls-verify=false {name}/dev/app:1"));
    }
    assert_eq!(log(laptop), before, "Podman does not come by the gateway for these");
}

/// Nothing but the manifest is fetched: policy.json is asked between that and the layers.
fn a_registry_given_by_address_brings_nothing_in(laptop: &Laptop) {
    let mut text = String::new();
    for command in [
        format!("podman pull {PLAIN}:1"),
        format!("podman pull --tls-verify=false {PLAIN}:1"),
        format!("buildah from --tls-verify=false {PLAIN}:1"),
        format!("skopeo copy --src-tls-verify=false docker://{PLAIN}:1 dir:/var/tmp/plain"),
        format!("podman build --tls-verify=false - <<< 'FROM {PLAIN}:1'"),
    ] {
        let said = fails(laptop, Person::Root, &command).stdout;
        text.push_str(&format!("$ {command}\n{said}\n"));
    }
    insta::with_settings!({ filters => masks(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("refused_by_address", text);
    });
    let asked = laptop.internet().count(PLAIN);
    assert_eq!((asked.blobs, asked.contents), (0, 0));
    assert_ne!(
        laptop.run(&format!("podman image exists {PLAIN}:1 || test -e /var/tmp/plain/manifest.json")).code,
        0
    );
}

use super::*;
use crate::machine::simulated;
use crate::wish::tests::wish;
use crate::{Attributes, apply, find, plan};

const STATE: &str = "/var/lib/pullgate-steward/originals";
const FILES: [(&str, &str); 9] = [
    (
        "/etc/docker/daemon.json",
        r#"{"proxies":{"https-proxy":"http://u:secret@proxy:3128","no-proxy":".acme"},"registry-mirrors":["https://m.acme"],"insecure-registries":["10.0.0.0/8"]}"#,
    ),
    ("/etc/docker/certs.d/registry.acme:5000/ca.crt", "CA-D"),
    ("/etc/docker/certs.d/registry.acme:5000/me.cert", "CERT"),
    ("/etc/docker/certs.d/registry.acme:5000/me.key", "KEY"),
    ("/etc/containers/certs.d/registry.acme:5000/ca.crt", "CA-D"),
    (
        "/etc/containers/registries.conf",
        "[[registry]]\nlocation = \"plain.acme:5000\"\ninsecure = true\n[[registry]]\nprefix = \"quay.io\"\nlocation = \"quay.mirror.acme\"\n",
    ),
    (
        "/etc/containerd/certs.d/ghcr.io/hosts.toml",
        "[host.\"https://ghcr.mirror.acme\"]\nca = \"ca.pem\"\nskip_verify = true\n",
    ),
    ("/etc/containerd/certs.d/ghcr.io/ca.pem", "CA-C"),
    ("/etc/containerd/certs.d/gcr.io/ca.crt", "CA-G"),
];

#[test]
fn everything_a_person_configured_is_known_before_and_after_routing() {
    let machine = simulated::machine(&FILES, 0);
    let originals = Originals::at(STATE);
    let facts = upstream_facts(&machine, &originals);
    insta::assert_debug_snapshot!(facts);
    for found in find(&machine) {
        let plan = plan(&found, &machine, &originals, &wish()).unwrap();
        apply(&plan, &machine, &originals).unwrap();
    }
    assert_eq!(upstream_facts(&machine, &originals), facts);
    let text = serde_json::to_string(&facts).unwrap();
    assert_eq!(serde_json::from_str::<UpstreamFacts>(&text).unwrap(), facts);
}

#[test]
fn neither_keys_nor_passwords_are_printed() {
    let facts = upstream_facts(&simulated::machine(&FILES, 0), &Originals::at(STATE));
    let printed = format!("{facts:?}");
    assert!(!printed.contains("KEY") && !printed.contains("secret"), "{printed}");
    assert_eq!(facts.hosts["registry.acme:5000"].clients[0].key_pem, "KEY");
}

#[test]
fn what_others_than_root_could_change_is_left_out() {
    let machine = simulated::machine(&FILES, 0);
    let path = "/etc/docker/certs.d/registry.acme:5000/me.key";
    for attributes in
        [Attributes { uid: 1000, ..Attributes::SECRET }, Attributes { mode: 0o664, ..Attributes::PUBLIC }]
    {
        machine.files.borrow_mut().insert(path.into(), (b"KEY".to_vec(), attributes));
        let facts = upstream_facts(&machine, &Originals::at(STATE));
        assert_eq!(facts.hosts["registry.acme:5000"].clients, []);
    }
}

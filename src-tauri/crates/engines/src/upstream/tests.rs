use super::*;
use crate::desired_routing::tests::desired;
use crate::machine::simulated;
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
        let plan = plan(&found, &machine, &originals, &desired()).unwrap();
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
    assert_eq!(facts.trust[&Family::Docker].hosts["registry.acme:5000"].clients[0].key_pem, "KEY");
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
        assert_eq!(facts.trust[&Family::Docker].hosts["registry.acme:5000"].clients, []);
    }
}

/// `certs.d/HOST/ca.crt` is a link to where a company's tools keep it.
#[test]
fn a_certificate_that_is_a_link_of_root_s_is_followed_and_one_to_a_person_s_file_is_not() {
    let machine = simulated::machine(&FILES, 0);
    machine.put("/opt/corp/ca.pem", b"CA-L");
    let link = Path::new("/etc/docker/certs.d/registry.lab:5000/ca.crt");
    machine.folders.borrow_mut().push(link.parent().unwrap().into());
    machine.link(link, Path::new("/opt/corp/ca.pem")).unwrap();
    let of =
        |machine: &_| upstream_facts(machine, &Originals::at(STATE)).trust[&Family::Docker].hosts.clone();
    assert_eq!(of(&machine)["registry.lab:5000"].ca[0].pem, "CA-L");
    machine.files.borrow_mut().get_mut(Path::new("/opt/corp/ca.pem")).unwrap().1.uid = 1000;
    assert_eq!(of(&machine).get("registry.lab:5000"), None);
}

/// containers/image looks into the first folder that has the host.
#[test]
fn each_family_has_its_own_certificates_and_its_own_list() {
    let machine = simulated::machine(
        &[
            ("/etc/docker/daemon.json", r#"{"insecure-registries":["http://10.0.0.5:5000"]}"#),
            ("/etc/docker/certs.d/both.acme/ca.crt", "D"),
            ("/etc/docker/certs.d/docker.acme/ca.crt", "D"),
            ("/etc/containers/certs.d/both.acme/ca.crt", "P"),
            ("/etc/containers/registries.conf", "[[registry]]\nprefix = \"*.lab.acme\"\ninsecure = true\n"),
            ("/etc/containers/registries.d/a.yaml", "docker:\n  a.acme: {lookaside: https://sig.acme/a}\n"),
        ],
        0,
    );
    let facts = upstream_facts(&machine, &Originals::at(STATE));
    let pem = |family, host: &str| facts.trust[&family].hosts.get(host).map(|it| it.ca[0].pem.as_str());
    assert_eq!((pem(Family::Docker, "both.acme"), pem(Family::Podman, "both.acme")), (Some("D"), Some("P")));
    assert_eq!(pem(Family::Podman, "docker.acme"), Some("D"));
    assert_eq!(facts.trust[&Family::Docker].insecure, ["http://10.0.0.5:5000"]);
    assert_eq!(facts.trust[&Family::Podman].prefixes, [("*.lab.acme".to_owned(), true)].into());
    assert_eq!(facts.trust[&Family::Podman].insecure, Vec::<String>::new());
    assert_eq!(facts.lookasides.values().collect::<Vec<_>>(), ["https://sig.acme/a"]);
}

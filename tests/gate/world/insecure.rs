//! Registries without TLS, as each engine reads its own list of them.

use acceptance::laptop::{Laptop, Options, Person, Store};
use acceptance::product::{enroll, install, with_product};
use acceptance::pull::masks;

use super::private_registry::{
    ADDRESS, Case, SOURCE, allowing, docker, fails, hold, name, podman, serve, works,
};

const ADA: Person = Person::Ada;
const HOSTS: [&str; 6] = [
    "203.0.113.20:5000",
    "ranged.lab.example:5000",
    "wild.lab.example:5000",
    "below.example:5000",
    "unlisted.example:5000",
    "203.0.113.30:5000",
];
const REGISTRIES_CONF: &str = r#"
[[registry]]
prefix = "*.lab.example"
insecure = true
[[registry]]
location = "below.example:5000/team"
insecure = true
"#;

#[test]
fn insecure_registries_are_read_as_the_classic_store_reads_them() {
    lists_are_read(Store::Classic, "insecure_registries_classic");
}

#[test]
fn insecure_registries_are_read_as_the_containerd_store_reads_them() {
    lists_are_read(Store::Containerd, "insecure_registries_containerd");
}

fn lists_are_read(store: Store, snapshot: &str) {
    let features =
        if store == Store::Containerd { r#""features": { "containerd-snapshotter": true },"# } else { "" };
    let daemon =
        format!(r#"{{ {features} "insecure-registries": ["http://203.0.113.20:5000", "203.0.113.30/32"] }}"#);
    let options = Options::docker(store)
        .file("/etc/docker/daemon.json", daemon)
        .file("/etc/containers/registries.conf.d/lab.conf", REGISTRIES_CONF);
    let laptop = Laptop::boot(&with_product(options));
    name(&laptop, &["ranged.lab.example", "wild.lab.example", "below.example"]);
    laptop.must("echo '203.0.113.31 unlisted.example' >> /etc/hosts; echo '127.0.0.1 k3d-lab.localhost' >> /etc/hosts");
    // What the daemon read of the names at its start is good for a while.
    laptop.must("systemctl restart docker");
    serve(&laptop, &[]);
    for repository in ["team/app", "other/app"] {
        laptop.must(&format!(
            "skopeo copy -q --dest-tls-verify=false docker://{SOURCE} docker://{ADDRESS}:5000/{repository}:1"
        ));
    }
    hold(&laptop, "before", &cases(true));
    install(&laptop);
    enroll(&laptop, &allowing(&HOSTS));
    let cases_now = cases(false);
    let said = hold(&laptop, "enrolled", &cases_now);
    let failed = cases_now.iter().zip(&said).filter(|(case, _)| !case.works);
    let words: Vec<String> =
        failed.map(|(case, output)| format!("{}\n{}", case.command, output.terminal)).collect();
    insta::with_settings!({ filters => masks(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(snapshot, words.join("\n"));
    });
    laptop.must("pullgate unenroll --yes");
    hold(&laptop, "unenrolled", &cases(true));
}

/// A flag of the command line is the one thing that the gateway cannot see.
fn cases(flags_work: bool) -> Vec<Case> {
    let push = |image: &str| {
        format!(
            "mkdir -p p && echo FROM {SOURCE} > p/Dockerfile && docker build -q --provenance=false -t {image} p \
             && docker push -q {image} && docker rmi {image}"
        )
    };
    let build = |image: &str| {
        format!("mkdir -p b && echo FROM {image} > b/Dockerfile && docker build -q --pull --no-cache b")
    };
    // The registry answers at every address of this machine's loopback interface.
    let here = "k3d-lab.localhost:5055/team/pushed:1";
    let flag = "podman pull -q --tls-verify=false unlisted.example:5000/other/app:1 && podman rmi -f unlisted.example:5000/other/app:1";
    vec![
        works(ADA, docker("203.0.113.20:5000/plain/app:1")),
        works(ADA, docker("ranged.lab.example:5000/team/app:1")),
        works(ADA, build("ranged.lab.example:5000/team/app:1")),
        works(ADA, push("ranged.lab.example:5000/team/again:1")),
        works(ADA, push(here)),
        works(ADA, docker(here)),
        works(ADA, build(here)),
        works(ADA, podman("wild.lab.example:5000/team/app:1")),
        works(ADA, podman("below.example:5000/team/app:1")),
        // Each engine by its own list.
        fails(ADA, podman("below.example:5000/other/app:1"), "registries.conf"),
        fails(ADA, podman("203.0.113.20:5000/plain/app:1"), "registries.conf"),
        fails(ADA, docker("unlisted.example:5000/other/app:1"), "insecure-registries"),
        Case { works: flags_work, ..fails(ADA, flag, "--tls-verify=false has no effect here") },
    ]
}

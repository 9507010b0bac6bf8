//! `certs.d`: what the person's own folders say of trust holds at the gateway, and a broken file, which containerd
//! would ignore, is found out.

use acceptance::laptop::{Laptop, Options};
use acceptance::product::{enroll, install, policy, with_product};
use acceptance::pull::Flavor;
use serde_json::{Value, json};

use super::allowed::arrives;
use crate::podman::record::is_denied;
use crate::podman::restore::inventory;

const MIRRORED: &str = "\
# kept by hand
server = \"https://quay.io\"

[host.\"https://ghcr.io\"]
  capabilities = [\"pull\", \"resolve\"]
";

#[test]
fn the_persons_folders_count_and_are_given_back() {
    let folder = "/etc/containerd/certs.d";
    let options = Options::containerd()
        .file(&format!("{folder}/quay.io/hosts.toml"), MIRRORED)
        .file("/etc/containerd/config.toml", "version = 2\n# ours\n[plugins.\"io.containerd.grpc.v1.cri\".registry]\n  config_path = \"/etc/containerd/certs.d\"\n");
    let laptop = Laptop::boot(&with_product(options));
    let private = format!("{folder}/registry.acme.example");
    laptop.must(&format!(
        "mkdir -p {private} && cp /etc/internet/acme-ca.pem {private}/ca.crt && cp /etc/internet/client.pem \
         {private}/me.cert && cp /etc/internet/client.key {private}/me.key && chmod 600 {private}/me.key"
    ));
    install(&laptop);
    let before = inventory(&laptop);
    let routed = enroll(
        &laptop,
        &policy(json!({ "registries": { "default": "block", "entries": [
        { "id": "hub", "host": "docker.io", "action": "allow" },
        { "id": "quay", "host": "quay.io", "action": "allow" },
        { "id": "acme", "host": "registry.acme.example", "action": "allow" },
    ] } })),
    );
    let words = "the redirect of `quay.io` in `/etc/containerd/certs.d/quay.io` is not followed";
    assert!(routed.terminal.contains(words), "{}", routed.terminal);
    arrives(&laptop, "registry.acme.example/team/app:1");
    arrives(&laptop, "quay.io/coreos/etcd:1");
    broken_files_are_found_and_repaired(&laptop);
    laptop.must("pullgate engines restore");
    assert_eq!(inventory(&laptop), before);
}

fn broken_files_are_found_and_repaired(laptop: &Laptop) {
    let folder = "/etc/containerd/certs.d";
    for (file, content) in [
        (format!("{folder}/docker.io/hosts.toml"), "this is not TOML ["),
        (format!("{folder}/harbor.acme.example/ca.crt"), "not ours"),
        (format!("{folder}/_default/hosts.toml"), "server = \"https://ghcr.io\"\n"),
    ] {
        assert_eq!(report(laptop)["routed"], "yes");
        laptop.write_file(&file, content);
        let told = report(laptop);
        assert_ne!(told["routed"], "yes", "{file}: {told}");
        assert!(told["why"].as_str().unwrap_or_default().contains(folder), "{told}");
        laptop.must("pullgate engines apply containerd");
    }
    laptop.must(&format!("rm -r {folder}/harbor.acme.example"));
    laptop.must("pullgate engines apply containerd");
    is_denied(laptop, &Flavor::Cri.attempt(laptop, "docker.io/someuser/tool:1"));
}

fn report(laptop: &Laptop) -> Value {
    let said = laptop.run("pullgate engines verify containerd --json").stdout;
    let line = said.lines().next().expect("there is a report");
    serde_json::from_str(line).expect("a report is JSON")
}

//! `certs.d`: what the person's own folders say of trust holds at the gateway, and a broken file, which containerd
//! would ignore, is found out.

use acceptance::laptop::{Laptop, Options};
use acceptance::product::{enroll, install, policy, with_product};
use acceptance::pull::Flavor;
use serde_json::{Value, json};

use super::allowed::arrives;
use crate::podman::record::is_denied;
use crate::podman::restore::{inventory, is_as_before};

const MIRRORED: &str = "\
# kept by hand
server = \"https://quay.io\"

[host.\"https://ghcr.io\"]
  capabilities = [\"pull\", \"resolve\"]
";

const BROKEN: &str = "this is not TOML [";
const ELSEWHERE: &str = "server = \"https://ghcr.io\"\n";

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
    what_was_written_since_is_kept(&laptop);
    is_as_before(&laptop, &before);
}

fn broken_files_are_found_and_repaired(laptop: &Laptop) {
    let folder = "/etc/containerd/certs.d";
    for (file, content) in [
        (format!("{folder}/docker.io/hosts.toml"), BROKEN),
        (format!("{folder}/harbor.acme.example/ca.crt"), "not ours"),
        (format!("{folder}/_default/hosts.toml"), ELSEWHERE),
    ] {
        assert_eq!(report(laptop)["routed"], "yes");
        laptop.write_file(&file, content);
        let told = report(laptop);
        let why = told["why"].as_str().unwrap_or_default();
        // The service may have put it right before it was asked.
        assert!(
            why.contains(folder) || (told["routed"] == "yes" && is_ours(laptop, &file)),
            "{file}: {told}"
        );
        laptop.must("pullgate engines apply containerd");
    }
    laptop.must(&format!("rm -r {folder}/harbor.acme.example"));
    laptop.must("pullgate engines apply containerd");
    is_denied(laptop, &Flavor::Cri.attempt(laptop, "docker.io/someuser/tool:1"));
}

/// Whether the `hosts.toml` beside this file is the gateway's.
fn is_ours(laptop: &Laptop, file: &str) -> bool {
    let folder = file.rsplit_once('/').map_or(file, |(folder, _)| folder);
    let hosts = laptop.read_file(&format!("{folder}/hosts.toml")).unwrap_or_default();
    hosts.starts_with("# Written by Pullgate")
}

/// Whoever wrote a file after it was routed finds that text again, and may take it away.
fn what_was_written_since_is_kept(laptop: &Laptop) {
    for (name, content) in [("docker.io", BROKEN), ("_default", ELSEWHERE)] {
        let folder = format!("/etc/containerd/certs.d/{name}");
        assert_eq!(laptop.read_file(&format!("{folder}/hosts.toml")).as_deref(), Some(content));
        laptop.must(&format!("rm -r {folder}"));
    }
}

fn report(laptop: &Laptop) -> Value {
    let said = laptop.run("pullgate engines verify containerd --json").stdout;
    let line = said.lines().next().expect("there is a report");
    serde_json::from_str(line).expect("a report is JSON")
}

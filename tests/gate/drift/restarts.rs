//! An engine that must restart to be routed again waits for what runs in it.

use acceptance::laptop::Laptop;

use super::desk::{is_routed, snapshot, tells, told, until};

const DOCKERFILE: &str = "FROM docker.io/library/official:1\nRUN sleep 100000\n";

pub(super) fn wait_for_a_build(laptop: &Laptop) {
    laptop.must("pullgate engines apply docker");
    // A pause keeps Pullgate from putting it back before the daemon has read it.
    laptop.must("pullgate pause --for 10m --reason test && rm -r /etc/docker/daemon.json /etc/systemd/system/docker.service.d");
    laptop.must("docker run --detach --name stays docker.io/library/official:1 sleep 100000");
    let process = "docker inspect --format '{{.State.Pid}}' stays";
    laptop.must("echo '{\"live-restore\": true}' > /etc/docker/daemon.json && systemctl reload docker && systemctl daemon-reload && systemctl restart docker");
    let before = laptop.must(process).stdout;
    laptop.write_file("/root/long/Dockerfile", DOCKERFILE);
    laptop.must("systemd-run --quiet --unit=long docker build --progress plain /root/long");
    until(laptop, "the build runs", |laptop| laptop.run("pgrep --exact sleep | wc -l").stdout.trim() == "2");
    laptop.must("pullgate resume");
    let waits = tells(laptop, "it waits for a build");
    let file = laptop.read_file("/etc/docker/daemon.json").unwrap_or_default();
    assert!(file.contains("127.0.0.1:859"), "what is ours is back before the restart: {file}");
    assert_eq!(laptop.run("systemctl is-active long").stdout, "active\n");
    let refused = laptop.run("pullgate engines apply docker");
    let dry = laptop.run("pullgate engines apply docker --dry-run");
    laptop.must("systemctl stop long");
    let restarted = tells(laptop, "was restarted");
    until(laptop, "nothing waits", |laptop| !told(laptop).iter().any(|it| it.contains("must restart")));
    is_routed(laptop, "docker");
    assert_eq!(laptop.must(process).stdout, before, "the container ran through it");
    laptop.must("docker rm --force stays && rm -r /root/long");
    snapshot("restart", &format!("{waits}\n{}\n{}\n{restarted}\n", refused.terminal, dry.terminal));
}

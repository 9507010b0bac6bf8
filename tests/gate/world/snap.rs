//! Docker Engine as a snap: the real daemon, laid out and confined as snapd does it. It starts by a unit of snapd's,
//! keeps everything below `/var/snap/docker`, and sees neither `/etc/docker` nor the folders of the product.

use acceptance::laptop::{Laptop, Options};
use acceptance::product::{enroll, install, policy, with_product};
use acceptance::pull::Flavor;
use serde_json::json;

use crate::network::lab::{arrived, denied, status};

const UNIT: &str = "snap.docker.dockerd.service";
const REVISION: &str = "/snap/docker/3265";
const DAEMON_JSON: &str = "{\n    \"log-level\":        \"error\"\n}\n";
const OFFICIAL: &str = "docker.io/library/official:1";
const COMMUNITY: &str = "docker.io/someuser/tool:1";

/// The unit as snapd generates it, without the mount unit of the image and the profile of `AppArmor`.
const SERVICE: &str = "\
[Unit]
Description=Service for snap application docker.dockerd
Wants=network.target
After=network.target
X-Snappy=yes
[Service]
EnvironmentFile=-/etc/environment
ExecStart=/usr/bin/snap run docker.dockerd
SyslogIdentifier=docker.dockerd
Restart=always
WorkingDirectory=/var/snap/docker/3265
TimeoutStopSec=30
Type=simple
[Install]
WantedBy=multi-user.target
";

/// What `snap run` comes to: the confinement, then the snap's own wrapper in the same process.
const SNAP_RUN: &str = "\
#!/bin/sh
export SNAP=/snap/docker/3265 SNAP_DATA=/var/snap/docker/3265 SNAP_COMMON=/var/snap/docker/common
exec unshare --mount sh -c '
    for hidden in /etc/docker /etc/pullgate /var/lib/pullgate /var/lib/pullgate-steward; do
        [ -d $hidden ] && mount -t tmpfs none $hidden
    done
    exec $SNAP/bin/dockerd-wrapper'
";

/// The wrapper in the snap.
const WRAPPER: &str = "\
#!/bin/sh
exec $SNAP/bin/dockerd --group docker --exec-root=/run/snap.docker --data-root=$SNAP_COMMON/var-lib-docker \\
    --pidfile=$SNAP_DATA/run/docker.pid --config-file=$SNAP_DATA/config/daemon.json
";

#[test]
fn a_snaps_docker_pulls_before_enrollment_is_routed_by_its_own_files_and_gets_them_back() {
    let laptop = Laptop::boot(&with_product(Options::daemonless()));
    install_snap(&laptop);
    arrived(&Flavor::DockerPull.attempt(&laptop, OFFICIAL));
    arrived(&Flavor::DockerPull.attempt(&laptop, COMMUNITY));
    laptop.must("docker rmi official:1 someuser/tool:1");
    let before = files(&laptop);

    install(&laptop);
    enroll(&laptop, &policy(json!({})));
    let engines = laptop.must("pullgate engines verify").terminal;
    assert!(engines.contains("Docker Engine (snap)"), "{engines}");
    arrived(&Flavor::DockerPull.attempt(&laptop, OFFICIAL));
    arrived(&Flavor::BuildKit.attempt(&laptop, OFFICIAL));
    denied(&Flavor::DockerPull.attempt(&laptop, COMMUNITY));
    denied(&Flavor::BuildKit.attempt(&laptop, COMMUNITY));
    assert_eq!(status(&laptop)["conditions"], json!([]));

    laptop.must("pullgate unenroll --yes");
    assert_eq!(files(&laptop), before);
    arrived(&Flavor::DockerPull.attempt(&laptop, COMMUNITY));
}

fn install_snap(laptop: &Laptop) {
    laptop.must(&format!("mkdir -p {REVISION}/bin /var/snap/docker/3265/config /var/snap/docker/3265/run /var/snap/docker/common"));
    laptop.write_file(&format!("/etc/systemd/system/{UNIT}"), SERVICE);
    laptop.write_file("/usr/bin/snap", SNAP_RUN);
    laptop.write_file(&format!("{REVISION}/bin/dockerd-wrapper"), WRAPPER);
    laptop.write_file("/var/snap/docker/3265/config/daemon.json", DAEMON_JSON);
    laptop.must(&format!(
        "cp $(command -v dockerd) {REVISION}/bin/dockerd && chmod +x /usr/bin/snap {REVISION}/bin/* \
         && ln -s 3265 /snap/docker/current && ln -s 3265 /var/snap/docker/current \
         && mv /usr/sbin/dockerd /root/dockerd-of-the-distribution \
         && systemctl daemon-reload && systemctl start {UNIT}"
    ));
    laptop.wait_for("the snap's daemon answers", |laptop| laptop.run("docker version").code == 0);
}

/// Every file of the person's that the product may touch, with its content.
fn files(laptop: &Laptop) -> String {
    let command = "find /var/snap/docker/3265/config /var/snap/docker/common -maxdepth 2 -not -path '*/var-lib-docker*' \
                   /etc/docker /etc/systemd/system -type f -exec sha256sum {} + 2>/dev/null | sort";
    laptop.run(command).stdout
}

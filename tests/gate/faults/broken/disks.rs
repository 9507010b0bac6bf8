//! No room for another file, and files that root cannot write.

use std::collections::BTreeSet;

use acceptance::laptop::Laptop;
use acceptance::product::while_stopped;

use super::{nothing_passes, snapshot, told};
use crate::network::lab::{condition, status};

const STATE: &str = "/var/lib/pullgate";

/// The folder of the state has room, and no inode is left.
pub(super) fn no_room_for_another_file_stops_nothing(laptop: &Laptop) {
    let fill = format!(
        "cp -a {STATE} /root/state; \
         mount -t tmpfs -o size=32m,nr_inodes=40,mode=700,uid=pullgate,gid=pullgate tmpfs {STATE}; \
         cp -a /root/state/. {STATE}/; rm -f {STATE}/journal.sqlite*; \
         for n in $(seq 40); do touch {STATE}/fill-$n 2> /dev/null || true; done"
    );
    while_stopped(laptop, &fill);
    nothing_passes(laptop);
    told(laptop, "journal-failing");
    let mut text = laptop.run("pullgate status").terminal;
    let refused = laptop.run("pullgate pause --for 1m --reason x");
    assert_eq!(refused.code, 1, "{}", refused.terminal);
    text += &refused.terminal;
    snapshot("no_inodes", &text);
    nothing_passes(laptop);
    laptop.must(&format!("rm {STATE}/fill-*"));
    laptop.wait_for("it is recorded again", |laptop| {
        nothing_passes(laptop);
        condition(laptop, "journal-failing").is_none()
    });
    assert_eq!(status(laptop)["enforcing"], true);
    while_stopped(laptop, &format!("umount {STATE} && rm -r /root/state"));
}

/// The folder of the engines' configuration is full, then the steward's own: each file is as it was, or as it shall be.
pub(super) fn what_root_cannot_write_is_told_and_stays_whole(laptop: &Laptop) {
    let sums = || {
        let said =
            laptop.must("find /etc/containers /etc/docker -type f ! -name fill -print0 | xargs -0 sha256sum");
        said.stdout.lines().map(str::to_owned).collect::<BTreeSet<String>>()
    };
    let routed = sums();
    laptop.must("pullgate engines restore podman");
    let given_back = sums();
    let mut text = String::new();
    for folder in ["/etc/containers", "/var/lib/pullgate-steward/originals"] {
        laptop.must(&format!(
            "cp -a {folder} /root/kept; mount -t tmpfs -o size=256k,mode=700 tmpfs {folder}; cp -a /root/kept/. {folder}/; \
             chmod --reference=/root/kept {folder}; cat /dev/zero > {folder}/fill 2> /dev/null; true"
        ));
        let refused = laptop.run("pullgate engines apply podman");
        let now = sums();
        laptop.must(&format!("umount {folder}; rm -r /root/kept"));
        assert_ne!(refused.code, 0, "{}", refused.terminal);
        assert!(refused.terminal.contains("No space left on device"), "{}", refused.terminal);
        text += &format!("# {folder} is full\n{}\n", refused.terminal);
        let torn: Vec<_> =
            now.iter().filter(|it| !routed.contains(*it) && !given_back.contains(*it)).collect();
        assert!(torn.is_empty(), "{folder}: {torn:#?}");
    }
    laptop.must("pullgate engines apply podman");
    assert_eq!(sums(), routed);
    snapshot("root_cannot_write", &text);
}

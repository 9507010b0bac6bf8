//! What cannot be led through the gateway from here and is told instead.

use acceptance::laptop::{Laptop, Person};

use super::desk::{snapshot, tells, told, until};

/// A daemon by hand, a builder in a container, a person's own files.
pub(super) fn are_noticed(laptop: &Laptop) {
    let mut text = String::new();
    laptop.must(
        "systemd-run --quiet --unit=second --property=PrivateNetwork=yes dockerd --host unix:///run/second.sock \
         --data-root /var/lib/second --exec-root /run/second --pidfile /run/second.pid",
    );
    text += &gone_after(laptop, "a further `dockerd`", "systemctl stop second");
    let mounts = ["/usr:/usr", "/lib:/lib", "/lib64:/lib64", "/usr/bin/sleep:/buildkitd"];
    laptop.must(&format!(
        "docker run --detach --name buildx_buildkit_big0 --volume {} library/official:1 /buildkitd 100000",
        mounts.join(" --volume ")
    ));
    text += &gone_after(laptop, "the builder `big`", "docker rm --force buildx_buildkit_big0");
    let made =
        "mkdir -p .config/containers .docker/contexts/meta/fe9c && touch .config/containers/registries.conf";
    assert_eq!(laptop.run_as(Person::Ada, made).code, 0);
    text += &tells(laptop, "/home/ada/.config/containers/registries.conf");
    laptop.must("rm -r /home/ada/.config/containers /home/ada/.docker/contexts");
    snapshot("ways_round", &text);
}

fn gone_after(laptop: &Laptop, words: &str, command: &str) -> String {
    let sentence = tells(laptop, words);
    laptop.must(command);
    until(laptop, &format!("`{words}` is gone"), |laptop| !told(laptop).iter().any(|it| it.contains(words)));
    sentence + "\n"
}

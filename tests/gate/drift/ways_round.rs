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
    text += &(tells(laptop, "ada has files that beat") + "\n");
    laptop.must("rm -r /home/ada/.config/containers /home/ada/.docker/contexts");
    a_link_shows_nothing_of_the_folder_it_leads_to(laptop);
    text += &a_mount_over_the_configuration(laptop);
    snapshot("ways_round", &text);
}

fn gone_after(laptop: &Laptop, words: &str, command: &str) -> String {
    let sentence = tells(laptop, words);
    laptop.must(command);
    until(laptop, &format!("`{words}` is gone"), |laptop| !told(laptop).iter().any(|it| it.contains(words)));
    sentence + "\n"
}

/// `ln -s /root ~/.config/containers/registries.conf.d` showed every name in `/root` to everybody.
fn a_link_shows_nothing_of_the_folder_it_leads_to(laptop: &Laptop) {
    laptop.must("touch /root/secret-of-root");
    let link = "mkdir -p .config/containers && ln -s /root .config/containers/registries.conf.d";
    assert_eq!(laptop.run_as(Person::Ada, link).code, 0);
    tells(laptop, "ada has files that beat");
    for command in
        ["pullgate engines verify podman", "pullgate engines", "pullgate status", "pullgate doctor"]
    {
        let shown = [Person::Root, Person::Ada, Person::Bob].map(|who| laptop.run_as(who, command).terminal);
        assert!(shown.iter().all(|it| !it.contains("secret-of-root")), "{command}: {shown:?}");
        assert!(!shown[2].contains("/home/ada"), "{command}: {}", shown[2]);
    }
    let adas = laptop.run_as(Person::Ada, "pullgate engines").terminal;
    assert!(adas.contains("/home/ada/.config/containers/registries.conf.d"), "{adas}");
    laptop.must("rm -r /home/ada/.config/containers /root/secret-of-root");
    until(laptop, "the link is gone", |laptop| !told(laptop).iter().any(|it| it.contains("ada has files")));
}

/// It leads all of that person's later pulls past the gateway, and no file tells of it.
fn a_mount_over_the_configuration(laptop: &Laptop) -> String {
    let mount = "mkdir -p empty && podman unshare mount --bind $HOME/empty /etc/containers/registries.conf.d";
    let mounted = laptop.run_as(Person::Ada, mount);
    assert_eq!(mounted.code, 0, "{}", mounted.terminal);
    let sentence = tells(laptop, "ada has a mount that hides");
    let proof = laptop.run("pullgate engines verify podman").terminal;
    assert!(
        proof.contains("mounts that hide the configuration") && proof.contains("podman system migrate"),
        "{proof}"
    );
    assert_eq!(laptop.run_as(Person::Ada, "podman system migrate").code, 0);
    until(laptop, "the mount is gone", |laptop| {
        !told(laptop).iter().any(|it| it.contains("ada has a mount"))
    });
    sentence
}

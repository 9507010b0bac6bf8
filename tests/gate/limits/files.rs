//! What comes from files and from the web, and what command lines and tools of root fetch by themselves.

use acceptance::laptop::Laptop;

use super::{BLOCKED, ada, comes, publish, row};

pub(super) fn images_from_files_are_not_judged_and_are_listed(laptop: &Laptop) {
    row("`podman pull oci:…`");
    publish(laptop, "docker.io/library/layout");
    for place in ["oci:layout:1", "docker-archive:archive.tar:made/up:1", "dir:folder"] {
        comes(&ada(laptop, &format!("skopeo copy docker://docker.io/library/layout:1 {place}")));
    }
    for place in ["oci:layout:1", "docker-archive:archive.tar", "dir:folder"] {
        comes(&ada(laptop, &format!("podman pull {place}")));
    }
    comes(&ada(laptop, "podman load --input archive.tar"));
    let listed = laptop.must("pullgate images").stdout;
    assert!(listed.lines().any(|line| line.starts_with("blocked") && line.contains("made/up:1")), "{listed}");
}

pub(super) fn the_web_and_the_command_line_bring_what_they_want(laptop: &Laptop) {
    row("`docker load`, `docker import`, `podman load`");
    comes(&ada(laptop, "docker load --input archive.tar && docker image inspect made/up:1"));
    row("`ADD https://…`");
    laptop.must(
        "mkdir -p /tmp/context /srv/www && echo 'FROM scratch\nADD Dockerfile /' > /tmp/context/Dockerfile && \
         tar -C /tmp/context -cf /srv/www/context.tar .",
    );
    comes(&ada(laptop, "docker build --quiet https://files.example/context.tar"));
    comes(&ada(
        laptop,
        "echo 'FROM scratch\nADD https://files.example/context.tar /' | docker build --quiet -",
    ));
    row("`docker manifest inspect`");
    comes(&ada(laptop, &format!("docker manifest inspect {BLOCKED}")));
    row("`docker buildx imagetools create`");
    comes(&ada(laptop, "echo ada-secret | docker login --username ada --password-stdin"));
    comes(&ada(laptop, &format!("docker buildx imagetools create --tag docker.io/acme/copied:1 {BLOCKED}")));
    comes(&ada(laptop, "docker pull acme/copied:1"));
}

pub(super) fn tools_of_root_read_the_configuration_that_they_are_told(laptop: &Laptop) {
    row("`ctr` without `--hosts-dir`");
    laptop.must(&format!("ctr --namespace limits images pull {BLOCKED}"));
    row("`nerdctl --hosts-dir`, `ctr --hosts-dir`");
    laptop.must(&format!(
        "mkdir /root/hosts && ctr --namespace other images pull --hosts-dir /root/hosts {BLOCKED}"
    ));
    let led = format!("ctr --namespace led images pull --hosts-dir /etc/containerd/certs.d {BLOCKED}");
    let said = laptop.run(&led);
    assert!(said.code != 0 && said.terminal.contains("image access denied"), "{}", said.terminal);
}

//! Podman and its relatives, told other things than the machine's configuration.

use acceptance::laptop::Laptop;

use super::{BLOCKED, ada, comes, is_denied, nothing_is_told, row};

pub(super) fn another_configuration_by_flag_or_variable_is_no_way_round(laptop: &Laptop) {
    row("`podman`/`buildah`/`skopeo` with `--registries-conf`");
    ada(laptop, "mkdir empty.d; echo 'unqualified-search-registries = [\"docker.io\"]' > own.conf");
    for command in [
        format!("podman --registries-conf own.conf pull {BLOCKED}"),
        format!("CONTAINERS_REGISTRIES_CONF=$HOME/own.conf podman pull {BLOCKED}"),
        format!("buildah --registries-conf own.conf --registries-conf-dir empty.d pull {BLOCKED}"),
        format!("skopeo --registries-conf own.conf copy docker://{BLOCKED} dir:copied"),
    ] {
        is_denied(&ada(laptop, &command));
    }
}

pub(super) fn a_mount_in_a_namespace_of_one_command_hides_the_configuration(laptop: &Laptop) {
    row("`unshare -rm` with such a mount");
    let copy = format!("skopeo copy docker://{BLOCKED} dir:unshared");
    let hidden =
        format!("unshare -rm sh -c 'mount --bind empty.d /etc/containers/registries.conf.d && {copy}'");
    comes(&ada(laptop, &hidden));
    comes(&ada(laptop, "test -e unshared/manifest.json"));
    is_denied(&ada(laptop, &copy));
    nothing_is_told(laptop);
}

pub(super) fn another_signature_policy_lets_registries_by_address_pass_and_no_others(laptop: &Laptop) {
    row("`--signature-policy` for Podman");
    ada(laptop, "echo '{\"default\":[{\"type\":\"insecureAcceptAnything\"}]}' > own.json");
    let address = "podman pull --tls-verify=false 203.0.113.20:5000/plain/app:1";
    assert_ne!(ada(laptop, address).code, 0);
    comes(&ada(laptop, &format!("{address} --signature-policy own.json")));
    for image in [BLOCKED, "registry.acme.example/team/app:1"] {
        is_denied(&ada(laptop, &format!("podman pull --signature-policy own.json {image}")));
    }
}

pub(super) fn a_login_for_one_command_reaches_no_registry(laptop: &Laptop) {
    row("`--creds`, `--src-creds`");
    let said = ada(laptop, "podman pull --creds ada:ada-secret docker.io/acme/private:1");
    assert!(said.code != 0 && said.terminal.contains("a password in `--creds`"), "{}", said.terminal);
}

pub(super) fn tags_are_listed_past_the_gateway_and_pulls_of_all_of_them_are_judged(laptop: &Laptop) {
    row("`podman push`, `podman login`, `podman search`");
    let listed = ada(laptop, "skopeo list-tags docker://docker.io/evil/miner");
    assert!(listed.code == 0 && listed.terminal.contains("latest"), "{}", listed.terminal);
    is_denied(&ada(laptop, "podman pull --all-tags docker.io/evil/miner"));
}

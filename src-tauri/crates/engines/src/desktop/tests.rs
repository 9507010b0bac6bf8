use std::path::Path;

use super::*;
use crate::desired_routing::tests::desired;
use crate::machine::memory::Memory;
use crate::{apply, restore};

const STATE: &str = "/state/originals";

fn fixture(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/desktop").join(name);
    std::fs::read_to_string(path).unwrap()
}

fn planned(machine: &Memory, found: &Found) -> Result<Plan, Unplannable> {
    let desired = DesiredRouting { blocks_unlisted: true, ..desired() };
    Desktop.plan(found, machine, &Originals::at(STATE), &desired)
}

/// Routes one product, shows what that comes to, and gives everything back.
fn golden(name: &str, home: &str, files: &[(&str, &str)]) {
    let files: Vec<(String, &str)> =
        files.iter().map(|(path, text)| (format!("{home}/{path}"), *text)).collect();
    let machine = Memory::with(&[("/etc/passwd", "ada:x:1000:1000::/home/ada:/x\n"), ("/state/x", "")]);
    files.iter().for_each(|(path, text)| machine.put(path, text.as_bytes()));
    let (before, folders) = (machine.files.borrow().clone(), machine.folders.borrow().clone());
    let found = find(&machine).remove(0);
    let plan = planned(&machine, &found).unwrap();
    insta::assert_snapshot!(name, plan.diff());
    apply(&plan, &machine, &Originals::at(STATE)).unwrap();
    let again = planned(&machine, &found).unwrap();
    assert!(again.is_empty(), "twice is once: {again:?}");
    restore(found.engine, &machine, &Originals::at(STATE), false).unwrap();
    assert_eq!(*machine.files.borrow(), before);
    let left: Vec<_> = machine.folders.borrow().iter().filter(|it| !folders.contains(it)).cloned().collect();
    assert_eq!(left, [Path::new(STATE)]);
}

#[test]
fn docker_desktop_gets_both_pairs_of_proxies_in_the_case_of_its_version() {
    let settings = fixture("docker-desktop-4-30.json");
    golden("docker-desktop-linux", "/home/ada", &[(".docker/desktop/settings-store.json", &settings)]);
    let path = "Library/Group Containers/group.com.docker/settings-store.json";
    golden("docker-desktop-macos", "/Users/ada", &[(path, &fixture("docker-desktop-older.json"))]);
}

#[test]
fn rancher_desktop_gets_the_registries_of_the_policy_as_its_allowed_images() {
    let settings = fixture("rancher-desktop.json");
    golden(
        "rancher-desktop",
        "/Users/ada",
        &[("Library/Preferences/rancher-desktop/settings.json", &settings)],
    );
}

#[test]
fn colima_gets_variables_and_a_certificate_for_each_profile() {
    let (one, two) = (fixture("colima.yaml"), fixture("colima-with-variables.yaml"));
    golden(
        "colima",
        "/Users/ada",
        &[(".colima/default/colima.yaml", &one), (".colima/work/colima.yaml", &two)],
    );
}

#[test]
fn lima_gets_one_file_for_every_machine() {
    golden("lima", "/Users/ada", &[(".lima/default/lima.yaml", "images: []\n")]);
    let file = fixture("lima-override.yaml");
    golden(
        "lima-with-a-file",
        "/Users/ada",
        &[(".lima/default/lima.yaml", "images: []\n"), (".lima/_config/override.yaml", &file)],
    );
}

#[test]
fn orbstack_gets_the_proxy_of_its_machine() {
    golden("orbstack", "/Users/ada", &[(".orbstack/vmconfig.json", &fixture("orbstack.json"))]);
}

#[test]
fn podman_machine_gets_a_file_of_ours() {
    let machine = ".config/containers/podman/machine/qemu/podman-machine-default.json";
    golden("podman-machine", "/home/ada", &[(machine, "{}")]);
}

#[test]
fn products_of_every_person_are_shown_and_not_routed_from_here() {
    let machine = Memory::with(&[
        ("/etc/passwd", "ada:x:1000:1000::/home/ada:/x\nbob:x:1001:1001::/home/bob:/x\n"),
        ("/home/ada/.docker/desktop/settings-store.json", "{}"),
        ("/home/ada/.lima/default/lima.yaml", ""),
        ("/home/bob/.config/colima/ci/colima.yaml", ""),
    ]);
    let shown = crate::find(&machine).into_iter().map(|it| {
        let refused = crate::plan(&it, &machine, &Originals::at(STATE), &desired()).unwrap_err();
        format!("{} ({}): {refused}", it.name, it.config[0].display())
    });
    insta::assert_snapshot!(shown.collect::<Vec<_>>().join("\n"));
}

#[test]
fn settings_that_cannot_be_edited_are_refused_in_words() {
    let refused = |path: &str, text: &str| {
        let machine = Memory::with(&[(&format!("/Users/ada/{path}"), text)]);
        planned(&machine, &find(&machine)[0]).unwrap_err().to_string()
    };
    let refused = [
        refused(".colima/default/colima.yaml", "env: {A: b}\n"),
        refused(".colima/default/colima.yaml", "env: &shared\n  A: b\nother: *shared\n"),
        refused(".orbstack/vmconfig.json", "{"),
        refused(".docker/desktop/settings-store.json", "[]"),
    ];
    insta::assert_snapshot!(refused.join("\n"));
}

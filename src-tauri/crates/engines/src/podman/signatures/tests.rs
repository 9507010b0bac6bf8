use super::*;
use crate::desired_routing::tests::desired;
use crate::machine::memory::Memory;
use crate::podman::routes;

const RED_HAT: &str = "docker:\n  registry.access.redhat.com:\n    sigstore: https://access.redhat.com/webassets/docker/content/sigstore\n";

fn of(files: &[(&str, &str)], desired: &DesiredRouting) -> Repeated {
    let machine = Memory::with(files);
    let signatures = registries_d::persons(&machine).unwrap();
    repeated(&signatures, &routes::routes(&[], desired), desired, has_built_in(&machine))
}

fn file(text: &str) -> [(&'static str, String); 1] {
    [("/etc/containers/registries.d/acme.yaml", text.to_owned())]
}

fn shown(text: &str, desired: &DesiredRouting) -> String {
    let files = file(text);
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let repeated = of(&files, desired);
    let links: Vec<String> = repeated
        .links
        .iter()
        .map(|(path, target)| format!("{} -> {}\n", path.display(), target.display()))
        .collect();
    let text = repeated.text().unwrap_or_default();
    format!("{}{}", text.lines().skip(2).map(|line| format!("{line}\n")).collect::<String>(), links.concat())
}

/// A redirect without an entry of its own ends in "A signature was required, but no signature exists".
#[test]
fn attachments_of_a_registry_are_looked_for_under_the_mirror_s_name_too() {
    let text = "docker:\n  registry.acme.example:5000:\n    use-sigstore-attachments: true\n  registry.acme.example:5000/raw:\n    use-sigstore-attachments: false\n  elsewhere.example:\n    use-sigstore-attachments: true\n";
    insta::assert_snapshot!(shown(text, &desired()), @r#"
    docker:
      "127.0.0.1:858/registry.acme.example__5000":
        use-sigstore-attachments: true
      "127.0.0.1:858/registry.acme.example__5000/raw":
        use-sigstore-attachments: false
    "#);
}

#[test]
fn a_web_folder_is_asked_by_the_mirror_front_which_knows_it_by_the_same_name() {
    let desired = DesiredRouting { blocks_unlisted: true, ..desired() };
    insta::assert_snapshot!(shown(RED_HAT, &desired), @r#"
    docker:
      "127.0.0.1:858/registry.access.redhat.com":
        lookaside: "https://127.0.0.1:858/lookaside/b4328e720b63bdd7"
    "#);
    let signatures =
        registries_d::persons(&Memory::with(&[("/etc/containers/registries.d/r.yaml", RED_HAT)])).unwrap();
    let (name, url) = web_folders(&signatures).pop_first().unwrap();
    assert!(shown(RED_HAT, &desired).contains(&name) && RED_HAT.contains(&url));
}

#[test]
fn a_folder_of_this_machine_is_reached_by_a_link_in_place_of_the_registry_s_name() {
    let text = "docker:\n  quay.io/acme:\n    lookaside: file:///srv/signatures\n  registry.acme.example:5000:\n    lookaside: file:///srv/signatures\n";
    insta::assert_snapshot!(shown(text, &desired()), @r#"
    docker:
      "127.0.0.1:858/quay.io/acme":
        lookaside: "file:///etc/containers/pullgate-lookaside/8279688e8d4021ab"
        # /etc/containers/pullgate-lookaside/8279688e8d4021ab/quay.io -> /srv/signatures
      "127.0.0.1:858/registry.acme.example__5000":
        lookaside: "file:///etc/containers/pullgate-lookaside/8279688e8d4021ab"
        # /etc/containers/pullgate-lookaside/8279688e8d4021ab/registry.acme.example__5000 -> /srv/signatures
    /etc/containers/pullgate-lookaside/8279688e8d4021ab/quay.io -> /srv/signatures
    /etc/containers/pullgate-lookaside/8279688e8d4021ab/registry.acme.example__5000 -> /srv/signatures
    "#);
}

/// A namespace of ours hides the person's `default-docker`.
#[test]
fn the_default_of_the_person_is_repeated_for_every_registry() {
    let text = "default-docker:\n  lookaside: https://sig.acme.example\n  use-sigstore-attachments: true\n";
    let repeated = of(&[("/etc/containers/registries.d/default.yaml", text)], &desired());
    assert_eq!(repeated.namespaces.len(), 3, "{repeated:?}");
    assert!(repeated.namespaces.values().all(|one| one.attachments == Some(true) && one.lookaside.is_some()));
}

#[test]
fn where_signatures_are_only_written_nothing_is_repeated() {
    let text = "default-docker:\n#  lookaside: file:///var/lib/containers/sigstore\n  lookaside-staging: file:///var/lib/containers/sigstore\n";
    assert_eq!(of(&[("/etc/containers/registries.d/default.yaml", text)], &desired()).text(), None);
    let kept = "/var/lib/containers/sigstore/quay.io/a@sha256=b/signature-1";
    let repeated = of(&[("/etc/containers/registries.d/default.yaml", text), (kept, "")], &desired());
    assert_eq!(repeated.links.len(), 3, "what was written there is found where nothing else is said");
}

#[test]
fn a_lookaside_of_another_kind_is_left_as_it_is() {
    let text = "docker:\n  quay.io:\n    lookaside: s3://bucket\n";
    assert!(shown(text, &desired()).contains("lookaside: \"s3://bucket\""));
}

#[test]
fn links_are_made_changed_and_taken_away() {
    let machine = Memory::with(&[("/etc/containers/x", "")]);
    let links = |text: &str| of(&[("/etc/containers/registries.d/a.yaml", text)], &desired());
    let first = links("docker:\n  quay.io:\n    lookaside: file:///srv/one\n");
    assert!(!first.are_linked(&machine));
    assert_eq!(links_in(first.text().unwrap().as_bytes()), first.links);
    link(&machine, &first.links).unwrap();
    assert!(first.are_linked(&machine));
    let second = links("docker:\n  quay.io:\n    lookaside: file:///srv/two\n");
    assert!(!second.are_linked(&machine));
    link(&machine, &second.links).unwrap();
    assert!(second.are_linked(&machine));
    link(&machine, &BTreeMap::new()).unwrap();
    assert!(Repeated::default().are_linked(&machine));
    assert_eq!(machine.entry(Path::new(LINKS)), Ok(None), "nothing of ours stays");
}

//! Signatures that policy.json requires. The engines judge by the name a person typed, and look for signatures by the
//! location, which is the mirror front for whatever is led there. So each namespace of the person is repeated under
//! the mirror's name, as [`config_edit::registries_d`] does.
//!
//! A signature beside the registry lies at the lookaside and the location's path, which begins with the registry's
//! name. A web folder is therefore handed out by the mirror front, which takes that name off; and a folder of this
//! machine is reached by a folder of ours, in which the registry's name is a link to it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use config_edit::registries_d::{BUILT_IN, LINKS, Repeated, Signatures};

use crate::machine::{Kind, Machine};
use crate::{MachineError, Unplannable};

pub(super) const FOLDER: &str = "/etc/containers/registries.d";
/// Ours among them.
const OURS: &str = "zz-pullgate.yaml";

pub(super) fn ours() -> PathBuf {
    Path::new(FOLDER).join(OURS)
}

/// The person's files, ours left out.
pub(crate) fn persons(machine: &dyn Machine) -> Result<Signatures, Unplannable> {
    let folder = Path::new(FOLDER);
    let mut all = Signatures::default();
    for name in machine.names(folder)?.iter().filter(|name| name.ends_with(".yaml") && *name != OURS) {
        let path = folder.join(name);
        let Some(bytes) = machine.read(&path)? else { continue };
        all.add(&path, &bytes);
    }
    Ok(all)
}

/// Whether every link is there, and no other.
pub(super) fn are_linked(repeated: &Repeated, machine: &dyn Machine) -> bool {
    let wanted: Vec<(PathBuf, Option<PathBuf>)> =
        repeated.links.iter().map(|(path, target)| (path.clone(), Some(target.clone()))).collect();
    let there = links(machine).into_iter().map(|path| {
        let target = machine.link_target(&path);
        (path, target)
    });
    there.collect::<Vec<_>>() == wanted
}

/// Whether the engines' own folder is there.
pub(super) fn has_built_in(machine: &dyn Machine) -> bool {
    matches!(machine.entry(Path::new(BUILT_IN)), Ok(Some(entry)) if entry.kind == Kind::Folder)
}

/// Makes the links that a text of ours needs, and takes all others away.
pub(crate) fn link(machine: &dyn Machine, repeated: &BTreeMap<PathBuf, PathBuf>) -> Result<(), MachineError> {
    for path in links(machine).iter().filter(|path| !repeated.contains_key(*path)) {
        machine.remove(path)?;
        if let Some(folder) = path.parent() {
            machine.remove_empty_folder(folder)?;
        }
    }
    for (path, target) in
        repeated.iter().filter(|(path, target)| machine.link_target(path).as_ref() != Some(*target))
    {
        if let Some(folder) = path.parent() {
            machine.make_folder(Path::new(LINKS))?;
            machine.make_folder(folder)?;
        }
        machine.link(path, target)?;
    }
    machine.remove_empty_folder(Path::new(LINKS))
}

/// Every link that is there.
fn links(machine: &dyn Machine) -> Vec<PathBuf> {
    let folder = Path::new(LINKS);
    let names = machine.names(folder).unwrap_or_default().into_iter().map(|name| folder.join(name));
    let inside = names.flat_map(|folder| {
        let names = machine.names(&folder).unwrap_or_default();
        names.into_iter().map(move |name| folder.join(name)).collect::<Vec<_>>()
    });
    inside.collect()
}

#[cfg(test)]
mod tests {
    use config_edit::registries_d::{links_in, repeated, web_folders};

    use super::*;
    use crate::DesiredRouting;
    use crate::desired_routing::tests::desired;
    use crate::machine::memory::Memory;
    use crate::podman::routes;

    const RED_HAT: &str = "docker:\n  registry.access.redhat.com:\n    sigstore: https://access.redhat.com/webassets/docker/content/sigstore\n";

    fn of(files: &[(&str, &str)], desired: &DesiredRouting) -> Repeated {
        let machine = Memory::with(files);
        let signatures = persons(&machine).unwrap();
        repeated(&signatures, &routes::routes(&[], desired), &desired.mirror, has_built_in(&machine))
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
        format!(
            "{}{}",
            text.lines().skip(2).map(|line| format!("{line}\n")).collect::<String>(),
            links.concat()
        )
    }

    #[test]
    fn files_that_the_engines_do_not_read_are_passed_over() {
        let text = "docker:\n  quay.io:\n    lookaside: https://sig.acme.example\n";
        assert_eq!(of(&[("/etc/containers/registries.d/acme.yml", text)], &desired()).text(), None);
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
        let signatures = persons(&Memory::with(&[("/etc/containers/registries.d/r.yaml", RED_HAT)])).unwrap();
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
        let text =
            "default-docker:\n  lookaside: https://sig.acme.example\n  use-sigstore-attachments: true\n";
        let repeated = of(&[("/etc/containers/registries.d/default.yaml", text)], &desired());
        let text = repeated.text().unwrap_or_default();
        for said in ["lookaside: ", "use-sigstore-attachments: true"] {
            assert_eq!(text.matches(said).count(), 3, "{text}");
        }
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
        assert!(!are_linked(&first, &machine));
        assert_eq!(links_in(first.text().unwrap().as_bytes()), first.links);
        link(&machine, &first.links).unwrap();
        assert!(are_linked(&first, &machine));
        let second = links("docker:\n  quay.io:\n    lookaside: file:///srv/two\n");
        assert!(!are_linked(&second, &machine));
        link(&machine, &second.links).unwrap();
        assert!(are_linked(&second, &machine));
        link(&machine, &BTreeMap::new()).unwrap();
        assert!(are_linked(&Repeated::default(), &machine));
        assert_eq!(machine.entry(Path::new(LINKS)), Ok(None), "nothing of ours stays");
    }
}

//! Signatures that policy.json requires. The engines judge by the name a person typed, and look for signatures by the
//! location, which is the mirror front for whatever is led there. So each namespace of the person is repeated under
//! the mirror's name.
//!
//! A signature beside the registry lies at the lookaside and the location's path, which begins with the registry's
//! name. A web folder is therefore handed out by the mirror front, which takes that name off; and a folder of this
//! machine is reached by a folder of ours, in which the registry's name is a link to it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use config_edit::registries_conf::Route;
use config_edit::registries_d::{Namespace, Signatures};

use crate::machine::{Kind, Machine};
use crate::{DesiredRouting, MachineError, Unplannable};

pub(super) const FOLDER: &str = "/etc/containers/registries.d";
/// Ours among them.
const OURS: &str = "zz-pullgate.yaml";
/// Where the links lie.
const LINKS: &str = "/etc/containers/pullgate-lookaside";
/// Where the engines look and write where nothing is said.
const BUILT_IN: &str = "/var/lib/containers/sigstore";
const FILE: &str = "file://";

/// How a link stands in our file, which tells what has to be made with it.
const LINK: &str = "    # ";

/// Our file of registries.d, and the links it needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Repeated {
    namespaces: BTreeMap<String, Namespace>,
    pub(super) links: BTreeMap<PathBuf, PathBuf>,
}

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

/// Every namespace of the person that a route leads away from, under the name that it leads to.
pub(super) fn repeated(
    signatures: &Signatures,
    routes: &[Route],
    desired: &DesiredRouting,
    has_built_in: bool,
) -> Repeated {
    let mut repeated = Repeated::default();
    let mut known = BTreeSet::new();
    let plain = routes.iter().filter(|route| !route.prefix.starts_with("*."));
    // Of several names for one location the first is the registry's own.
    for route in plain.filter(|route| known.insert(&route.location)) {
        let mut whole = signatures.of(&route.prefix);
        if whole.lookaside.is_none() && has_built_in {
            whole.lookaside = Some(format!("{FILE}{BUILT_IN}"));
        }
        repeated.add(&route.location, whole, desired);
        for (rest, namespace) in signatures.within(&route.prefix) {
            repeated.add(&format!("{}{rest}", route.location), namespace.clone(), desired);
        }
    }
    repeated
}

impl Repeated {
    fn add(&mut self, name: &str, mut namespace: Namespace, desired: &DesiredRouting) {
        if namespace.is_effectively_empty() {
            return;
        }
        let registry = registry(name);
        namespace.lookaside = namespace.lookaside.map(|url| {
            if is_web(&url) {
                return format!("https://{}/lookaside/{}", desired.mirror, id(&url));
            }
            let Some(folder) = url.strip_prefix(FILE).filter(|folder| is_plain_path(folder)) else {
                return url;
            };
            let own = Path::new(LINKS).join(id(&url));
            self.links.insert(own.join(registry), PathBuf::from(folder));
            format!("{FILE}{}", own.display())
        });
        self.namespaces.insert(name.to_owned(), namespace);
    }

    /// The link that a namespace with a folder of this machine needs.
    fn link_of(&self, name: &str, namespace: &Namespace) -> Option<(&PathBuf, &PathBuf)> {
        let folder = namespace.lookaside.as_deref()?.strip_prefix(FILE)?;
        self.links.get_key_value(&Path::new(folder).join(registry(name)))
    }

    /// The file; none where there is nothing to repeat.
    pub(super) fn text(&self) -> Option<String> {
        if self.namespaces.is_empty() {
            return None;
        }
        let mut text = String::from(
            "# Written by Pullgate: where the signatures of images lie that come through the gateway on this machine.\n\
             # It repeats what the other files here say. `pullgate engines restore podman` takes it away.\n\
             docker:\n",
        );
        for (name, namespace) in &self.namespaces {
            text.push_str(&format!("  {}:\n", quoted(name)));
            if let Some(url) = &namespace.lookaside {
                text.push_str(&format!("    lookaside: {}\n", quoted(url)));
            }
            if let Some((path, target)) = self.link_of(name, namespace) {
                text.push_str(&format!("{LINK}{} -> {}\n", path.display(), target.display()));
            }
            if let Some(attachments) = namespace.attachments {
                text.push_str(&format!("    use-sigstore-attachments: {attachments}\n"));
            }
        }
        Some(text)
    }

    /// Whether every link is there, and no other.
    pub(super) fn are_linked(&self, machine: &dyn Machine) -> bool {
        let wanted: Vec<(PathBuf, Option<PathBuf>)> =
            self.links.iter().map(|(path, target)| (path.clone(), Some(target.clone()))).collect();
        let there = links(machine).into_iter().map(|path| {
            let target = machine.link_target(&path);
            (path, target)
        });
        there.collect::<Vec<_>>() == wanted
    }
}

/// What stands for the registry in a name at the mirror front.
fn registry(name: &str) -> &str {
    name.split('/').nth(1).unwrap_or_default()
}

/// The links that a text of ours needs.
pub(super) fn links_in(text: &[u8]) -> BTreeMap<PathBuf, PathBuf> {
    let text = String::from_utf8_lossy(text);
    let links = text.lines().filter_map(|line| line.strip_prefix(LINK)?.split_once(" -> "));
    let links = links.filter(|(path, _)| Path::new(path).starts_with(LINKS));
    links.map(|(path, target)| (path.into(), target.into())).collect()
}

/// A string of JSON is one of YAML.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Web folders of the person, by the name under which the mirror front hands them out.
pub(crate) fn web_folders(signatures: &Signatures) -> BTreeMap<String, String> {
    signatures.lookasides().filter(|url| is_web(url)).map(|url| (id(url), url.to_owned())).collect()
}

fn is_plain_path(folder: &str) -> bool {
    folder.starts_with('/') && !folder.contains(" -> ") && !folder.contains(char::is_control)
}

fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// A short name for an address, always the same (FNV-1a).
fn id(url: &str) -> String {
    let hash = url.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    format!("{hash:016x}")
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
    use super::*;
    use crate::desired_routing::tests::desired;
    use crate::machine::memory::Memory;
    use crate::podman::routes;

    const RED_HAT: &str = "docker:\n  registry.access.redhat.com:\n    sigstore: https://access.redhat.com/webassets/docker/content/sigstore\n";

    fn of(files: &[(&str, &str)], desired: &DesiredRouting) -> Repeated {
        let machine = Memory::with(files);
        let signatures = persons(&machine).unwrap();
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
        assert_eq!(repeated.namespaces.len(), 3, "{repeated:?}");
        assert!(
            repeated.namespaces.values().all(|one| one.attachments == Some(true) && one.lookaside.is_some())
        );
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
}

//! CRI-O reads the same registries.conf, but may be told to judge by policy files of its own: one for all, and one for
//! each Kubernetes namespace. A lock that leaves them out would not hold there.

use std::path::{Path, PathBuf};

use config_edit::toml;
use toml_edit::Item;

use crate::environment::DaemonProxies;
use crate::machine::text;
use crate::{Machine, systemd};

const UNIT: &str = "crio.service";

const MAIN: &str = "/etc/crio/crio.conf";
const FOLDER: &str = "/etc/crio/crio.conf.d";
const POLICIES: &str = "/etc/crio/policies";
/// Where CRI-O is asked.
pub(super) const SOCKET: &str = "unix:///var/run/crio/crio.sock";

/// Policy files beside the system's that CRI-O judges by.
pub(super) fn policies(machine: &dyn Machine) -> Vec<PathBuf> {
    let all = setting(machine, "signature_policy").map(PathBuf::from);
    let folder = setting(machine, "signature_policy_dir").unwrap_or_else(|| POLICIES.into());
    let folder = Path::new(&folder);
    let names = machine.names(folder).unwrap_or_default();
    let of_namespaces = names.iter().filter(|name| name.ends_with(".json")).map(|name| folder.join(name));
    let files = all.into_iter().chain(of_namespaces).filter(|file| file != Path::new(super::POLICY));
    files.filter(|file| matches!(machine.entry(file), Ok(Some(_)))).collect()
}

/// Its unit and the proxies in its environment, which is never changed.
pub(crate) fn environment(machine: &dyn Machine) -> Option<(String, DaemonProxies)> {
    let unit = systemd::unit(machine, UNIT)?;
    let known = DaemonProxies::of(machine, &unit);
    Some((unit.name, known))
}

/// A key of `[crio.image]`; of several files the last one that sets it rules.
fn setting(machine: &dyn Machine, key: &str) -> Option<String> {
    let names = machine.names(Path::new(FOLDER)).unwrap_or_default();
    let drop_ins = names.iter().map(|name| Path::new(FOLDER).join(name));
    let files = std::iter::once(PathBuf::from(MAIN)).chain(drop_ins);
    let values = files.filter_map(|file| {
        let document = toml::parse(&text(machine, &file)?).ok()?;
        let value = toml::get(&document, &["crio", "image", key]).and_then(Item::as_str)?;
        (!value.is_empty()).then(|| value.to_owned())
    });
    values.last()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::memory::Memory;

    #[test]
    fn policy_files_that_only_crio_reads_are_found() {
        let machine = Memory::with(&[
            (
                MAIN,
                "[crio.image]\nsignature_policy = \"/etc/crio/old.json\"\n# signature_policy_dir = \"\"\n",
            ),
            (
                "/etc/crio/crio.conf.d/10-acme.conf",
                "[crio.image]\nsignature_policy = \"/etc/crio/policy.json\"\n",
            ),
            ("/etc/crio/policy.json", "{}"),
            ("/etc/crio/policies/team-a.json", "{}"),
            ("/etc/crio/policies/README", ""),
        ]);
        let found: Vec<_> = policies(&machine).iter().map(|path| path.display().to_string()).collect();
        assert_eq!(found, ["/etc/crio/policy.json", "/etc/crio/policies/team-a.json"]);
        assert_eq!(policies(&Memory::default()), Vec::<PathBuf>::new());
    }
}

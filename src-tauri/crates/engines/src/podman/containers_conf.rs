//! What `[engine] env` of containers.conf(5) sets: the Podman family takes it for every variable that its process does not
//! have. Files that are read later replace the whole list, unless they say `{append = true}` in it.

use std::fmt;
use std::path::{Path, PathBuf};

use config_edit::toml;
use serde::{Deserialize, Serialize};
use toml_edit::{Item, Value};

use crate::Machine;
use crate::machine::{InHome, text};

const SYSTEM: [&str; 2] = ["/usr/share/containers/containers.conf", "/etc/containers/containers.conf"];
const FOLDER: &str = "/etc/containers/containers.conf.d";
/// Variables that name other files than the usual ones; whatever they say is looked at by a process of the person.
const NAMING: [&str; 3] = ["CONTAINERS_CONF", "CONTAINERS_CONF_OVERRIDE", "XDG_CONFIG_HOME"];
const OWN: [&str; 2] = [".config/containers/containers.conf", ".config/containers/containers.conf.d"];

/// Variables, and the last of the files that set any.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContainersEnv {
    /// The file.
    pub file: PathBuf,
    /// Names with their values; secrets may be among them.
    pub set: Vec<(String, String)>,
}

impl fmt::Debug for ContainersEnv {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContainersEnv").field("file", &self.file).finish_non_exhaustive()
    }
}

/// What the files of the machine set; nothing where none does.
pub(crate) fn of_system(machine: &dyn Machine) -> Option<ContainersEnv> {
    read(machine, system(machine))
}

/// Whether somebody's home, or a variable of theirs, names files that the machine's do not tell of.
pub(crate) fn has_own(
    machine: &dyn Machine,
    (home, owner): (&Path, u32),
    variable: &dyn Fn(&str) -> Option<PathBuf>,
) -> bool {
    let is_named = |name: &&str| variable(name).is_some();
    let has = |file: &&str| machine.in_home(home, owner, Path::new(file)) != InHome::Absent;
    NAMING.iter().any(is_named) || OWN.iter().any(has)
}

/// What the machine's files and their own set for whoever calls.
pub(crate) fn of_caller(
    machine: &dyn Machine,
    home: &Path,
    variable: &dyn Fn(&str) -> Option<PathBuf>,
) -> Option<ContainersEnv> {
    let files = match variable("CONTAINERS_CONF") {
        Some(alone) => vec![alone],
        None => {
            let own = own(home, variable);
            let mut files = system(machine);
            files.push(own.join("containers.conf"));
            files.extend(inside(machine, &own.join("containers.conf.d")));
            files
        }
    };
    read(machine, files.into_iter().chain(variable("CONTAINERS_CONF_OVERRIDE")).collect())
}

fn own(home: &Path, variable: &dyn Fn(&str) -> Option<PathBuf>) -> PathBuf {
    variable("XDG_CONFIG_HOME").unwrap_or_else(|| home.join(".config")).join("containers")
}

fn system(machine: &dyn Machine) -> Vec<PathBuf> {
    let files = SYSTEM.iter().map(PathBuf::from);
    files.chain(inside(machine, Path::new(FOLDER))).collect()
}

fn inside(machine: &dyn Machine, folder: &Path) -> Vec<PathBuf> {
    let names = machine.names(folder).unwrap_or_default();
    names.iter().filter(|name| name.ends_with(".conf")).map(|name| folder.join(name)).collect()
}

fn read(machine: &dyn Machine, files: Vec<PathBuf>) -> Option<ContainersEnv> {
    let mut known: Option<(PathBuf, Vec<String>)> = None;
    for file in files {
        let Some(document) = text(machine, &file).and_then(|text| toml::parse(&text).ok()) else { continue };
        let Some(list) = toml::get(&document, &["engine", "env"]).and_then(Item::as_array) else { continue };
        let appends = list
            .iter()
            .filter_map(Value::as_inline_table)
            .any(|table| table.get("append").and_then(Value::as_bool) == Some(true));
        let said = list.iter().filter_map(Value::as_str).map(str::to_owned);
        let before = known.take().filter(|_| appends).map(|(_, before)| before).unwrap_or_default();
        known = Some((file, before.into_iter().chain(said).collect()));
    }
    let (file, list) = known?;
    let set = list
        .iter()
        .filter_map(|it| it.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    Some(ContainersEnv { file, set: set.collect() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::variable;
    use crate::machine::memory::Memory;

    #[test]
    fn later_files_replace_the_list_unless_they_append() {
        let machine = Memory::with(&[
            (
                "/usr/share/containers/containers.conf",
                "[engine]\nenv = [\"HTTPS_PROXY=http://distribution:1\"]\n",
            ),
            (
                "/etc/containers/containers.conf",
                "[engine]\nenv = [\"HTTPS_PROXY=http://corp%5Cada:p@a:2\", \"X=1\"]\n",
            ),
            (
                "/etc/containers/containers.conf.d/10.conf",
                "[engine]\nenv = [\"NO_PROXY=.acme\", {append = true}]\n",
            ),
            (
                "/etc/containers/containers.conf.d/20.conf",
                "[containers]\nenv = [\"HTTPS_PROXY=http://no:3\"]\n",
            ),
            ("/etc/containers/containers.conf.d/30.conf.bak", "[engine]\nenv = []\n"),
            (
                "/home/ada/.config/containers/containers.conf",
                "[engine]\nenv = [\"HTTPS_PROXY=http://ada:4\"]\n",
            ),
        ]);
        let ContainersEnv { file, set } = of_system(&machine).unwrap();
        assert_eq!(file, Path::new("/etc/containers/containers.conf.d/10.conf"));
        assert_eq!(variable(&set, "HTTPS_PROXY"), Some("http://corp%5Cada:p@a:2"));
        assert_eq!(variable(&set, "NO_PROXY"), Some(".acme"));
        let home = Path::new("/home/ada");
        let has = |home: &str| has_own(&machine, (Path::new(home), 1000), &|_| None);
        assert!(has("/home/ada") && !has("/home/bob"));
        let set = of_caller(&machine, home, &|_| None).unwrap().set;
        assert_eq!(set, [("HTTPS_PROXY".to_owned(), "http://ada:4".to_owned())]);
        let alone = |name: &str| {
            (name == "CONTAINERS_CONF").then(|| PathBuf::from("/etc/containers/containers.conf.d/10.conf"))
        };
        assert_eq!(
            of_caller(&machine, home, &alone).unwrap().set,
            [("NO_PROXY".to_owned(), ".acme".to_owned())]
        );
        assert_eq!(of_system(&Memory::default()), None);
    }
}

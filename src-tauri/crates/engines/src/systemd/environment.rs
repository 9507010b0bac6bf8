//! The environment that systemd gives a unit's process, as systemd itself resolves it: no unit file is read here.
//! Ours comes by an environment file, which leaves what the person set for systemd to tell.

use std::path::{Path, PathBuf};

use config_edit::env_file;

use crate::Machine;
use crate::machine::text;

/// How our own environment file is named, in whatever folder it lies: it is the drop-in that names it.
pub(crate) const OURS: &str = "zz-pullgate.conf";

/// A unit's environment without what is ours.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Environment {
    /// By the manager and by `Environment=` of the unit; a later one wins.
    set: Vec<(String, String)>,
    /// Files that are read after that, in their order; a later one wins.
    files: Vec<EnvironmentFile>,
    /// Variables that are taken away at the end.
    unset: Vec<String>,
    /// How many of the files are read before ours; none where ours is not read.
    before_ours: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct EnvironmentFile {
    path: PathBuf,
    assignments: Vec<(String, String)>,
}

impl Environment {
    /// What the process has without us; nothing where it is not set.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        if self.unset.iter().any(|unset| is_of(unset, name)) {
            return None;
        }
        let in_files = self.files.iter().rev().find_map(|file| last(&file.assignments, name));
        in_files.or_else(|| last(&self.set, name))
    }

    /// The file that sets the variable; nothing where the unit itself does.
    pub(crate) fn file_of(&self, name: &str) -> Option<&Path> {
        let file = self.files.iter().rev().find(|file| last(&file.assignments, name).is_some());
        file.map(|file| file.path.as_path())
    }

    /// Whether ours is read.
    pub(crate) fn has_ours(&self) -> bool {
        self.before_ours.is_some()
    }

    /// A file that is read after ours, and which of these variables it sets.
    pub(crate) fn after_ours(&self, names: &[&str]) -> Option<(PathBuf, String)> {
        let later = self.files.get(self.before_ours?..)?;
        later.iter().find_map(|file| file.sets(names))
    }

    /// Any file, and which of these variables it sets.
    pub(crate) fn in_files(&self, names: &[&str]) -> Option<(PathBuf, String)> {
        self.files.iter().find_map(|file| file.sets(names))
    }

    /// Which of these variables the unit takes away at the end.
    pub(crate) fn unset(&self, names: &[&str]) -> Option<String> {
        let taken = names.iter().find(|name| self.unset.iter().any(|unset| is_of(unset, name)));
        taken.map(|name| (*name).to_owned())
    }
}

impl EnvironmentFile {
    fn sets(&self, names: &[&str]) -> Option<(PathBuf, String)> {
        let set = self.assignments.iter().find(|(name, _)| names.contains(&name.as_str()))?;
        Some((self.path.clone(), set.0.clone()))
    }
}

/// The environment of a loaded unit, of which `shown` is what `systemctl show` printed.
pub(super) fn of_unit(machine: &dyn Machine, unit: &str, shown: &str) -> Environment {
    let property = |of: &[&str]| {
        let command = [&["systemctl", "show"], of, &["-p", "Environment", "--value"]].concat();
        assignments(&unquoted(machine.run(&command).stdout.trim_end_matches('\n')))
    };
    let mut set = property(&[]);
    set.extend(property(&[unit]));
    let value = |key: &str| {
        let key = format!("{key}=");
        shown.lines().filter_map(move |line| line.strip_prefix(&key).map(str::to_owned))
    };
    let mut environment = Environment { set, ..Environment::default() };
    environment.unset = value("UnsetEnvironment").flat_map(|line| unquoted(&line)).collect();
    for line in value("EnvironmentFiles") {
        let path = line.rsplit_once(" (ignore_errors=").map_or(line.as_str(), |(path, _)| path);
        for path in matching(machine, Path::new(path)) {
            if path.file_name().is_some_and(|name| name == OURS) {
                environment.before_ours = Some(environment.files.len());
                continue;
            }
            let assignments = env_file::parse(&text(machine, &path).unwrap_or_default());
            environment.files.push(EnvironmentFile { path, assignments });
        }
    }
    environment
}

/// The path, or the files that it stands for where its last part has wildcards.
fn matching(machine: &dyn Machine, path: &Path) -> Vec<PathBuf> {
    let pattern = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if !pattern.contains(['*', '?', '[']) {
        return vec![path.to_path_buf()];
    }
    let folder = path.parent().unwrap_or(Path::new("/"));
    let names = machine.names(folder).unwrap_or_default();
    let fits =
        names.iter().filter(|name| !name.starts_with('.') && glob(pattern.as_bytes(), name.as_bytes()));
    fits.map(|name| folder.join(name)).collect()
}

fn glob(pattern: &[u8], name: &[u8]) -> bool {
    match (pattern, name) {
        ([], []) => true,
        ([b'*', rest @ ..], _) => glob(rest, name) || matches!(name, [_, later @ ..] if glob(pattern, later)),
        ([b'?', rest @ ..], [_, later @ ..]) => glob(rest, later),
        ([b'[', rest @ ..], [first, later @ ..]) => {
            let Some(end) = rest.iter().skip(1).position(|byte| *byte == b']').map(|at| at + 1) else {
                return *first == b'[' && glob(rest, later);
            };
            let (set, rest) = rest.split_at(end);
            in_set(set, *first) && glob(&rest[1..], later)
        }
        ([wanted, rest @ ..], [first, later @ ..]) => wanted == first && glob(rest, later),
        ([_, ..], []) | ([], [_, ..]) => false,
    }
}

fn in_set(set: &[u8], byte: u8) -> bool {
    let (negated, set) = match set {
        [b'!' | b'^', rest @ ..] => (true, rest),
        set => (false, set),
    };
    let mut left = set;
    let mut found = false;
    while let [first, rest @ ..] = left {
        left = match rest {
            [b'-', last, rest @ ..] => {
                found |= (*first..=*last).contains(&byte);
                rest
            }
            rest => {
                found |= *first == byte;
                rest
            }
        };
    }
    found != negated
}

/// The list that `systemctl show` prints: words that have something to quote stand in double quotes, or in `$'…'`.
fn unquoted(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut left = text.trim_start();
    while !left.is_empty() {
        let (word, rest) = if let Some(rest) = left.strip_prefix("$'") {
            quoted(rest, '\'')
        } else if let Some(rest) = left.strip_prefix('"') {
            quoted(rest, '"')
        } else {
            let end = left.find(' ').unwrap_or(left.len());
            (left[..end].to_owned(), &left[end..])
        };
        words.push(word);
        left = rest.trim_start_matches(' ');
    }
    words
}

fn quoted(text: &str, end: char) -> (String, &str) {
    let mut word = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => match (end, chars.next().map(|(_, c)| c)) {
                ('\'', Some('n')) => word.push('\n'),
                ('\'', Some('t')) => word.push('\t'),
                (_, next) => word.extend(next),
            },
            c if c == end => return (word, &text[at + 1..]),
            c => word.push(c),
        }
    }
    (word, "")
}

fn assignments(words: &[String]) -> Vec<(String, String)> {
    let split = |word: &String| word.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    words.iter().filter_map(split).collect()
}

fn last<'a>(assignments: &'a [(String, String)], name: &str) -> Option<&'a str> {
    assignments.iter().rfind(|(set, _)| set == name).map(|(_, value)| value.as_str())
}

/// `UnsetEnvironment=` names a variable, or one together with the value it must have.
fn is_of(unset: &str, name: &str) -> bool {
    unset.split('=').next() == Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Output;
    use crate::machine::memory::Memory;

    fn environment(files: &[(&str, &str)], of_unit: &'static str, shown: &str) -> Environment {
        let mut machine = Memory::with(files);
        machine.react = Some(Box::new(move |_, command| {
            let stdout = match command {
                ["systemctl", "show", "-p", ..] => "LANG=C HTTPS_PROXY=http://manager:1\n".to_owned(),
                _ => format!("{of_unit}\n"),
            };
            Some(Output { status: Some(0), stdout, stderr: String::new() })
        }));
        super::of_unit(&machine, "docker.service", shown)
    }

    #[test]
    fn what_systemd_prints_is_unquoted() {
        for (printed, value) in [
            ("HTTPS_PROXY=http://corp%5Cada:p%231@proxy:3128/", "http://corp%5Cada:p%231@proxy:3128/"),
            ("\"HTTPS_PROXY=http://ada:a b\\$\\\"@proxy\"", "http://ada:a b$\"@proxy"),
            ("$'HTTPS_PROXY=a\\tb\\'c' X=1", "a\tb'c"),
            ("A=1 \"B=2 3\" HTTPS_PROXY=last", "last"),
            ("A=1", "http://manager:1"),
        ] {
            let environment = environment(&[], printed, "");
            assert_eq!(environment.value("HTTPS_PROXY"), Some(value), "{printed}");
        }
    }

    #[test]
    fn files_beat_the_unit_and_ours_is_left_out() {
        let files = [
            ("/etc/default/docker", "HTTPS_PROXY=http://file:%32\n"),
            ("/etc/docker.d/10-a.env", "NO_PROXY=.acme\n"),
            ("/etc/docker.d/x.txt", "NO_PROXY=.wrong\n"),
            ("/etc/systemd/system/docker.service.d/zz-pullgate.conf", "HTTPS_PROXY=http://127.0.0.1:859\n"),
            ("/etc/late.env", "SSL_CERT_DIR=/x\n"),
        ];
        let shown = "UnsetEnvironment=http_proxy\n\
                     EnvironmentFiles=/etc/default/docker (ignore_errors=yes)\n\
                     EnvironmentFiles=/etc/docker.d/[0-9]*.env (ignore_errors=no)\n\
                     EnvironmentFiles=/etc/systemd/system/docker.service.d/zz-pullgate.conf (ignore_errors=yes)\n\
                     EnvironmentFiles=/etc/late.env (ignore_errors=no)\n";
        let environment = environment(&files, "HTTPS_PROXY=http://unit:1 http_proxy=http://unit:2", shown);
        assert_eq!(environment.value("HTTPS_PROXY"), Some("http://file:%32"));
        assert_eq!(environment.file_of("HTTPS_PROXY"), Some(Path::new("/etc/default/docker")));
        assert_eq!(environment.value("NO_PROXY"), Some(".acme"));
        assert_eq!(environment.value("http_proxy"), None);
        assert_eq!(environment.unset(&["HTTP_PROXY", "http_proxy"]), Some("http_proxy".into()));
        let late = Some(("/etc/late.env".into(), "SSL_CERT_DIR".into()));
        assert_eq!(environment.after_ours(&["SSL_CERT_DIR"]), late);
        assert_eq!(environment.after_ours(&["HTTPS_PROXY"]), None);
    }

    #[test]
    fn wildcards_are_those_of_a_shell() {
        for (pattern, name, fits) in [
            ("*.env", "a.env", true),
            ("*.env", "a.envx", false),
            ("[0-9]?-*", "10-a", true),
            ("[!0-9]*", "1", false),
            ("[a]b", "ab", true),
            ("a[", "a[", true),
        ] {
            assert_eq!(glob(pattern.as_bytes(), name.as_bytes()), fits, "{pattern} {name}");
        }
    }
}

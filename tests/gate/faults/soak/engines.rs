//! The engines' configuration, byte for byte: as it is routed, and as its person wrote it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use acceptance::laptop::Laptop;

/// Where engines are configured.
const PLACES: [&str; 4] = ["/etc/containers", "/etc/docker", "/etc/containerd", "/etc/systemd/system"];

type Files = BTreeMap<PathBuf, Vec<u8>>;

/// What each file may be.
pub(crate) struct EngineFiles {
    routed: Files,
    persons: Files,
    /// The engines that were given back since.
    given_back: BTreeSet<&'static str>,
}

impl EngineFiles {
    /// Looks at a laptop whose engines are routed, without the one that is named or without any, and leaves it so.
    pub(crate) fn of(laptop: &Laptop, engine: &str) -> Self {
        let routed = read(laptop);
        laptop.must(&format!("pullgate engines restore {engine}"));
        let persons = read(laptop);
        laptop.must(&format!("pullgate engines apply {engine}"));
        Self { routed, persons, given_back: BTreeSet::new() }
    }

    pub(crate) fn is_routed(&self, engine: &'static str) -> bool {
        !self.given_back.contains(engine)
    }

    pub(crate) fn set_routed(&mut self, engine: &'static str, is_routed: bool) {
        let _known = if is_routed { self.given_back.remove(engine) } else { self.given_back.insert(engine) };
    }

    /// The files that are neither old nor new now, nor what a writer is busy with.
    pub(crate) fn torn(&self, laptop: &Laptop) -> Vec<String> {
        let now = read(laptop);
        let all = self.routed.keys().chain(self.persons.keys()).chain(now.keys());
        let torn = |path: &&PathBuf| {
            let is = now.get(*path);
            is != self.routed.get(*path) && is != self.persons.get(*path) && !is_temporary(path)
        };
        let mut torn: Vec<String> = all.filter(torn).map(|path| path.display().to_string()).collect();
        torn.dedup();
        torn
    }

    /// The files that are not as they are routed or, without that, as their person wrote them.
    pub(crate) fn different(&self, laptop: &Laptop, is_routed: bool, below: &[&str]) -> Vec<String> {
        let wanted = if is_routed { &self.routed } else { &self.persons };
        let now = read(laptop);
        let ours = |path: &&PathBuf| below.iter().any(|place| path.starts_with(place));
        let all = wanted.keys().chain(now.keys()).filter(ours);
        let mut different: Vec<String> = all
            .filter(|path| now.get(*path) != wanted.get(*path))
            .map(|path| path.display().to_string())
            .collect();
        different.dedup();
        different
    }
}

fn is_temporary(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(".pullgate-"))
}

/// The laptop's own file, without a process inside.
pub(crate) fn inside(laptop: &Laptop, path: &str) -> PathBuf {
    PathBuf::from(format!("/proc/{}/root{path}", laptop.pid()))
}

fn read(laptop: &Laptop) -> Files {
    let mut files = Files::new();
    let top = inside(laptop, "");
    for place in PLACES {
        collect(&inside(laptop, place), &top, &mut files);
    }
    files
}

fn collect(folder: &Path, top: &Path, files: &mut Files) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let Ok(metadata) = path.symlink_metadata() else { continue };
        let content = match () {
            () if metadata.is_dir() => {
                collect(&path, top, files);
                continue;
            }
            () if metadata.is_symlink() => {
                fs::read_link(&path).map(|target| target.to_string_lossy().into_owned().into_bytes())
            }
            () => fs::read(&path),
        };
        let name = path.strip_prefix(top).unwrap_or(&path);
        // What vanished meanwhile is absent.
        if let Ok(content) = content {
            files.insert(Path::new("/").join(name), content);
        }
    }
}

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::sync::mpsc::RecvTimeoutError;
use std::sync::{Arc, Mutex};

use super::*;
use crate::files::{Mode, write_atomically};

/// Only the patience of a failing test.
const PATIENCE: Duration = Duration::from_secs(20);

/// Events alone: a comparison by the clock never comes to their help.
const EVENTS_ONLY: Pace = Pace {
    quiet: Duration::from_millis(30),
    at_most: Duration::from_millis(200),
    compare: Duration::from_secs(3600),
    compare_without_events: Duration::from_secs(3600),
};

struct Scene {
    top: PathBuf,
    heard: Receiver<Vec<(PathBuf, String)>>,
    _watch: Watch,
    _folder: tempfile::TempDir,
}

impl Scene {
    /// A listener that reads each changed path at once, as a real one does.
    fn watching(names: &[&str], prepare: impl Fn(&Path)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let top = folder.path().to_path_buf();
        prepare(&top);
        let (sender, heard) = channel();
        let paths = names.iter().map(|name| top.join(name)).collect();
        let listener = move |changed: Vec<PathBuf>| {
            sender.send(changed.into_iter().map(|path| (path.clone(), shown(&path))).collect()).unwrap();
        };
        let watch = Watch::start_at(EVENTS_ONLY, paths, listener).unwrap();
        Self { top, heard, _watch: watch, _folder: folder }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.top.join(name)
    }

    /// Waits until the listener was called for this path and read this.
    fn expect(&self, name: &str, content: &str) {
        let expected = (self.at(name), content.to_owned());
        loop {
            let changed = self.heard.recv_timeout(PATIENCE).expect("the change was never reported");
            if changed.contains(&expected) {
                return;
            }
        }
    }
}

/// The content of a file, or of all files in a folder.
fn shown(path: &Path) -> String {
    let Ok(entries) = path.read_dir() else {
        return fs::read_to_string(path).unwrap_or_else(|_| "absent".to_owned());
    };
    let mut contents: Vec<_> = entries.map(|entry| shown(&entry.unwrap().path())).collect();
    contents.sort();
    contents.join(" ")
}

fn make(path: &Path, content: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

#[test]
fn a_write_in_place_is_reported() {
    let scene = Scene::watching(&["daemon.json"], |top| make(&top.join("daemon.json"), "old"));
    fs::write(scene.at("daemon.json"), "new").unwrap();
    scene.expect("daemon.json", "new");
}

#[test]
fn an_atomic_replacement_a_removal_and_a_new_file_are_reported() {
    let scene = Scene::watching(&["policy.json"], |top| make(&top.join("policy.json"), "1"));
    write_atomically(&scene.at("policy.json"), b"2", Mode::PRIVATE).unwrap();
    scene.expect("policy.json", "2");
    fs::remove_file(scene.at("policy.json")).unwrap();
    scene.expect("policy.json", "absent");
    fs::write(scene.at("policy.json"), "3").unwrap();
    scene.expect("policy.json", "3");
}

#[test]
fn a_looser_mode_is_a_change() {
    let scene = Scene::watching(&["enrollment.toml"], |top| make(&top.join("enrollment.toml"), "a"));
    fs::set_permissions(scene.at("enrollment.toml"), fs::Permissions::from_mode(0o666)).unwrap();
    scene.expect("enrollment.toml", "a");
}

#[test]
fn a_file_is_reported_when_the_folders_above_it_appear_later() {
    let scene = Scene::watching(&["etc/docker/daemon.json"], |_| {});
    make(&scene.at("etc/docker/daemon.json"), "1");
    scene.expect("etc/docker/daemon.json", "1");
    fs::write(scene.at("etc/docker/daemon.json"), "2").unwrap();
    scene.expect("etc/docker/daemon.json", "2");
}

#[test]
fn a_file_is_followed_when_a_folder_above_it_is_exchanged() {
    let path = "etc/docker/daemon.json";
    let scene = Scene::watching(&[path], |top| {
        make(&top.join("etc/docker/daemon.json"), "old");
        make(&top.join("new/docker/daemon.json"), "new");
    });
    fs::rename(scene.at("etc"), scene.at("etc.old")).unwrap();
    scene.expect(path, "absent");
    fs::rename(scene.at("new"), scene.at("etc")).unwrap();
    scene.expect(path, "new");
    fs::write(scene.at(path), "newer").unwrap();
    scene.expect(path, "newer");
}

#[test]
fn a_folder_removed_and_made_again_is_heard_again() {
    let scene = Scene::watching(&["a/file"], |top| make(&top.join("a/file"), "0"));
    for round in ["1", "2", "3", "4"] {
        fs::remove_dir_all(scene.at("a")).unwrap();
        make(&scene.at("a/file"), round);
        scene.expect("a/file", round);
    }
}

#[test]
fn only_what_changed_is_reported() {
    let scene = Scene::watching(&["a", "b"], |top| {
        make(&top.join("a"), "");
        make(&top.join("b"), "");
    });
    fs::write(scene.at("c"), "of no concern").unwrap();
    fs::read(scene.at("a")).unwrap();
    fs::write(scene.at("b"), "changed").unwrap();
    let first = scene.heard.recv_timeout(PATIENCE).unwrap();
    assert!(first.iter().all(|(path, _)| *path == scene.at("b")), "{first:?}");
}

#[test]
fn a_watched_folder_stands_for_what_is_in_it() {
    let scene = Scene::watching(&["certs.d"], |top| make(&top.join("certs.d/a.io/ca.crt"), "a"));
    fs::write(scene.at("certs.d/a.io/ca.crt"), "b").unwrap();
    scene.expect("certs.d", "b");
    make(&scene.at("certs.d/b.io/ca.crt"), "c");
    scene.expect("certs.d", "b c");
    fs::write(scene.at("certs.d/b.io/ca.crt"), "d").unwrap();
    scene.expect("certs.d", "b d");
}

#[test]
fn a_change_behind_a_link_and_of_the_link_is_reported() {
    let scene = Scene::watching(&["etc/daemon.json"], |top| {
        make(&top.join("store/1/daemon.json"), "1");
        make(&top.join("store/2/daemon.json"), "2");
        fs::create_dir(top.join("etc")).unwrap();
        symlink("../store/1/daemon.json", top.join("etc/daemon.json")).unwrap();
    });
    fs::write(scene.at("store/1/daemon.json"), "one").unwrap();
    scene.expect("etc/daemon.json", "one");
    symlink("../store/2/daemon.json", scene.at("etc/new")).unwrap();
    fs::rename(scene.at("etc/new"), scene.at("etc/daemon.json")).unwrap();
    scene.expect("etc/daemon.json", "2");
    fs::write(scene.at("store/2/daemon.json"), "two").unwrap();
    scene.expect("etc/daemon.json", "two");
}

#[test]
fn without_events_a_comparison_finds_the_change() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    make(&path, "1");
    let (sender, heard) = channel();
    let (signals, received) = channel();
    let pace = Pace { compare_without_events: Duration::from_millis(20), ..EVENTS_ONLY };
    let state = State::new(vec![path.clone()], Folders::without_events(), pace);
    let thread = thread::spawn(move || state.run(&received, &move |changed| sender.send(changed).unwrap()));
    fs::write(&path, "22").unwrap();
    assert_eq!(heard.recv_timeout(PATIENCE).unwrap(), [path]);
    signals.send(Signal::Stop).unwrap();
    thread.join().unwrap();
}

#[test]
fn a_listener_may_drop_its_own_watch_and_is_not_called_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    make(&path, "1");
    let slot = Arc::new(Mutex::new(None::<Watch>));
    let (sender, heard) = channel();
    let own = Arc::clone(&slot);
    let listener = move |changed| {
        drop(own.lock().unwrap().take());
        sender.send(changed).unwrap();
    };
    *slot.lock().unwrap() = Some(Watch::start_at(EVENTS_ONLY, vec![path.clone()], listener).unwrap());
    fs::write(&path, "22").unwrap();
    assert_eq!(heard.recv_timeout(PATIENCE).unwrap(), [path]);
    // The thread has ended by itself, and with it the sender.
    assert_eq!(heard.recv_timeout(PATIENCE), Err(RecvTimeoutError::Disconnected));
}

#[test]
fn a_relative_path_is_refused() {
    let refused = Watch::start(vec!["etc/daemon.json".into()], |_| {}).unwrap_err();
    assert_eq!(refused.to_string(), "`etc/daemon.json` cannot be watched: the path is not absolute");
}

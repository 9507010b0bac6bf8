//! The folders whose events are heard. A folder that was replaced by another of the same name is heard
//! again, since asking for a folder anew is cheap and harmless.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::mpsc::Sender;

use ::notify::event::{AccessKind, AccessMode};
use ::notify::{Config, Event, EventKind, EventKindMask, RecommendedWatcher, RecursiveMode, Watcher};

use super::Signal;

pub(super) struct Folders {
    watcher: Option<RecommendedWatcher>,
    asked: BTreeSet<PathBuf>,
    complete: bool,
}

impl Folders {
    /// Without events, comparison alone has to do: that is a slower watch, not a failed one.
    pub(super) fn new(signals: Sender<Signal>) -> Self {
        let hear = move |event: ::notify::Result<Event>| {
            if let Some(signal) = signal(event) {
                // The watching thread has ended when nobody receives.
                signals.send(signal).unwrap_or_default();
            }
        };
        let watcher = RecommendedWatcher::new(hear, changes_only())
            .inspect_err(|error| tracing::warn!(%error, "no file system events; comparing instead"))
            .ok();
        Self { watcher, asked: BTreeSet::new(), complete: true }
    }

    /// As on a machine that has no events left to give.
    #[cfg(test)]
    pub(super) fn without_events() -> Self {
        Self { watcher: None, asked: BTreeSet::new(), complete: false }
    }

    /// Makes the next `watch` ask for every folder anew.
    pub(super) fn forget(&mut self) {
        self.asked.clear();
        self.complete = self.watcher.is_some();
    }

    /// Hears these folders too; says whether there was one that was not asked for yet.
    pub(super) fn watch(&mut self, folders: &BTreeSet<PathBuf>) -> bool {
        let Some(watcher) = &mut self.watcher else { return false };
        let mut any = false;
        for folder in folders.difference(&self.asked.clone()) {
            any = true;
            if let Err(error) = watcher.watch(folder, RecursiveMode::NonRecursive) {
                tracing::debug!(folder = %folder.display(), %error, "no events from this folder");
                self.complete = false;
            }
            self.asked.insert(folder.clone());
        }
        any
    }

    /// Whether events come from every folder that matters.
    pub(super) fn complete(&self) -> bool {
        self.complete
    }
}

/// Every program that starts opens files in `/etc`: the kernel is not to wake anybody for that.
fn changes_only() -> Config {
    Config::default().with_event_kinds(EventKindMask::CORE | EventKindMask::ACCESS_CLOSE)
}

/// Reading a file is no change, and the listener does it after each.
fn signal(event: ::notify::Result<Event>) -> Option<Signal> {
    let Ok(event) = event else { return Some(Signal::Lost) };
    let written = EventKind::Access(AccessKind::Close(AccessMode::Write));
    if event.need_rescan() {
        return Some(Signal::Lost);
    }
    (!event.kind.is_access() || event.kind == written).then_some(Signal::Touched(event.paths))
}

#[cfg(test)]
mod tests {
    use ::notify::event::{CreateKind, Flag};

    use super::*;

    #[test]
    fn a_program_that_opens_a_file_wakes_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let (read, written) = (folder.path().join("read"), folder.path().join("written"));
        std::fs::write(&read, "as ever").unwrap();
        let (heard, events) = std::sync::mpsc::channel();
        let mut watcher =
            RecommendedWatcher::new(move |event| heard.send(event).unwrap_or_default(), changes_only())
                .unwrap();
        watcher.watch(folder.path(), RecursiveMode::NonRecursive).unwrap();
        std::fs::read(&read).unwrap();
        std::fs::write(&written, "new").unwrap();
        let first: ::notify::Result<Event> = events.recv().unwrap();
        assert_eq!(first.unwrap().paths, [written]);
    }

    #[test]
    fn reading_is_no_change_and_a_full_queue_is_a_loss() {
        let shown = |event| format!("{:?}", signal(event));
        let file = || Event::new(EventKind::Create(CreateKind::File)).add_path("/etc/a".into());
        assert_eq!(shown(Ok(file())), r#"Some(Touched(["/etc/a"]))"#);
        for kind in [AccessKind::Open(AccessMode::Any), AccessKind::Close(AccessMode::Read), AccessKind::Read]
        {
            assert_eq!(shown(Ok(Event::new(EventKind::Access(kind)))), "None");
        }
        let written = Event::new(EventKind::Access(AccessKind::Close(AccessMode::Write)));
        assert_eq!(shown(Ok(written.add_path("/etc/a".into()))), r#"Some(Touched(["/etc/a"]))"#);
        assert_eq!(shown(Ok(Event::new(EventKind::Other).set_flag(Flag::Rescan))), "Some(Lost)");
        assert_eq!(shown(Err(::notify::Error::generic("read failed"))), "Some(Lost)");
    }
}

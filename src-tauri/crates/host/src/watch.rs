//! Says when one of a few files or folders changed: written, replaced, removed, or made together with the
//! folders above it. It says that something changed, never what; the listener reads the file again.
//!
//! File system events only wake it. What it then trusts is a comparison of the paths as they are with the
//! paths as they were, so a lost event, a full event queue or a file system without events costs time, not
//! truth: once a minute it compares unasked, and each second where there are no events to be had.

mod folders;
mod settle;
mod stamp;
mod survey;

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use folders::Folders;
use settle::{Settled, settle};
use survey::Survey;

/// A running watch; it ends when dropped.
#[derive(Debug)]
pub struct Watch {
    signals: Sender<Signal>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// Watches these absolute paths and calls `on_change`, on a thread of its own, with those that changed.
    ///
    /// Each path may be a file or a folder, may be a link, and need not exist; a folder stands for all that is in
    /// it, a few levels deep. Start first and read the files after, so that no change falls between.
    pub fn start(
        paths: Vec<PathBuf>,
        on_change: impl Fn(Vec<PathBuf>) + Send + 'static,
    ) -> Result<Self, WatchError> {
        Self::start_at(Pace::USUAL, paths, on_change)
    }

    fn start_at(
        pace: Pace,
        paths: Vec<PathBuf>,
        on_change: impl Fn(Vec<PathBuf>) + Send + 'static,
    ) -> Result<Self, WatchError> {
        if let Some(path) = paths.iter().find(|path| !path.is_absolute()) {
            return Err(WatchError::Relative(path.clone()));
        }
        let (signals, received) = channel();
        let folders = Folders::new(signals.clone());
        let state = State::new(paths, folders, pace);
        let run = move || state.run(&received, &on_change);
        let thread =
            thread::Builder::new().name("watch".to_owned()).spawn(run).map_err(WatchError::Thread)?;
        Ok(Self { signals, thread: Some(thread) })
    }
}

impl Drop for Watch {
    /// Waits for a call in progress, so that none comes after the drop; a listener may drop its own watch.
    fn drop(&mut self) {
        // Nobody receives where the listener has failed.
        self.signals.send(Signal::Stop).unwrap_or_default();
        let others = self.thread.take().filter(|thread| thread.thread().id() != thread::current().id());
        if others.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("a listener of file changes has failed");
        }
    }
}

/// Why a watch cannot start.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    /// A relative path means another file after each change of folder.
    #[error("`{}` cannot be watched: the path is not absolute", .0.display())]
    Relative(PathBuf),
    /// No thread to watch with.
    #[error("cannot start watching files: {0}")]
    Thread(std::io::Error),
}

/// What reaches the watching thread.
#[derive(Debug)]
enum Signal {
    /// Something happened at these paths.
    Touched(Vec<PathBuf>),
    /// Events were lost.
    Lost,
    /// The watch is dropped.
    Stop,
}

/// How long it waits for what.
#[derive(Clone, Copy)]
struct Pace {
    /// For the events of one change to end.
    quiet: Duration,
    /// For them to end when they do not.
    at_most: Duration,
    /// Between comparisons where events come.
    compare: Duration,
    /// Between comparisons where they do not.
    compare_without_events: Duration,
}

impl Pace {
    const USUAL: Self = Self {
        quiet: Duration::from_millis(100),
        at_most: Duration::from_millis(400),
        compare: Duration::from_secs(60),
        compare_without_events: Duration::from_secs(1),
    };
}

struct State {
    paths: Vec<PathBuf>,
    folders: Folders,
    pace: Pace,
    known: Survey,
}

impl State {
    fn new(paths: Vec<PathBuf>, mut folders: Folders, pace: Pace) -> Self {
        let known = survey_while_watching(&paths, &mut folders);
        Self { paths, folders, pace, known }
    }

    fn run(mut self, signals: &Receiver<Signal>, on_change: &impl Fn(Vec<PathBuf>)) {
        loop {
            let pause =
                if self.folders.complete() { self.pace.compare } else { self.pace.compare_without_events };
            let touched = match settle(signals, pause, self.pace, |path| self.known.concerns(path)) {
                Settled::Stop => return,
                Settled::Compare => Vec::new(),
                Settled::Touched(touched) => touched,
            };
            let found = survey_while_watching(&self.paths, &mut self.folders);
            let differs = |path: &&PathBuf| {
                self.known.differs(&found, path) || touched.iter().any(|touch| found.is_within(path, touch))
            };
            let changed: Vec<_> = self.paths.iter().filter(differs).cloned().collect();
            self.known = found;
            if !changed.is_empty() {
                on_change(changed);
            }
        }
    }
}

/// Looks again until every folder it saw was watched before it looked: what appears later makes an event.
fn survey_while_watching(paths: &[PathBuf], folders: &mut Folders) -> Survey {
    const ENOUGH: usize = 8;
    folders.forget();
    let mut survey = Survey::of(paths);
    for _ in 0..ENOUGH {
        if !folders.watch(survey.folders()) {
            break;
        }
        survey = Survey::of(paths);
    }
    survey
}

#[cfg(test)]
mod tests;

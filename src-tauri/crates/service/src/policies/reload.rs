//! Reads the enrollment and the policy's place on this machine again, whenever a file there changes and when asked to.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use host::{
    managed,
    watch::{Watch, WatchError},
};
use tokio::{runtime::Handle, sync::watch};
use wire::Severity;

use super::{PolicyStore, offered};
use crate::{enrolled::Enrolled, pause, provenance, upstreams};

const WATCH_FAILED: &str = "watch-failed";
/// Descriptors come back as soon as somebody closes something.
const READ_AGAIN: Duration = Duration::from_secs(2);

/// What is remembered of the files.
pub(super) struct Files {
    /// Held while enrollment and policy are read.
    reload_lock: Mutex<()>,
    /// Whether they are read again soon, since there was no descriptor to read them with.
    reads_again: AtomicBool,
    /// The files that are watched, and the watch on them.
    file_watch: Mutex<Option<(Vec<PathBuf>, Watch)>>,
    /// Changes with a file that says how registries are reached.
    network: watch::Sender<()>,
    /// Where the thread of the watch hands its work to.
    runtime: Handle,
}

impl Files {
    /// On the runtime that fetches policies, too.
    pub(super) fn new() -> Self {
        Self {
            reload_lock: Mutex::default(),
            reads_again: AtomicBool::new(false),
            file_watch: Mutex::default(),
            network: watch::Sender::default(),
            runtime: Handle::current(),
        }
    }
}

impl PolicyStore {
    /// Changes with a file that says how registries are reached, after what else it says was read again.
    pub(crate) fn subscribe_network_files(&self) -> watch::Receiver<()> {
        self.files.network.subscribe()
    }

    /// Reads enrollment and policy again and publishes them.
    pub(crate) fn reload(self: &Arc<Self>) {
        self.read();
        // What changed between the reading and the begin of a watch is a change to neither.
        if self.watch() {
            self.read();
        }
    }

    /// Watches the enrollment and the policy; both are read again when they change. Says whether a watch was begun.
    pub(crate) fn watch(self: &Arc<Self>) -> bool {
        let mut paths = vec![self.dirs.config.clone()];
        paths.extend(self.enrollment_places());
        if let Some(enrollment) = self.in_force.borrow().enrolled.good() {
            paths.extend(enrollment.policy.document().and_then(Path::parent).map(Into::into));
        }
        paths.extend(upstreams::WATCHED.map(Into::into));
        paths.extend(self.network_places());
        let lock = || self.files.file_watch.lock().unwrap_or_else(PoisonError::into_inner);
        if lock().as_ref().is_some_and(|(have, _)| *have == paths) {
            return false;
        }
        match self.start_watch(paths.clone()) {
            Ok(watch) => {
                self.conditions.clear(WATCH_FAILED);
                let replaced = lock().replace((paths, watch));
                // It waits for its listener, which may be waiting for the lock.
                drop(replaced);
                true
            }
            Err(error) => {
                let sentence = format!("Changes of the policy are not noticed by themselves: {error}");
                self.conditions.raise(
                    WATCH_FAILED,
                    Severity::Attention,
                    sentence,
                    Some("Restart the service"),
                );
                false
            }
        }
    }

    /// The files that may enroll this machine, and the folders of their parts.
    fn enrollment_places(&self) -> Vec<PathBuf> {
        let places = managed::places(&self.enrollment_file).into_iter();
        places.flat_map(|(_, file, folder)| [file, folder]).collect()
    }

    /// The files that the enrollment names for the way out.
    fn network_places(&self) -> Vec<PathBuf> {
        let network = self.in_force.borrow().enrolled.good().map(|enrollment| enrollment.network.clone());
        let network = network.unwrap_or_default();
        network.ca.into_iter().chain(network.proxy.and_then(|proxy| proxy.login)).collect()
    }

    fn start_watch(self: &Arc<Self>, paths: Vec<PathBuf>) -> Result<Watch, WatchError> {
        let watched = Arc::downgrade(self);
        Watch::start(paths, move |changed| {
            let Some(store) = watched.upgrade() else { return };
            let is_trust = |path: &PathBuf| upstreams::WATCHED.iter().any(|folder| path.starts_with(folder));
            if !changed.iter().all(is_trust) {
                store.reload();
            }
            // The enrollment's stand-ins are part of the way to registries, and are read anew by now.
            let mut places = store.enrollment_places();
            places.extend(store.network_places());
            let enrolls = |path: &PathBuf| places.iter().any(|place| path.starts_with(place));
            if changed.iter().any(|path| is_trust(path) || enrolls(path)) {
                store.files.network.send_replace(());
            }
        })
    }

    /// One at a time: what was read earlier must not be put in the place of what was read later.
    ///
    /// Where there is no descriptor to read with, what holds goes on to hold and is read again soon: anybody could bring
    /// that about, and it says nothing of the enrollment.
    fn read(self: &Arc<Self>) {
        let _turn = self.files.reload_lock.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(enrolled) = Enrolled::read_again(&self.enrollment_file, &self.conditions) else {
            return self.read_soon();
        };
        let Some(offered) = offered(&enrolled) else { return self.read_soon() };
        self.session.enroll(enrolled.good());
        if matches!(enrolled, Enrolled::No) {
            pause::forget(&self.dirs, &self.conditions);
            provenance::forget(&self.dirs.state);
        }
        self.apply_enrollment(enrolled, offered);
    }

    fn read_soon(self: &Arc<Self>) {
        if self.files.reads_again.swap(true, Ordering::SeqCst) {
            return;
        }
        tracing::warn!(
            "the enrollment and the policy could not be read for want of descriptors; what holds stays"
        );
        let again = Arc::clone(self);
        self.files.runtime.spawn(async move {
            tokio::time::sleep(READ_AGAIN).await;
            again.files.reads_again.store(false, Ordering::SeqCst);
            if tokio::task::spawn_blocking(move || again.reload()).await.is_err() {
                tracing::error!("reading the enrollment again has failed");
            }
        });
    }
}

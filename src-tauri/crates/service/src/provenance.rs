//! What pulls taught the gateway of tags and digests, kept for the next start: engines fetch by tag first and by digest
//! then, and a service that is replaced in between must not forget which tag stands behind the digest.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use gateway::Gate;
use host::files::{Mode, read_private, remove, write_atomically};
use tokio::sync::watch;
use wire::Severity;

use super::{conditions::Conditions, enrolled::Enrolled, in_force::InForce};

const FILE: &str = "provenance.jsonl";
/// More than is ever written.
const LIMIT: u64 = 16 * 1024 * 1024;
/// The many answers of one pull are written at once.
const GATHER: Duration = Duration::from_secs(1);
/// A disk that was full may have room again.
const RETRY: Duration = Duration::from_secs(60);
const UNREADABLE: &str = "provenance-unreadable";
const NOT_KEPT: &str = "provenance-not-kept";

/// Keeps what the gateway learned, on the disk.
pub(super) struct Provenance {
    file: PathBuf,
    gate: Arc<Gate>,
    in_force: watch::Receiver<InForce>,
    conditions: Arc<Conditions>,
}

/// Takes in what was kept. What cannot be read is nothing: a digest that nothing is known of is judged as such.
fn recall(state: &Path, gate: &Gate, conditions: &Conditions) {
    let file = place(state);
    let taken_in = match read_private(&file, LIMIT) {
        Ok(None) => return,
        Ok(Some(bytes)) => gate.recall_provenance(&bytes).map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    if let Err(why) = taken_in {
        unreadable(conditions, &file, &why);
    }
}

fn unreadable(conditions: &Conditions, file: &Path, why: &str) {
    let sentence = format!(
        "What pulls taught before the restart (`{}`) cannot be read: {why}; a pull that was under way may have to be \
         started again",
        file.display()
    );
    let action = "Start the pull again; this goes away with the next one";
    conditions.raise(UNREADABLE, Severity::Notice, sentence, Some(action));
}

impl Provenance {
    /// Takes in what was kept before the start.
    pub(super) fn recall(
        state: &Path,
        gate: Arc<Gate>,
        in_force: watch::Receiver<InForce>,
        conditions: Arc<Conditions>,
    ) -> Arc<Self> {
        recall(state, &gate, &conditions);
        Arc::new(Self { file: place(state), gate, in_force, conditions })
    }

    /// Keeps what is learned, a moment after it was.
    pub(super) async fn keep(self: Arc<Self>) {
        loop {
            self.gate.provenance_learned().await;
            tokio::time::sleep(GATHER).await;
            while !self.off_this_thread().await {
                tokio::time::sleep(RETRY).await;
            }
        }
    }

    /// A disk may be slow.
    async fn off_this_thread(self: &Arc<Self>) -> bool {
        let writing = Arc::clone(self);
        tokio::task::spawn_blocking(move || writing.write()).await.unwrap_or_else(|error| {
            tracing::error!(%error, "what pulls taught was not written");
            false
        })
    }

    /// Writes what is new; says no where that failed. Without an enrollment nothing is judged by it.
    pub(super) fn write(&self) -> bool {
        if matches!(self.in_force.borrow().enrolled, Enrolled::No) {
            return true;
        }
        let Some(record) = self.gate.provenance() else { return true };
        match write_atomically(&self.file, &record, Mode::PRIVATE) {
            Ok(()) => {
                self.conditions.clear(NOT_KEPT);
                self.conditions.clear(UNREADABLE);
                true
            }
            Err(error) => {
                self.gate.provenance_is_unwritten();
                let sentence = format!(
                    "What pulls taught cannot be kept for the next start: {error}; a pull that is under way when the \
                     service restarts may have to be started again"
                );
                let action = "Free some space in `/var/lib/pullgate`, or correct its owner";
                self.conditions.raise(NOT_KEPT, Severity::Notice, sentence, Some(action));
                false
            }
        }
    }
}

/// Forgets it with the enrollment that it was learned under.
pub(super) fn forget(state: &Path) {
    if let Err(error) = remove(&place(state)) {
        tracing::warn!(%error, "what pulls taught under the enrollment that ended could not be removed");
    }
}

fn place(state: &Path) -> PathBuf {
    state.join(FILE)
}

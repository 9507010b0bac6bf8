//! What pulls taught the gateway of tags and digests, kept for the next start: engines fetch by tag first and by digest
//! then, and a service that is replaced in between must not forget which tag stands behind the digest.

use std::{
    path::PathBuf,
    sync::{Arc, PoisonError},
    time::Duration,
};

use gateway::Gate;
use host::files::{Mode, read_private, remove, write_atomically};
use wire::Severity;

use super::{conditions::Conditions, core::Core, enrolled::Enrolled};

const FILE: &str = "provenance.jsonl";
/// More than is ever written.
const LIMIT: u64 = 16 * 1024 * 1024;
/// The many answers of one pull are written at once.
const GATHER: Duration = Duration::from_secs(1);
/// A disk that was full may have room again.
const RETRY: Duration = Duration::from_secs(60);
const UNREADABLE: &str = "provenance-unreadable";
const NOT_KEPT: &str = "provenance-not-kept";

/// Takes in what was kept. What cannot be read is nothing: a digest that nothing is known of is judged as such.
pub(super) fn recall(core: &Core, gate: &Gate) {
    let file = place(core);
    let taken_in = match read_private(&file, LIMIT) {
        Ok(None) => return,
        Ok(Some(bytes)) => gate.recall_provenance(&bytes).map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    if let Err(why) = taken_in {
        unreadable(&core.conditions, &file, &why);
    }
}

fn unreadable(conditions: &Conditions, file: &std::path::Path, why: &str) {
    let sentence = format!(
        "What pulls taught before the restart (`{}`) cannot be read: {why}; a pull that was under way may have to be \
         started again",
        file.display()
    );
    let action = "Start the pull again; this goes away with the next one";
    conditions.raise(UNREADABLE, Severity::Notice, sentence, Some(action));
}

/// Keeps what is learned, a moment after it was.
pub(super) async fn keep(core: Arc<Core>, gate: Arc<Gate>) {
    loop {
        gate.provenance_learned().await;
        tokio::time::sleep(GATHER).await;
        while !off_this_thread(&core, &gate).await {
            tokio::time::sleep(RETRY).await;
        }
    }
}

/// A disk may be slow.
async fn off_this_thread(core: &Arc<Core>, gate: &Arc<Gate>) -> bool {
    let (core, gate) = (Arc::clone(core), Arc::clone(gate));
    tokio::task::spawn_blocking(move || write(&core, &gate)).await.unwrap_or_else(|error| {
        tracing::error!(%error, "what pulls taught was not written");
        false
    })
}

/// Writes what is new; says no where that failed. Without an enrollment nothing is judged by it.
pub(super) fn write(core: &Core, gate: &Gate) -> bool {
    if matches!(*core.enrolled.read().unwrap_or_else(PoisonError::into_inner), Enrolled::No) {
        return true;
    }
    let Some(record) = gate.provenance() else { return true };
    match write_atomically(&place(core), &record, Mode::PRIVATE) {
        Ok(()) => {
            core.conditions.clear(NOT_KEPT);
            core.conditions.clear(UNREADABLE);
            true
        }
        Err(error) => {
            gate.provenance_is_unwritten();
            let sentence = format!(
                "What pulls taught cannot be kept for the next start: {error}; a pull that is under way when the service \
                 restarts may have to be started again"
            );
            let action = "Free some space in `/var/lib/pullgate`, or correct its owner";
            core.conditions.raise(NOT_KEPT, Severity::Notice, sentence, Some(action));
            false
        }
    }
}

/// Forgets it with the enrollment that it was learned under.
pub(super) fn forget(core: &Core) {
    if let Err(error) = remove(&place(core)) {
        tracing::warn!(%error, "what pulls taught under the enrollment that ended could not be removed");
    }
}

fn place(core: &Core) -> PathBuf {
    core.dirs.state.join(FILE)
}

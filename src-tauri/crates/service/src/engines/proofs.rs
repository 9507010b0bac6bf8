//! When each engine last proved that it is routed, kept over restarts of the service: at a boot the network may be silent,
//! and an engine whose configuration is as it was then has not lost its proof.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use host::files::{Mode, read_private, write_atomically};
use jiff::Timestamp;

/// Engines of a machine are few.
const LIMIT: u64 = 64 * 1024;

/// By engine, the time of its last proof; an engine that was seen to go elsewhere since has none.
#[derive(Default)]
pub(super) struct Proofs {
    file: PathBuf,
    times: BTreeMap<String, Timestamp>,
}

impl Proofs {
    /// Those of before the start. What cannot be read is proved anew.
    pub(super) fn read(state: &Path) -> Self {
        let file = state.join("proofs.json");
        let bytes = read_private(&file, LIMIT).unwrap_or_else(|error| {
            tracing::warn!(%error, "earlier proofs of engines cannot be read");
            None
        });
        let times = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        Self { file, times }
    }

    /// The last proof of an engine.
    pub(super) fn of(&self, engine: &str) -> Option<Timestamp> {
        self.times.get(engine).copied()
    }

    /// Keeps a proof, or that there is none any longer.
    pub(super) fn keep(&mut self, engine: &str, proved: Option<Timestamp>) {
        let changed = match proved {
            Some(time) => self.times.insert(engine.to_owned(), time) != Some(time),
            None => self.times.remove(engine).is_some(),
        };
        if changed && let Err(why) = self.write() {
            tracing::warn!(why, "the proof of an engine is not kept over a restart");
        }
    }

    fn write(&self) -> Result<(), String> {
        let text = serde_json::to_vec(&self.times).map_err(|error| error.to_string())?;
        write_atomically(&self.file, &text, Mode::PRIVATE).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_outlives_a_restart_and_not_the_word_that_it_no_longer_holds() {
        let folder = tempfile::tempdir().unwrap();
        let time: Timestamp = "2026-11-30T06:00:00Z".parse().unwrap();
        let mut proofs = Proofs::read(folder.path());
        proofs.keep("docker", Some(time));
        proofs.keep("podman", Some(time));
        proofs.keep("podman", None);
        let again = Proofs::read(folder.path());
        assert_eq!((again.of("docker"), again.of("podman")), (Some(time), None));
    }
}

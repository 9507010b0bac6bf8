//! What a repair saw when it had nothing to do. While no file that it looked at has changed, another one would see the
//! same: so the machine can be compared often at the cost of next to nothing.

use engines::{DesiredRouting, EngineId, FileStamps, Found, Machine, MayRestart, Repaired, Restarted};

/// The engines of a machine, and what was put back of those that are routed.
pub(super) type Outcome = (Vec<Found>, Vec<Repaired>);

/// A repair that had nothing to do.
pub(super) struct RepairCache {
    asked: Vec<EngineId>,
    desired: DesiredRouting,
    seen: FileStamps,
    outcome: Outcome,
}

impl RepairCache {
    /// Remembers a repair, unless it had something to do.
    pub(super) fn of(
        asked: &[(EngineId, MayRestart)],
        desired: DesiredRouting,
        seen: FileStamps,
        outcome: &Outcome,
    ) -> Option<Self> {
        let is_well = outcome.1.iter().all(is_well);
        is_well.then(|| Self { asked: engines(asked), desired, seen, outcome: outcome.clone() })
    }

    /// The outcome, if another repair would have the same.
    pub(super) fn again(
        &self,
        asked: &[(EngineId, MayRestart)],
        desired: &DesiredRouting,
        machine: &dyn Machine,
    ) -> Option<Outcome> {
        if self.asked != engines(asked) || self.desired != *desired {
            return None;
        }
        let changed = self.seen.changed(machine);
        if let Some(path) = changed {
            tracing::debug!(path = %path.display(), "something has changed");
        }
        let is_same = changed.is_none() && !engines::differs_without_files(&self.outcome.0, machine);
        is_same.then(|| self.outcome.clone())
    }
}

fn is_well(repaired: &Repaired) -> bool {
    let Repaired { engine: _, changed, written, restart, failed, rolled_back: _ } = repaired;
    changed.is_empty() && written.is_empty() && failed.is_none() && *restart == Restarted::NotNeeded
}

fn engines(asked: &[(EngineId, MayRestart)]) -> Vec<EngineId> {
    asked.iter().map(|(engine, _)| *engine).collect()
}

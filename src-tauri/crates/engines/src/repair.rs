//! Putting back what is ours after somebody else changed it. Only an engine that is led through the gateway already
//! is repaired, and what was not changed outside but is desired otherwise by now is written without a word about it.
//!
//! Files are written at once. A restart is another matter: it happens only as far as it is permitted, and until then
//! the records say that the engine does not know of its files yet.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::adapters::adapter;
use crate::apply::{ApplyError, apply, prepare};
use crate::format::lines::without_passwords;
use crate::plan::{Edit, Plan, Restart};
use crate::{DesiredRouting, EngineId, Found, Machine, Originals, OriginalsError, orphans};

/// Whether an engine may be restarted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MayRestart {
    /// Not yet.
    No,
    /// While nothing is built or pulled.
    Idle,
    /// Whatever it does.
    Anyway,
}

/// What became of a restart.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Restarted {
    /// There was no need.
    #[default]
    NotNeeded,
    /// It was restarted once.
    Once,
    /// It must be restarted and may not be yet.
    Wanted,
    /// It must be restarted and does this, which would be cut off.
    Busy(String),
}

/// What was wrong with an engine and what was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Repaired {
    /// The engine.
    pub engine: EngineId,
    /// Files of ours that somebody else changed or removed, and files that somebody put beside them.
    pub changed: Vec<PathBuf>,
    /// The files that were written.
    pub written: Vec<PathBuf>,
    /// What became of a restart.
    pub restart: Restarted,
    /// Why it was not done, in words.
    pub failed: Option<String>,
    /// Whether it failed because the engine did not come up again.
    pub rolled_back: bool,
}

/// Whether the engine is led through the gateway.
pub fn is_routed(
    engine: EngineId,
    machine: &dyn Machine,
    originals: &Originals,
) -> Result<bool, OriginalsError> {
    let marked = adapter(engine).marked_files(engine, machine);
    Ok(!originals.of(machine, engine)?.is_empty() || !orphans::find(machine, engine, &marked).is_empty())
}

/// Puts back what is ours.
pub fn repair(
    found: &Found,
    machine: &dyn Machine,
    originals: &Originals,
    desired: &DesiredRouting,
    may: MayRestart,
) -> Repaired {
    let mut repaired = Repaired {
        engine: found.engine,
        changed: Vec::new(),
        written: Vec::new(),
        restart: Restarted::NotNeeded,
        failed: None,
        rolled_back: false,
    };
    if let Err(error) = carry_out(&mut repaired, found, machine, originals, desired, may) {
        repaired.rolled_back = matches!(error, ApplyError::RolledBack { .. });
        repaired.failed = Some(without_passwords(&error.to_string()));
    }
    repaired
}

fn carry_out(
    repaired: &mut Repaired,
    found: &Found,
    machine: &dyn Machine,
    originals: &Originals,
    desired: &DesiredRouting,
    may: MayRestart,
) -> Result<(), ApplyError> {
    let plan = crate::plan(found, machine, originals, desired)?;
    repaired.changed = changed_outside(&plan, machine, originals)?;
    let put_off = put_off(&plan, machine, may);
    let to_write = plan.edits.iter().filter(|edit| edit.before != edit.after);
    let to_write: Vec<PathBuf> = to_write.map(|edit| edit.path.clone()).collect();
    match put_off {
        Some(restart) => {
            repaired.restart = restart;
            prepare(&plan, machine, originals)?;
        }
        None if plan.is_empty() => {}
        None => {
            if apply(&plan, machine, originals)?.restarted {
                repaired.restart = Restarted::Once;
            }
        }
    }
    repaired.written = to_write;
    Ok(())
}

/// Why the restart that a plan needs is not for now.
fn put_off(plan: &Plan, machine: &dyn Machine, may: MayRestart) -> Option<Restarted> {
    match (&plan.restart, may) {
        (Restart::None | Restart::HangUp(_), _) | (Restart::Once { .. }, MayRestart::Anyway) => None,
        (Restart::Once { .. }, MayRestart::No) => Some(Restarted::Wanted),
        (Restart::Once { .. }, MayRestart::Idle) => {
            crate::activity(plan.engine, machine).map(Restarted::Busy)
        }
    }
}

fn changed_outside(
    plan: &Plan,
    machine: &dyn Machine,
    originals: &Originals,
) -> Result<Vec<PathBuf>, ApplyError> {
    let mut changed = Vec::new();
    let written = originals.written(machine, plan.engine)?;
    for edit in plan.edits.iter().filter(|edit| !edit.restores && edit.before != edit.after) {
        if is_from_outside(edit, machine, originals, written)? {
            changed.push(edit.path.clone());
        }
    }
    Ok(changed)
}

/// A file that is as we left it is only desired otherwise by now; so is one that never was ours and has stood there, or
/// lacked in its folder, since before we last wrote.
fn is_from_outside(
    edit: &Edit,
    machine: &dyn Machine,
    originals: &Originals,
    written: Option<i64>,
) -> Result<bool, ApplyError> {
    if let Some(record) = originals.load(machine, &edit.path)? {
        return Ok(!edit.before.as_deref().is_some_and(|before| record.is_ours(before)));
    }
    let place = if edit.before.is_some() {
        edit.path.as_path()
    } else {
        edit.path.parent().unwrap_or(Path::new("/"))
    };
    let modified = machine.entry(place)?.map(|entry| entry.modified);
    Ok(modified.is_some_and(|modified| written.is_none_or(|written| modified > written)))
}

#[cfg(test)]
mod tests;

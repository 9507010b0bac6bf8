//! The one place that changes anything. Every original is on disk before its file is touched, every write is
//! whole or not at all, the engine restarts at most once, and one that does not come up again gets its former
//! files back. A crash between any two steps leaves each file old or new, and the records to tell which.

use std::path::{Path, PathBuf};

use crate::adapters::adapter;
use crate::environment::DaemonProxies;
use crate::originals::Content;
use crate::plan::{Check, Edit, LiveRestore, Plan, Restart, Unplannable};
use crate::{Machine, MachineError, Originals, OriginalsError};
use crate::{environment, systemd};

mod records;
mod restart;

/// What was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The files, in the order in which they were written.
    pub files: Vec<PathBuf>,
    /// Whether a unit was restarted.
    pub restarted: bool,
    /// Sentences for a person.
    pub notes: Vec<String>,
}

/// Why a plan was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApplyError {
    /// No plan could be made.
    #[error(transparent)]
    Unplannable(#[from] Unplannable),
    /// The machine refused.
    #[error(transparent)]
    Machine(#[from] MachineError),
    /// A record could not be kept.
    #[error(transparent)]
    Originals(#[from] OriginalsError),
    /// The engine does not accept the text.
    #[error("the engine refuses the new configuration ({words}); nothing was changed")]
    Refused {
        /// The engine's words.
        words: String,
    },
    /// The file is not what it was when the plan was made.
    #[error("`{}` changed since the plan was made; plan again", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// Somebody started one while the plan was being looked at.
    #[error("containers were started since the plan was made and would stop; plan again")]
    ContainersStarted,
    /// Containers could not be protected.
    #[error(
        "`live-restore` did not come on ({words}); running containers would stop, so nothing was changed"
    )]
    LiveRestore {
        /// The engine's words.
        words: String,
    },
    /// The engine did not come up and has its former files again.
    #[error("`{unit}` did not start with the new configuration ({words}); the former files are back{again}")]
    RolledBack {
        /// The unit.
        unit: String,
        /// The service manager's words.
        words: String,
        /// Whether it runs again, as an addition to the sentence.
        again: &'static str,
    },
}

/// Carries a plan out.
pub fn apply(plan: &Plan, machine: &dyn Machine, originals: &Originals) -> Result<Applied, ApplyError> {
    let apply = Apply { plan, machine, originals };
    for edit in &plan.edits {
        apply.refuse_if_changed(edit)?;
    }
    for check in &plan.checks {
        apply.check(check)?;
    }
    environment::before(plan, environment_of(plan, machine), machine, originals)?;
    match &plan.restart {
        Restart::None => apply.write_all(None)?,
        Restart::HangUp(pids) => {
            apply.write_all(None)?;
            for pid in pids {
                machine.hang_up(*pid)?;
            }
        }
        Restart::Once { unit, containers } => apply.around_restart(unit, containers)?,
    }
    adapter(plan.engine).finish_apply(plan, machine)?;
    apply.settle()?;
    environment::after(plan, machine, originals)?;
    Ok(Applied {
        files: plan.edits.iter().map(|edit| edit.path.clone()).collect(),
        restarted: matches!(plan.restart, Restart::Once { .. }),
        notes: plan.notes.clone(),
    })
}

/// Writes the files and leaves the restart to a later plan, which learns from the records that it is needed.
pub(crate) fn prepare(plan: &Plan, machine: &dyn Machine, originals: &Originals) -> Result<(), ApplyError> {
    let edits = plan.edits.iter().filter(|edit| edit.before != edit.after).cloned().collect();
    let plan = Plan { edits, restart: Restart::None, ..plan.clone() };
    let apply = Apply { plan: &plan, machine, originals };
    for check in &plan.checks {
        apply.check(check)?;
    }
    environment::before(&plan, environment_of(&plan, machine), machine, originals)?;
    apply.write_all(None)
}

/// The environment that a plan changes, unless it only gives back.
fn environment_of(plan: &Plan, machine: &dyn Machine) -> Option<DaemonProxies> {
    let restores = plan.edits.iter().all(|edit| edit.restores);
    if restores { None } else { adapter(plan.engine).environment(machine) }
}

struct Apply<'a> {
    plan: &'a Plan,
    machine: &'a dyn Machine,
    originals: &'a Originals,
}

impl Apply<'_> {
    fn refuse_if_changed(&self, edit: &Edit) -> Result<(), ApplyError> {
        if self.machine.read(&edit.path)? == edit.before {
            return Ok(());
        }
        Err(ApplyError::Changed { path: edit.path.clone() })
    }

    fn check(&self, check: &Check) -> Result<(), ApplyError> {
        let candidate = self.originals.folder().join("candidate");
        self.make_folders(&candidate)?;
        self.machine.write(&candidate, &check.text, crate::Attributes::SECRET)?;
        let file = candidate.to_string_lossy();
        let command: Vec<&str> =
            check.command.iter().map(|word| if word == "{}" { file.as_ref() } else { word }).collect();
        let output = self.machine.run(&command);
        self.machine.remove(&candidate)?;
        let words = output.words().replace(file.as_ref(), &check.path.to_string_lossy());
        if output.ok() { Ok(()) } else { Err(ApplyError::Refused { words }) }
    }

    fn write_all(&self, borrowed: Option<&LiveRestore>) -> Result<(), ApplyError> {
        for edit in &self.plan.edits {
            let during = borrowed.filter(|live_restore| live_restore.path == edit.path);
            let after = during.map_or(edit.after.as_deref(), |live_restore| Some(&live_restore.during));
            let current = self.machine.read(&edit.path)?;
            if during.is_none() && current != edit.before {
                return Err(ApplyError::Changed { path: edit.path.clone() });
            }
            if let Some(text) = after {
                self.remember(&edit.path, Some(edit), &edit.before, text)?;
                self.make_folders(&edit.path)?;
                self.machine.write(&edit.path, text, edit.attributes)?;
            } else {
                self.machine.remove(&edit.path)?;
            }
        }
        if self.touches_units() {
            systemd::daemon_reload(self.machine);
        }
        Ok(())
    }

    fn attributes(&self, path: &Path) -> Result<crate::Attributes, ApplyError> {
        Ok(self.machine.entry(path)?.map_or(crate::Attributes::PUBLIC, |entry| entry.attributes))
    }

    fn make_folders(&self, path: &Path) -> Result<(), ApplyError> {
        let mut missing = Vec::new();
        for folder in path.ancestors().skip(1) {
            if self.machine.entry(folder)?.is_none() {
                missing.push(folder);
            }
        }
        missing.iter().rev().try_for_each(|folder| Ok(self.machine.make_folder(folder)?))
    }

    /// Writes one of the texts around a restart, remembering it first.
    fn overwrite(&self, path: &Path, text: &[u8]) -> Result<(), ApplyError> {
        if let Some(mut record) = self.originals.load(self.machine, path)? {
            record.written.push(Content::of(text));
            self.originals.save(self.machine, &record)?;
        }
        self.make_folders(path)?;
        let attributes = self.attributes(path)?;
        Ok(self.machine.write(path, text, attributes)?)
    }

    fn put_back(&self, path: &Path, text: Option<&[u8]>) -> Result<(), ApplyError> {
        match text {
            None => Ok(self.machine.remove(path)?),
            Some(text) => Ok(self.machine.write(path, text, self.attributes(path)?)?),
        }
    }

    fn touches_units(&self) -> bool {
        self.plan.edits.iter().any(|edit| systemd::keeps_in_memory(&edit.path))
    }
}

#[cfg(test)]
mod tests;

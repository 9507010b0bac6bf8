//! The one restart: containers are protected before it, the former files come back if it fails, and the setting
//! that protected them is given back last.

use std::time::Duration;

use super::{Apply, ApplyError};
use crate::plan::{Containers, Edit, LiveRestore};
use crate::{EngineId, docker_api, systemd};

impl Apply<'_> {
    pub(super) fn around_restart(&self, unit: &str, containers: &Containers) -> Result<(), ApplyError> {
        let borrowed = match containers {
            Containers::KeptBy(live_restore) => Some(live_restore.as_ref()),
            Containers::None | Containers::Kept | Containers::Stopped => None,
        };
        if *containers == Containers::None && docker_api::would_stop(self.machine) {
            return Err(ApplyError::ContainersStarted);
        }
        if let Some(live_restore) = borrowed {
            self.protect(unit, live_restore)?;
        }
        self.write_all(borrowed)?;
        if let Err(words) = self.restart_until_it_answers(unit) {
            let again = self.roll_back(unit, borrowed)?;
            return Err(ApplyError::RolledBack { unit: unit.into(), words, again });
        }
        if let Some(live_restore) = borrowed {
            self.unprotect(unit, live_restore, &live_restore.after, |edit| &edit.after)?;
        }
        Ok(())
    }

    /// Turns `live-restore` on and waits for the engine to say so.
    fn protect(&self, unit: &str, live_restore: &LiveRestore) -> Result<(), ApplyError> {
        let before = self.machine.read(&live_restore.path)?;
        let edit = self.plan.edits.iter().find(|edit| edit.path == live_restore.path);
        self.remember(&live_restore.path, edit, &before, &live_restore.before)?;
        self.overwrite(&live_restore.path, &live_restore.before)?;
        if let Err(words) = self.reload_until(unit, true) {
            self.put_back(&live_restore.path, before.as_deref())?;
            return Err(ApplyError::LiveRestore { words });
        }
        Ok(())
    }

    /// Says "off" to the running engine, then leaves the file as it is to stay.
    fn unprotect(
        &self,
        unit: &str,
        live_restore: &LiveRestore,
        off: &[u8],
        last: fn(&Edit) -> &Option<Vec<u8>>,
    ) -> Result<(), ApplyError> {
        self.overwrite(&live_restore.path, off)?;
        if let Err(words) = self.reload_until(unit, false) {
            tracing::warn!(%words, "live-restore stays on until the engine's next start");
        }
        match self.plan.edits.iter().find(|edit| edit.path == live_restore.path) {
            Some(edit) => self.put_back(&edit.path, last(edit).as_deref()),
            None => Ok(()),
        }
    }

    /// The former files, and the engine with them; containers outlive this restart too.
    fn roll_back(&self, unit: &str, borrowed: Option<&LiveRestore>) -> Result<&'static str, ApplyError> {
        for edit in &self.plan.edits {
            let protected = borrowed.filter(|live_restore| live_restore.path == edit.path);
            let text = protected.map_or(edit.before.as_deref(), |live_restore| Some(&live_restore.before));
            self.put_back(&edit.path, text)?;
        }
        if self.touches_units() {
            systemd::daemon_reload(self.machine);
        }
        let again = self.restart_until_it_answers(unit);
        if let Some(live_restore) = borrowed {
            self.unprotect(unit, live_restore, &live_restore.former, |edit| &edit.before)?;
        }
        Ok(if again.is_ok() { " and it runs again" } else { ", but it does not start with them either" })
    }

    /// A unit that started may still fall over, or never serve anybody.
    fn restart_until_it_answers(&self, unit: &str) -> Result<(), String> {
        systemd::restart(self.machine, unit)?;
        for _ in 0..100 {
            if self.answers(unit) {
                return Ok(());
            }
            self.machine.wait(Duration::from_millis(100));
        }
        Err("it does not answer within 10 s of its start".into())
    }

    fn answers(&self, unit: &str) -> bool {
        match self.plan.engine == EngineId::Docker {
            true => docker_api::live_restore(self.machine).is_some(),
            false => systemd::unit(self.machine, unit).is_some_and(|unit| unit.active),
        }
    }

    fn reload_until(&self, unit: &str, on: bool) -> Result<(), String> {
        systemd::reload(self.machine, unit)?;
        for _ in 0..50 {
            if docker_api::live_restore(self.machine) == Some(on) {
                return Ok(());
            }
            self.machine.wait(Duration::from_millis(100));
        }
        Err("the engine did not take the changed setting within 5 s".into())
    }
}

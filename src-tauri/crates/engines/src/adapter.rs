//! What a family of engines has to be able to do. Everything that works on all engines goes through this trait; which
//! family an engine belongs to is told by [`crate::adapters::adapter`] alone.

use std::path::PathBuf;

use crate::environment::DaemonProxies;
use crate::plan::{Edit, Plan, Restart, Unplannable};
use crate::plan_builder::PlanBuilder;
use crate::verify::Verified;
use crate::{DesiredRouting, EngineId, Found, Machine, MachineError, Originals, Store, inventory};

/// A family of engines that are configured in the same way.
pub(crate) trait Adapter: Sync {
    /// The engines of this family that are installed, those that cannot be routed included.
    fn find(&self, machine: &dyn Machine) -> Vec<Found>;

    /// What to change so that `found` pulls through the gateway. Touches nothing.
    fn plan(
        &self,
        found: &Found,
        machine: &dyn Machine,
        originals: &Originals,
        desired: &DesiredRouting,
    ) -> Result<Plan, Unplannable>;

    /// What to change so that the person's own configuration is back. Touches nothing.
    fn plan_restore(
        &self,
        engine: EngineId,
        machine: &dyn Machine,
        originals: &Originals,
        may_stop_containers: bool,
    ) -> Result<Plan, Unplannable> {
        let marked = self.marked_files(engine, machine);
        let mut edits = PlanBuilder::new(engine, machine, originals, &marked)?.build()?;
        let found = self.find(machine).into_iter().find(|found| found.engine == engine);
        let restart = match found {
            Some(found) => self.restart_after_restore(&found, machine, &mut edits, may_stop_containers)?,
            None => Restart::None,
        };
        Ok(Plan::new(engine, edits, restart))
    }

    /// How the engine learns of the edits that give its files back; edits may be added for it.
    fn restart_after_restore(
        &self,
        _found: &Found,
        _machine: &dyn Machine,
        _edits: &mut Vec<Edit>,
        _may_stop_containers: bool,
    ) -> Result<Restart, Unplannable> {
        Ok(Restart::None)
    }

    /// Whether the running engine goes through the gateway, with the evidence.
    fn verify(&self, found: &Found, _machine: &dyn Machine, _desired: &DesiredRouting) -> Verified {
        Verified::not_routed(found)
    }

    /// Where `engine` keeps images, those stores included that cannot be listed.
    fn stores(&self, engine: EngineId, machine: &dyn Machine) -> Vec<Store> {
        inventory::unlisted(engine, self.find(machine))
    }

    /// What the engine does that a restart would cut off, in words.
    fn activity(&self, _machine: &dyn Machine) -> Option<&'static str> {
        None
    }

    /// Files whose every text of ours can be told from a person's, so that they are known without a record too.
    fn marked_files(&self, _engine: EngineId, _machine: &dyn Machine) -> Vec<PathBuf> {
        Vec::new()
    }

    /// The proxies in the daemon's environment, where a plan changes that environment.
    fn environment(&self, _machine: &dyn Machine) -> Option<DaemonProxies> {
        None
    }

    /// What a plan needs beside its files, once they are written.
    fn finish_apply(&self, _plan: &Plan, _machine: &dyn Machine) -> Result<(), MachineError> {
        Ok(())
    }
}

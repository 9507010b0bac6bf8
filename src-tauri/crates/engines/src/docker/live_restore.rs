//! How running containers outlive the one restart: the daemon's `live-restore` is turned on before it, by a
//! reload, and off again afterwards if the person had it off. A reload takes no notice of a missing key, so
//! "off" is said before the key goes.

use std::path::Path;

use config_edit::daemon_json::with_live_restore;

use crate::Running;
use crate::plan::{Containers, Edit, LiveRestore, Restart, Unplannable};

/// A restart of the daemon that keeps its containers, or the reason why it cannot. `is_ours` tells whether the file
/// has a text of ours.
pub(super) fn restart(
    running: &Running,
    unit: &str,
    (file, is_ours): (&Path, bool),
    current: Option<Vec<u8>>,
    edits: &mut Vec<Edit>,
    may_stop: bool,
) -> Result<Restart, Unplannable> {
    let once = |containers| Ok(Restart::Once { unit: unit.to_owned(), containers });
    match (running.containers, running.live_restore, running.swarm) {
        (0, _, _) => once(Containers::None),
        (_, true, false) => once(Containers::Kept),
        (_, _, true) if may_stop => once(Containers::Stopped),
        (running, _, true) => Err(Unplannable::WouldStop {
            running,
            why: "this daemon is part of a swarm, where `live-restore` does not work".into(),
        }),
        (_, false, false) => once(borrowed((file, is_ours), current, edits)?),
    }
}

fn borrowed(
    (file, is_ours): (&Path, bool),
    current: Option<Vec<u8>>,
    edits: &mut Vec<Edit>,
) -> Result<Containers, Unplannable> {
    let broken = |problem: config_edit::json::Broken| Unplannable::Broken {
        path: file.into(),
        problem: problem.to_string(),
    };
    let after = match edits.iter().find(|edit| edit.path == file) {
        Some(edit) => edit.after.clone(),
        None => {
            edits.push(unchanged(file, is_ours, current.clone()));
            current.clone()
        }
    };
    Ok(Containers::KeptBy(Box::new(LiveRestore {
        path: file.into(),
        before: with_live_restore(current.as_deref(), true).map_err(broken)?,
        during: with_live_restore(after.as_deref(), true).map_err(broken)?,
        after: with_live_restore(after.as_deref(), false).map_err(broken)?,
        former: with_live_restore(current.as_deref(), false).map_err(broken)?,
    })))
}

/// A file that is only borrowed for the restart; what we wrote there before stays ours.
fn unchanged(file: &Path, is_ours: bool, current: Option<Vec<u8>>) -> Edit {
    Edit {
        path: file.into(),
        before: current.clone(),
        after: current,
        attributes: crate::Attributes::PUBLIC,
        restores: !is_ours,
        format: config_edit::Format::Json,
    }
}

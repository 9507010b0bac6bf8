//! `policy diff`: what another edition changes for people.

use std::path::Path;

use policy::PolicyStamp;
use serde::Serialize;

use super::{Outcome, file};
use crate::arguments::{Format, PolicyFile};
use crate::context::Context;
use crate::exit::Exit;

/// The difference, for programs.
#[derive(Serialize)]
struct Difference<'a> {
    before: &'a PolicyStamp,
    after: &'a PolicyStamp,
    changes: Option<&'a str>,
}

pub(super) fn run(before: &Path, after: &Path, format: Format, context: &mut Context<'_>) -> Outcome {
    let read =
        |path: &Path| file::read(&PolicyFile { file: path.to_path_buf(), organization: None, catalog: None });
    let (before, after) = (read(before)?, read(after)?);
    let changes = policy_text::changes(&before, &after);
    if format.json {
        let difference =
            Difference { before: before.stamp(), after: after.stamp(), changes: changes.as_deref() };
        context.json(&difference)?;
    } else {
        let changes = changes.unwrap_or_else(|| "nothing changes for people".to_owned());
        context.say(&format!(
            "From version {} to {}: {changes}\n",
            before.stamp().serial,
            after.stamp().serial
        ))?;
    }
    Ok(Exit::Yes)
}

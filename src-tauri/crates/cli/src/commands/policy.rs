//! `policy`: the one in force, from the service; files, from disk and without it.

mod cases;
mod circumstances;
mod diff;
mod document;
mod file;
mod import_hub;
mod keygen;
mod sign;
mod starter;
mod trial;
mod trust;

use std::path::Path;

use host::files::{Mode, write_atomically};
use policy::schema;
use wire::{Request, Response};

use super::Outcome;
use crate::arguments::{Format, PolicyCommand};
use crate::client::{Client, unexpected};
use crate::context::Context;
use crate::exit::{CliError, Exit};
use crate::show;

pub(super) fn run(command: &PolicyCommand, context: &mut Context<'_>) -> Outcome {
    match command {
        PolicyCommand::Show(format) => in_force(&Request::PolicyShow, *format, context),
        PolicyCommand::Refresh(format) => in_force(&Request::PolicyRefresh, *format, context),
        PolicyCommand::Check { file, format } => file::check(file, *format, context),
        PolicyCommand::Explain { file, image, circumstances, format } => {
            trial::explain(file, image, circumstances, *format, context)
        }
        PolicyCommand::Diff { before, after, format } => diff::run(before, after, *format, context),
        PolicyCommand::Test { file, cases, format } => cases::run(file, cases, *format, context),
        PolicyCommand::Keygen { name, format } => keygen::run(name, *format, context),
        PolicyCommand::Sign(arguments) => sign::run(arguments, context),
        PolicyCommand::ImportHub(arguments) => import_hub::run(arguments, context),
        PolicyCommand::Starter(arguments) => starter::run(arguments, context),
        PolicyCommand::Schema => {
            let text = serde_json::to_string_pretty(&schema()).map_err(CliError::failed)?;
            context.say(&format!("{text}\n"))?;
            Ok(Exit::Yes)
        }
    }
}

fn in_force(request: &Request, format: Format, context: &mut Context<'_>) -> Outcome {
    let Response::Policy(report) = Client::connect(context)?.ask(request)? else { return Err(unexpected()) };
    if format.json {
        context.json(&report)?;
    } else {
        context.say(&show::policy(&report, &context.view))?;
    }
    Ok(Exit::Yes)
}

/// Writes a document that was made where it was asked for. In a file it takes the place of what was there, whole.
fn write_document(
    output: Option<&Path>,
    mode: Mode,
    bytes: &[u8],
    context: &mut Context<'_>,
) -> Result<(), CliError> {
    match output {
        Some(path) => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            if let Some(folder) = folder.filter(|folder| !folder.exists()) {
                let error = format!("there is no folder `{}`", folder.display());
                return Err(CliError::failed(error).hint("Make it, or name another one"));
            }
            write_atomically(path, bytes, mode).map_err(CliError::failed)
        }
        None => context.bytes(bytes),
    }
}

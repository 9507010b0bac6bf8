//! `policy`: the one in force, from the service; files, from disk and without it.

mod cases;
mod circumstances;
mod diff;
mod document;
mod file;
mod import_hub;
mod keygen;
mod output;
mod sign;
mod starter;
mod trial;
mod trust;

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

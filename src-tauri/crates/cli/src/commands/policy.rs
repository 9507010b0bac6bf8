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
use crate::show;
use crate::stop::{Complaint, Exit};
use crate::world::World;

pub(super) fn run(command: &PolicyCommand, world: &mut World<'_>) -> Outcome {
    match command {
        PolicyCommand::Show(format) => in_force(&Request::PolicyShow, *format, world),
        PolicyCommand::Refresh(format) => in_force(&Request::PolicyRefresh, *format, world),
        PolicyCommand::Check { file, format } => file::check(file, *format, world),
        PolicyCommand::Explain { file, image, circumstances, format } => {
            trial::explain(file, image, circumstances, *format, world)
        }
        PolicyCommand::Diff { before, after, format } => diff::run(before, after, *format, world),
        PolicyCommand::Test { file, cases, format } => cases::run(file, cases, *format, world),
        PolicyCommand::Keygen { name, format } => keygen::run(name, *format, world),
        PolicyCommand::Sign(arguments) => sign::run(arguments, world),
        PolicyCommand::ImportHub(arguments) => import_hub::run(arguments, world),
        PolicyCommand::Starter(arguments) => starter::run(arguments, world),
        PolicyCommand::Schema => {
            let text = serde_json::to_string_pretty(&schema()).map_err(Complaint::failed)?;
            world.say(&format!("{text}\n"))?;
            Ok(Exit::Yes)
        }
    }
}

fn in_force(request: &Request, format: Format, world: &mut World<'_>) -> Outcome {
    let Response::Policy(report) = Client::connect(world)?.ask(request)? else { return Err(unexpected()) };
    if format.json {
        world.json(&report)?;
    } else {
        world.say(&show::policy(&report, &world.view))?;
    }
    Ok(Exit::Yes)
}

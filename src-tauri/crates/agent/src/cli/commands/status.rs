//! `status`.

use wire::{Request, Response};

use super::Outcome;
use crate::cli::arguments::Format;
use crate::cli::client::{Client, unexpected};
use crate::cli::show;
use crate::cli::stop::Exit;
use crate::cli::world::World;

pub(super) fn run(format: Format, world: &mut World<'_>) -> Outcome {
    let Response::Status(report) = Client::connect(world)?.ask(&Request::Status)? else {
        return Err(unexpected());
    };
    if format.json {
        world.json(&report)?;
    } else {
        world.say(&show::status(&report, &world.view))?;
    }
    Ok(Exit::Yes)
}

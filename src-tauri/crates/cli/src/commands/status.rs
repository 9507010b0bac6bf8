//! `status`.

use wire::{Request, Response};

use super::Outcome;
use crate::arguments::Format;
use crate::client::{Client, unexpected};
use crate::show;
use crate::stop::Exit;
use crate::world::World;

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

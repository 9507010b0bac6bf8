//! `pause` and `resume`.

use wire::{Request, Response};

use super::Outcome;
use crate::arguments::Length;
use crate::client::{Client, unexpected};
use crate::stop::Exit;
use crate::world::World;

pub(super) fn pause(length: Length, reason: String, world: &mut World<'_>) -> Outcome {
    let mut client = Client::connect(world)?;
    let request = Request::Pause { seconds: length.seconds(), reason };
    let Response::Done { sentence } = client.ask(&request)? else { return Err(unexpected()) };
    let Response::Status(status) = client.ask(&Request::Status)? else { return Err(unexpected()) };
    let until = status.pause.map(|pause| world.view.clock(pause.until));
    let until = until.map(|until| format!("Paused until {until}; enforcement then starts again by itself"));
    world.say(&format!("{}\n", until.unwrap_or(sentence)))?;
    Ok(Exit::Yes)
}

pub(super) fn resume(world: &mut World<'_>) -> Outcome {
    let mut client = Client::connect(world)?;
    done(&mut client, &Request::Resume, world)
}

/// Asks for something to be done, and says that it is.
pub(super) fn done(client: &mut Client, request: &Request, world: &mut World<'_>) -> Outcome {
    let Response::Done { sentence } = client.ask(request)? else { return Err(unexpected()) };
    world.say(&format!("{}\n", sentence.trim_end()))?;
    Ok(Exit::Yes)
}

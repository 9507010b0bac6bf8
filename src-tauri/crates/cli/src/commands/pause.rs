//! `pause` and `resume`.

use wire::{Request, Response};

use super::Outcome;
use crate::arguments::Length;
use crate::client::{Client, unexpected};
use crate::context::Context;
use crate::exit::Exit;

pub(super) fn pause(length: Length, reason: String, context: &mut Context<'_>) -> Outcome {
    let mut client = Client::connect(context)?;
    let request = Request::Pause { seconds: length.seconds(), reason };
    let Response::Done { sentence } = client.ask(&request)? else { return Err(unexpected()) };
    let Response::Status(status) = client.ask(&Request::Status)? else { return Err(unexpected()) };
    let until = status.pause.map(|pause| context.view.clock(pause.until));
    let until = until.map(|until| format!("Paused until {until}; enforcement then starts again by itself"));
    context.say(&format!("{}\n", until.unwrap_or(sentence)))?;
    Ok(Exit::Yes)
}

pub(super) fn resume(context: &mut Context<'_>) -> Outcome {
    let mut client = Client::connect(context)?;
    done(&mut client, &Request::Resume, context)
}

/// Asks for something to be done, and says that it is.
pub(super) fn done(client: &mut Client, request: &Request, context: &mut Context<'_>) -> Outcome {
    let Response::Done { sentence } = client.ask(request)? else { return Err(unexpected()) };
    context.say(&format!("{}\n", sentence.trim_end()))?;
    Ok(Exit::Yes)
}

//! `status`.

use wire::{Request, Response};

use super::Outcome;
use crate::arguments::Format;
use crate::client::{Client, unexpected};
use crate::context::Context;
use crate::exit::Exit;
use crate::show;

pub(super) fn run(format: Format, context: &mut Context<'_>) -> Outcome {
    let Response::Status(report) = Client::connect(context)?.ask(&Request::Status)? else {
        return Err(unexpected());
    };
    if format.json {
        context.json(&report)?;
    } else {
        let text = show::status(&report, &context.view);
        context.say_signed(&text, show::of_status(&report))?;
    }
    Ok(Exit::Yes)
}

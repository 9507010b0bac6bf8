//! `sign-out`.

use serde::Serialize;
use wire::{Request, Response};

use super::Outcome;
use crate::arguments::Format;
use crate::client::{Client, unexpected};
use crate::context::Context;
use crate::exit::Exit;

/// What was done, for programs.
#[derive(Serialize)]
struct SignedOut<'a> {
    sentence: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
}

pub(super) fn run(format: Format, context: &mut Context<'_>) -> Outcome {
    let Response::SignedOut { sentence, url } = Client::connect(context)?.ask(&Request::SignOut)? else {
        return Err(unexpected());
    };
    if format.json {
        context.json(&SignedOut { sentence: &sentence, url: url.as_deref() })?;
        return Ok(Exit::Yes);
    }
    context.say(&format!("{sentence}\n"))?;
    if let Some(url) = url {
        context.say(&format!("To sign out in your browser as well, open\n\n  {url}\n"))?;
    }
    Ok(Exit::Yes)
}

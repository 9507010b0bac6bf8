//! `images`: what is here already, and what a pull of it would come to now.

use wire::{ImagesReport, Request, Response};

use super::Outcome;
use crate::arguments::Format;
use crate::client::{Client, unexpected};
use crate::context::Context;
use crate::exit::{CliError, Exit};
use crate::show;

pub(super) fn images(format: Format, context: &mut Context<'_>) -> Outcome {
    let report = ask(&mut Client::connect(context)?)?;
    if format.json {
        context.json_lines(&report.images)?;
        context.json_lines(&report.unlisted)?;
    } else {
        context.say(&show::images(&report, &context.view))?;
    }
    Ok(Exit::Yes)
}

/// All pages as one.
fn ask(client: &mut Client) -> Result<ImagesReport, CliError> {
    let mut all = ImagesReport::default();
    let mut answer = client.ask(&Request::Images)?;
    loop {
        let Response::Images(page) = answer else { return Err(unexpected()) };
        all.images.extend(page.images);
        all.unlisted.extend(page.unlisted);
        if !page.more {
            return Ok(all);
        }
        answer = client.next()?;
    }
}

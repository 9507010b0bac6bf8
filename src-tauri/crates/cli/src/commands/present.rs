//! `images`: what is here already, and what a pull of it would come to now.

use wire::{ImagesReport, Request, Response};

use super::Outcome;
use crate::arguments::Format;
use crate::client::{Client, unexpected};
use crate::show;
use crate::stop::{Complaint, Exit};
use crate::world::World;

pub(super) fn images(format: Format, world: &mut World<'_>) -> Outcome {
    let report = ask(&mut Client::connect(world)?)?;
    if format.json {
        world.json_lines(&report.images)?;
        world.json_lines(&report.unlisted)?;
    } else {
        world.say(&show::images(&report, &world.view))?;
    }
    Ok(Exit::Yes)
}

/// All pages as one.
fn ask(client: &mut Client) -> Result<ImagesReport, Complaint> {
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

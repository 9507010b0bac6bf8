//! `enroll`: the organization's file into its place, the service told, the engines routed through the gateway.

mod place;

use wire::{Request, Response};

use super::{Outcome, engines};
use crate::cli::arguments::{Enroll, Format};
use crate::cli::client::{Client, unexpected};
use crate::cli::stop::{Complaint, Exit};
use crate::cli::world::World;
use place::{New, Standing};

pub(super) fn run(enroll: &Enroll, world: &mut World<'_>) -> Outcome {
    if !world.root {
        let command = format!("sudo pullgate enroll {}", enroll.file.display());
        return Err(Complaint::failed("only root can enroll this machine").hint(format!("Run `{command}`")));
    }
    let new = New::read(&enroll.file)?;
    let path = world.dirs.enrollment();
    let standing = Standing::read(&path)?;
    if let Some(difference) = standing.difference(&new)
        && !enroll.replace
    {
        world.say(&format!("`{}` would change:\n{difference}", path.display()))?;
        return Err(other_enrollment(enroll));
    }
    let name = &new.enrollment.organization.display;
    if enroll.dry_run {
        world.say(&format!("`{}` is a good enrollment with {name}\n", enroll.file.display()))?;
        world.say(&format!("{} `{}`\n", standing.would(&new), path.display()))?;
        world
            .say("Then every engine would be routed; `sudo pullgate engines apply --dry-run` shows how\n")?;
        return Ok(Exit::Yes);
    }
    new.write(&path)?;
    world.say(&format!("This machine is enrolled with {name}\n"))?;
    tell(world).map_err(|complaint| after_write(complaint, &path.display().to_string()))
}

/// The service reads the enrollment, and the engines follow.
fn tell(world: &mut World<'_>) -> Outcome {
    let mut client = Client::connect(world)?;
    let Response::Done { .. } = client.ask(&Request::Reload)? else { return Err(unexpected()) };
    let apply = Request::EnginesApply { engine: None, dry_run: false, may_stop_containers: false };
    let answer = client.ask(&apply).map_err(not_routed)?;
    let Response::Changes { changes } = answer else { return Err(unexpected()) };
    let exit = engines::changes(&changes, Format::default(), world)?;
    if exit == Exit::Failed {
        return Err(Complaint::failed("not every engine is routed through the gateway")
            .hint("Settle what stands above, then run `sudo pullgate engines apply`"));
    }
    Ok(exit)
}

fn not_routed(complaint: Complaint) -> Complaint {
    let error = format!("the enrollment holds, and no engine is routed yet: {}", complaint.error);
    let then = "Then run `sudo pullgate engines apply`";
    let hint = complaint.hint.map_or_else(|| then.to_owned(), |hint| format!("{hint}. {then}"));
    Complaint { exit: complaint.exit, error, hint: Some(hint) }
}

fn after_write(complaint: Complaint, path: &str) -> Complaint {
    if complaint.exit != Exit::NoService {
        return complaint;
    }
    let error = format!("{}; `{path}` is in place and holds once it runs", complaint.error);
    Complaint { error, ..complaint }
}

fn other_enrollment(enroll: &Enroll) -> Complaint {
    Complaint::failed("this machine has another enrollment").hint(format!(
        "To put this one in its place, run `sudo pullgate enroll {} --replace`",
        enroll.file.display()
    ))
}

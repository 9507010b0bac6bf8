//! `enroll`: the organization's file into its place, the service told, the engines routed through the gateway.

mod offer;
mod place;
mod web;

use wire::{Request, Response};

pub(crate) use self::web::fetch;
use super::{Outcome, engines};
use crate::arguments::{Enroll, Format};
use crate::client::{Client, unexpected};
use crate::show;
use crate::stop::{Complaint, Exit};
use crate::world::World;
use offer::Offer;
use place::Standing;

pub(super) fn run(enroll: &Enroll, world: &mut World<'_>) -> Outcome {
    if !world.root {
        let command = format!("sudo pullgate enroll {}", enroll.from.display());
        return Err(Complaint::failed("only root can enroll this machine").hint(format!("Run `{command}`")));
    }
    let new = Offer::read(&enroll.from, world.fetch)?;
    new.refuse_other(enroll.sha256.as_deref())?;
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
        world.say(&format!("`{}` is a good enrollment with {name}\n", enroll.from.display()))?;
        world.say(&show::enrollment(&new.enrollment, &new.sha256()))?;
        world.say(&format!("{} `{}`\n", standing.would(&new), path.display()))?;
        world
            .say("Then every engine would be routed; `sudo pullgate engines apply --dry-run` shows how\n")?;
        return Ok(Exit::Yes);
    }
    if !(enroll.yes || enroll.sha256.is_some() || confirmed(&new, enroll, world)?) {
        return Ok(Exit::Failed);
    }
    new.write(&path)?;
    refuse_unusable(&path)?;
    world.say(&format!("This machine is enrolled with {name}\n"))?;
    tell(world).map_err(|complaint| after_write(complaint, &path.display().to_string()))
}

/// Whoever sits here agrees. Where nobody does, a file that root has on this machine is agreement enough, but
/// an address is not: what stands there can change between looking and enrolling.
fn confirmed(new: &Offer, enroll: &Enroll, world: &mut World<'_>) -> Result<bool, Complaint> {
    let shown = show::enrollment(&new.enrollment, &new.sha256());
    let question = format!(
        "{shown}Every engine is routed through the gateway and may restart.\n\
                            Enroll this machine? Type `yes`: "
    );
    match world.ask(&question)? {
        Some(answer) if answer == "yes" => Ok(true),
        Some(_) => {
            world.say("Nothing was changed\n")?;
            Ok(false)
        }
        None if !new.is_of_the_web() => Ok(true),
        None => Err(Complaint::failed("nobody is here to confirm what stands at that address")
            .hint(format!(
                "Run `sudo pullgate enroll {} --sha256 HEX` with the SHA-256 that your organization gives",
                enroll.from.display()
            ))
            .exit(Exit::Usage)),
    }
}

/// Together with what device management says, the file may be no good though it was alone.
fn refuse_unusable(path: &std::path::Path) -> Result<(), Complaint> {
    let beside = enrollment::others(path).unwrap_or_default();
    match enrollment::read(path) {
        Err(error) if !beside.is_empty() => Err(Complaint::failed(format!(
            "`{}` is in place, but not usable with what else is there: {error}",
            path.display()
        ))
        .hint(format!("Correct one of them; beside it there is `{}`", beside.join("`, `")))),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// The service reads the enrollment, and the engines follow.
fn tell(world: &mut World<'_>) -> Outcome {
    let mut client = Client::connect(world)?;
    let Response::Done { .. } = client.ask(&Request::Reload)? else { return Err(unexpected()) };
    let apply =
        Request::EnginesApply { engine: None, dry_run: false, may_stop_containers: false, progress: true };
    let answer = engines::asked(&mut client, &apply, world).map_err(not_routed)?;
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
        enroll.from.display()
    ))
}

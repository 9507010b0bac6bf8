//! `enroll`: the organization's file into its place, the service told, the engines routed through the gateway.

mod offer;
mod place;
mod web;

use wire::{Request, Response};

pub(crate) use self::web::fetch;
use super::{Outcome, engines};
use crate::arguments::{Enroll, Format};
use crate::client::{Client, unexpected};
use crate::context::Context;
use crate::exit::{CliError, Exit};
use crate::show;
use offer::NewEnrollment;
use place::CurrentEnrollment;

pub(super) fn run(enroll: &Enroll, context: &mut Context<'_>) -> Outcome {
    if !context.root {
        let command = format!("sudo pullgate enroll {}", enroll.from.display());
        return Err(CliError::failed("only root can enroll this machine").hint(format!("Run `{command}`")));
    }
    let new = NewEnrollment::read(&enroll.from, context.fetch)?;
    new.refuse_other(enroll.sha256.as_deref())?;
    let path = context.dirs.enrollment();
    let standing = CurrentEnrollment::read(&path)?;
    if let Some(difference) = standing.difference(&new)
        && !enroll.replace
    {
        context.say(&format!("`{}` would change:\n{difference}", path.display()))?;
        return Err(other_enrollment(enroll));
    }
    let name = &new.enrollment.organization.display;
    if enroll.dry_run {
        context.say(&format!("`{}` is a good enrollment with {name}\n", enroll.from.display()))?;
        context.say(&show::enrollment(&new.enrollment, &new.sha256()))?;
        context.say(&format!("{} `{}`\n", standing.would(&new), path.display()))?;
        context
            .say("Then every engine would pull through Pullgate; `sudo pullgate engines apply --dry-run` shows how\n")?;
        return Ok(Exit::Yes);
    }
    if !(enroll.yes || enroll.sha256.is_some() || confirmed(&new, enroll, context)?) {
        return Ok(Exit::Failed);
    }
    new.write(&path)?;
    refuse_unusable(&path)?;
    context.say(&format!("This machine is enrolled with {name}\n"))?;
    tell(context).map_err(|complaint| after_write(complaint, &path.display().to_string()))
}

/// Whoever sits here agrees. Where nobody does, a file that root has on this machine is agreement enough, but
/// an address is not: what stands there can change between looking and enrolling.
fn confirmed(new: &NewEnrollment, enroll: &Enroll, context: &mut Context<'_>) -> Result<bool, CliError> {
    let shown = show::enrollment(&new.enrollment, &new.sha256());
    let question = format!(
        "{shown}The engines of this machine will pull through Pullgate. Each may restart once; containers keep running.\n\
                            Enroll this machine? Type `yes`: "
    );
    match context.ask(&question)? {
        Some(answer) if answer == "yes" => Ok(true),
        Some(_) => {
            context.say("Nothing was changed\n")?;
            Ok(false)
        }
        None if !new.is_of_the_web() => Ok(true),
        None => Err(CliError::failed("nobody is here to confirm what stands at that address")
            .hint(format!(
                "Run `sudo pullgate enroll {} --sha256 HEX` with the SHA-256 that your organization gives",
                enroll.from.display()
            ))
            .exit(Exit::Usage)),
    }
}

/// Together with what device management says, the file may be no good though it was alone.
fn refuse_unusable(path: &std::path::Path) -> Result<(), CliError> {
    let beside = enrollment::others(path).unwrap_or_default();
    match enrollment::read(path) {
        Err(error) if !beside.is_empty() => Err(CliError::failed(format!(
            "`{}` is in place, but not usable with what else is there: {error}",
            path.display()
        ))
        .hint(format!("Correct one of them; beside it there is `{}`", beside.join("`, `")))),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// The service reads the enrollment, and the engines follow.
fn tell(context: &mut Context<'_>) -> Outcome {
    let mut client = Client::connect(context)?;
    let Response::Done { .. } = client.ask(&Request::Reload)? else { return Err(unexpected()) };
    let apply =
        Request::EnginesApply { engine: None, dry_run: false, may_stop_containers: false, progress: true };
    let answer = engines::asked(&mut client, &apply, context).map_err(not_routed)?;
    let Response::Changes { changes } = answer else { return Err(unexpected()) };
    let exit = engines::changes(&changes, Format::default(), context)?;
    if exit == Exit::Failed {
        return Err(CliError::failed("not every engine pulls through Pullgate")
            .hint("Settle what stands above, then run `sudo pullgate engines apply`"));
    }
    Ok(exit)
}

fn not_routed(complaint: CliError) -> CliError {
    let error =
        format!("the enrollment holds, and no engine pulls through Pullgate yet: {}", complaint.error);
    let then = "Then run `sudo pullgate engines apply`";
    let hint = complaint.hint.map_or_else(|| then.to_owned(), |hint| format!("{hint}. {then}"));
    CliError { exit: complaint.exit, error, hint: Some(hint) }
}

fn after_write(complaint: CliError, path: &str) -> CliError {
    if complaint.exit != Exit::NoService {
        return complaint;
    }
    let error = format!("{}; `{path}` is in place and holds once it runs", complaint.error);
    CliError { error, ..complaint }
}

fn other_enrollment(enroll: &Enroll) -> CliError {
    CliError::failed("this machine has another enrollment").hint(format!(
        "To put this one in its place, run `sudo pullgate enroll {} --replace`",
        enroll.from.display()
    ))
}

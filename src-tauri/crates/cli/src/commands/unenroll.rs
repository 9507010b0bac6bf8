//! `unenroll`: first every engine gets its own configuration back, then the session ends and the enrollment goes, then
//! the service is told.

use host::files;
use wire::{Request, Response};

use super::{Outcome, engines, pause};
use crate::arguments::Format;
use crate::client::{Client, unexpected};
use crate::context::Context;
use crate::exit::{CliError, Exit};

pub(super) fn run(yes: bool, context: &mut Context<'_>) -> Outcome {
    if !context.root {
        let hint = "Run `sudo pullgate unenroll`";
        return Err(CliError::failed("only root can end this machine's enrollment").hint(hint));
    }
    let mut client = Client::connect(context)?;
    if !yes && !confirmed(context)? {
        return Ok(Exit::Failed);
    }
    let restore = Request::EnginesRestore { engine: None, dry_run: false, may_stop_containers: false };
    let Response::Changes { changes } = client.ask(&restore)? else { return Err(unexpected()) };
    if engines::changes(&changes, Format::default(), context)? == Exit::Failed {
        return Err(CliError::failed(
            "not every engine has its own configuration back, so the enrollment stays",
        )
        .hint(
            "Settle what stands above, for example with `sudo pullgate engines restore ENGINE \
                   --may-stop-containers`, then run `sudo pullgate unenroll` again",
        ));
    }
    let path = context.dirs.enrollment();
    let others = enrollment::others(&path).unwrap_or_default();
    if others.is_empty() {
        // A session is with the organization that goes.
        let Response::SignedOut { .. } = client.ask(&Request::SignOut)? else { return Err(unexpected()) };
    }
    let removed = files::remove(&path).map_err(CliError::failed)?;
    let what = if removed { "The enrollment is removed" } else { "There was no enrollment to remove" };
    context.say(&format!("{what}: `{}`\n", path.display()))?;
    match still_enrolled(&others) {
        Some(sentence) => context.say(&sentence)?,
        None if removed => context.say(ENDED)?,
        None => {}
    }
    pause::done(&mut client, &Request::Reload, context)
}

/// What goes with an enrollment, and what does not.
const ENDED: &str =
    "The policy it believed and its session are forgotten; the record of what was pulled and blocked stays\n";

/// What device management keeps is not this command's to remove.
fn still_enrolled(others: &[String]) -> Option<String> {
    if others.is_empty() {
        return None;
    }
    let listed: String = others.iter().map(|origin| format!("  `{origin}`\n")).collect();
    Some(format!("This machine stays enrolled by\n{listed}Remove that where it is managed\n"))
}

fn confirmed(context: &mut Context<'_>) -> Result<bool, CliError> {
    let question = "Every engine gets its own configuration back and may restart, and pulls are no longer checked.\n\
                    End the enrollment? Type `yes`: ";
    match context.ask(question)? {
        Some(answer) if answer == "yes" => Ok(true),
        Some(_) => {
            context.say("Nothing was changed\n")?;
            Ok(false)
        }
        None => Err(CliError::failed("nobody is here to confirm it")
            .hint("Run `sudo pullgate unenroll --yes`")
            .exit(Exit::Usage)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_device_management_keeps_is_named_and_stays() {
        assert_eq!(still_enrolled(&[]), None);
        let said = still_enrolled(&["/etc/pullgate/enrollment.d/10-acme.toml".into()]);
        let expected = "This machine stays enrolled by\n  `/etc/pullgate/enrollment.d/10-acme.toml`\n\
                        Remove that where it is managed\n";
        assert_eq!(said.as_deref(), Some(expected));
    }
}

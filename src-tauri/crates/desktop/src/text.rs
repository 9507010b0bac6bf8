//! The tray's own words, in one place. What is said about a verdict stands in `policy_text::render`.

mod menu;
mod pages;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use policy::{Class, Finding};
use policy_text::render;
use wire::{EngineReport, Routed, SignInState, StatusReport};

use crate::effect::Disconnect;

pub(crate) use menu::*;
pub(crate) use pages::*;

/// The product's name.
pub(crate) const PULLGATE: &str = "Pullgate";
/// Before the first word of the service.
pub(crate) const CONNECTING: &str = "Asking the service how things stand";
/// Signs in.
pub(crate) const SIGN_IN: &str = "Sign in…";
/// Instead of verdicts.
pub(crate) const NOTHING_BLOCKED: &str = "Nothing has been blocked";
/// Opens the window.
pub(crate) const OPEN: &str = "Open Pullgate";
/// Asks the engines again.
pub(crate) const CHECK_AGAIN: &str = "Check the engines again";
/// Checks the installation.
pub(crate) const CHECKS: &str = "Check this installation";
/// Button that shows a verdict.
pub(crate) const WHY: &str = "Why?";
/// Button that opens the organization's form.
pub(crate) const REQUEST_ACCESS: &str = "Request access";
/// Button that ends notifications about one repository.
pub(crate) const MUTE: &str = "Mute";
/// Button that shows all that was blocked.
pub(crate) const SHOW: &str = "Show";

/// A desktop without a place for icons.
pub(crate) const NO_ICON: &str = "Pullgate has no icon on this desktop";
/// How to get on without one.
pub(crate) const NO_ICON_BUT: &str = "This desktop shows no icons of programs. You are told of every blocked image all the same, and Pullgate is in the list of applications.";

/// Words written for a terminal, without the marks that set literals apart there.
pub(crate) fn plain(text: &str) -> String {
    text.replace('`', "")
}

/// Why somebody has to sign in, and what that means; the button beside it is what to do, so no command is said.
pub(crate) fn sign_in_needed(sentence: &str) -> String {
    let said = sentence.split_inclusive(". ").filter(|part| !part.contains("`pullgate"));
    let said: String = said.chain(["Images are blocked until you sign in."]).collect();
    plain(&said)
}

/// There is nothing to show an answer in.
pub(crate) const NO_TERMINAL: &str = "No terminal was found to show this in";

/// What to type instead.
pub(crate) fn run_yourself(arguments: &[String]) -> String {
    format!("Run it yourself: pullgate {}", arguments.join(" "))
}

/// Why the service cannot be heard, and what to do, on one line.
pub(crate) fn disconnect(disconnect: &Disconnect) -> String {
    let (sentence, hint) = disconnect_in_parts(disconnect);
    let hint = hint.map(|hint| format!(". {hint}")).unwrap_or_default();
    plain(&format!("{sentence}{hint}"))
}

/// Why the service cannot be heard, and what to do.
pub(crate) fn disconnect_in_parts(disconnect: &Disconnect) -> (String, Option<String>) {
    match disconnect {
        Disconnect::NotRunning => (
            "The Pullgate service is not running, so pulls wait or fail".to_owned(),
            Some("Start it: `sudo systemctl start pullgate`".to_owned()),
        ),
        Disconnect::Disagreement { sentence } => (sentence.clone(), None),
        Disconnect::Broken { sentence } => (
            format!("The Pullgate service does not answer: {sentence}"),
            Some("See why: `sudo journalctl -u pullgate`".to_owned()),
        ),
    }
}

/// Organization and account on one line.
pub(crate) fn who(status: &StatusReport) -> String {
    let organization = status.organization.as_ref().map_or(PULLGATE, |organization| &organization.display);
    match &status.sign_in {
        SignInState::SignedIn { account, .. } | SignInState::OfflineGrace { account, .. } => {
            format!("{organization} · {account}")
        }
        SignInState::Needed { .. } => format!("{organization} · not signed in"),
        SignInState::NotRequired | SignInState::Other => organization.to_owned(),
    }
}

/// What decided about an image, for narrow places.
pub(crate) fn cause(finding: &Finding) -> String {
    let cause = render::cause(finding);
    if cause == Class::Community.label() { "community".to_owned() } else { cause.into_owned() }
}

/// How long ago something was, as people say it.
pub(crate) fn ago(then: Timestamp, now: Timestamp) -> String {
    let seconds = now.duration_since(then).as_secs().max(0);
    match seconds {
        0..60 => "just now".to_owned(),
        60..3600 => format!("{} min ago", seconds / 60),
        3600..86_400 => format!("{} h ago", seconds / 3600),
        86_400..172_800 => "yesterday".to_owned(),
        _ => format!("{} days ago", seconds / 86_400),
    }
}

/// What the engines answered.
pub(crate) fn checked(engines: &[EngineReport]) -> (String, String) {
    let running = || engines.iter().filter(|engine| !engine.stopped);
    let routed = running().filter(|engine| engine.routed == Routed::Yes).count();
    let title = match running().count() {
        0 if !engines.is_empty() => "No engine runs on this machine".to_owned(),
        0 => "No engine was found on this machine".to_owned(),
        1 if routed == 1 => format!("{} is routed", running().next().map_or("The engine", |one| &one.name)),
        count => format!("{routed} of {count} engines are routed"),
    };
    let wrong = running().filter(|engine| engine.routed != Routed::Yes || engine.unproved.is_some());
    let why = |engine: &EngineReport| {
        let why = engine.why.clone().unwrap_or_else(|| "not routed".to_owned());
        format!("{}: {why}", engine.name)
    };
    (title, wrong.map(why).collect::<Vec<_>>().join("\n"))
}

/// The title of the notification that stands for many.
pub(crate) fn several(count: usize) -> String {
    format!("Blocked: {count} images")
}

/// Its text.
pub(crate) fn several_are(images: &[String]) -> String {
    let named: Vec<&str> = images.iter().map(String::as_str).take(3).collect();
    let more = images.len().saturating_sub(named.len());
    let list = named.join(", ");
    if more == 0 { list } else { format!("{list} and {more} more") }
}

/// The title of what is told when an image that was requested is allowed.
pub(crate) fn allowed_now(image: &str) -> String {
    const ROOM: usize = 27;
    let last = image.rsplit_once('/').map_or(image, |(_, last)| last);
    format!("Allowed now: {}", clipped(if image.chars().count() > ROOM { last } else { image }, ROOM))
}

/// When that was requested.
pub(crate) fn asked_at(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let (there, here) = (at.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
    let form = if there.date() == here.date() { "at %H:%M" } else { "on %b %-d, %H:%M" };
    format!("You asked for it {}.", there.strftime(form))
}

/// How often, after the text of a repeated denial.
pub(crate) fn times(body: &str, count: u32) -> String {
    if count > 1 { format!("{body} Blocked {count} times.") } else { body.to_owned() }
}

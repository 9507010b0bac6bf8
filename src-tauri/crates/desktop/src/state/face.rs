//! Icon, tooltip and menu as a function of what is known.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use wire::{Severity, SignInState, StatusReport};

use super::blocked::Blocked;
use crate::effect::Loss;
use crate::gate::Gate;
use crate::menu::{Command, Face, Row};
use crate::page::{Place, Tab};
use crate::words;

/// As many conditions as the menu shows; the rest is in `pullgate status`.
const CONDITIONS: usize = 3;

pub(super) fn face(
    status: Option<&StatusReport>,
    loss: Option<&Loss>,
    blocked: &Blocked,
    (now, zone): (Timestamp, &TimeZone),
) -> Face {
    let line = match (loss, status) {
        (Some(loss), _) => words::loss(loss),
        (None, Some(status)) => words::headline(status, now, zone),
        (None, None) => words::CONNECTING.to_owned(),
    };
    let title = status.map_or_else(|| words::PULLGATE.to_owned(), words::who);
    let conditions = conditions(status);
    let tooltip =
        [line.clone()].into_iter().chain(conditions.first().cloned()).collect::<Vec<_>>().join("\n");
    let mut rows = vec![Row::Text(title.clone()), Row::Text(line)];
    rows.extend(conditions.into_iter().map(|sentence| Row::Text(format!("⚠ {sentence}"))));
    rows.extend(session(status));
    rows.push(Row::Separator);
    rows.extend(denials(blocked, now));
    rows.push(Row::Separator);
    rows.push(choice(words::OPEN, Command::Open(Place::of(Tab::Status))));
    if status.is_some() {
        rows.push(choice(words::CHECK_AGAIN, Command::CheckAgain));
    }
    rows.push(choice(words::DIAGNOSTICS, Command::Diagnostics));
    rows.push(Row::Separator);
    rows.push(choice(words::QUIT, Command::Quit));
    Face { gate: Gate::of(status, loss), title, tooltip, rows }
}

fn conditions(status: Option<&StatusReport>) -> Vec<String> {
    let all = status.map(|status| status.conditions.as_slice()).unwrap_or_default();
    let wanted = all.iter().filter(|condition| condition.severity >= Severity::Attention);
    wanted.take(CONDITIONS).map(|condition| words::plain(&condition.sentence)).collect()
}

fn session(status: Option<&StatusReport>) -> Vec<Row> {
    let Some(status) = status else { return Vec::new() };
    let row = match status.sign_in {
        SignInState::Needed { .. } | SignInState::OfflineGrace { .. } => {
            choice(words::SIGN_IN, Command::SignIn)
        }
        SignInState::SignedIn { .. } => choice(words::SIGN_OUT, Command::SignOut),
        SignInState::NotRequired | SignInState::Other => return Vec::new(),
    };
    vec![Row::Separator, row]
}

fn denials(blocked: &Blocked, now: Timestamp) -> Vec<Row> {
    let row = |entry: &policy::Entry| Row::Choice {
        label: words::row(entry, now),
        command: Command::Open(Place::verdict(entry.verdict.id.as_str())),
    };
    let rows: Vec<Row> = blocked.rows().map(row).collect();
    if rows.is_empty() { vec![Row::Text(words::NOTHING_BLOCKED.to_owned())] } else { rows }
}

fn choice(label: &str, command: Command) -> Row {
    Row::Choice { label: label.to_owned(), command }
}

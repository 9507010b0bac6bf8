//! Icon, tooltip and menu as a function of what is known.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use wire::{Severity, SignInState, StatusReport};

use super::blocked::Blocked;
use crate::effect::Disconnect;
use crate::gate::Gate;
use crate::menu::{Command, Row, TrayView};
use crate::page::{Place, Tab};
use crate::text;

/// As many conditions as the menu shows; the rest is in `pullgate status`.
const CONDITIONS: usize = 3;

pub(super) fn view(
    status: Option<&StatusReport>,
    disconnect: Option<&Disconnect>,
    blocked: &Blocked,
    (now, zone): (Timestamp, &TimeZone),
) -> TrayView {
    let line = match (disconnect, status) {
        (Some(disconnect), _) => text::disconnect(disconnect),
        (None, Some(status)) => text::headline(status, now, zone),
        (None, None) => text::CONNECTING.to_owned(),
    };
    let title = status.map_or_else(|| text::PULLGATE.to_owned(), text::who);
    let conditions = conditions(status);
    let tooltip =
        [line.clone()].into_iter().chain(conditions.first().cloned()).collect::<Vec<_>>().join("\n");
    let mut rows = vec![Row::Text(title.clone()), Row::Text(line)];
    rows.extend(conditions.into_iter().map(|sentence| Row::Text(format!("⚠ {sentence}"))));
    rows.extend(session(status));
    rows.push(Row::Separator);
    rows.extend(denials(blocked, now));
    rows.push(Row::Separator);
    rows.push(choice(text::OPEN, Command::Open(Place::of(Tab::Status))));
    if status.is_some() {
        rows.push(choice(text::CHECK_AGAIN, Command::CheckAgain));
    }
    rows.push(choice(text::DIAGNOSTICS, Command::Diagnostics));
    rows.push(Row::Separator);
    rows.push(choice(text::QUIT, Command::Quit));
    TrayView { gate: Gate::of(status, disconnect), title, tooltip, rows }
}

fn conditions(status: Option<&StatusReport>) -> Vec<String> {
    let all = status.map(|status| status.conditions.as_slice()).unwrap_or_default();
    let wanted = all.iter().filter(|condition| condition.severity >= Severity::Attention);
    wanted.take(CONDITIONS).map(|condition| text::plain(&condition.sentence)).collect()
}

fn session(status: Option<&StatusReport>) -> Vec<Row> {
    let Some(status) = status else { return Vec::new() };
    let row = match status.sign_in {
        SignInState::Needed { .. } | SignInState::OfflineGrace { .. } => {
            choice(text::SIGN_IN, Command::SignIn)
        }
        SignInState::SignedIn { .. } => choice(text::SIGN_OUT, Command::SignOut),
        SignInState::NotRequired | SignInState::Other => return Vec::new(),
    };
    vec![Row::Separator, row]
}

fn denials(blocked: &Blocked, now: Timestamp) -> Vec<Row> {
    let row = |entry: &policy::Entry| Row::Choice {
        label: text::row(entry, now),
        command: Command::Open(Place::verdict(entry.verdict.id.as_str())),
    };
    let rows: Vec<Row> = blocked.rows().map(row).collect();
    if rows.is_empty() { vec![Row::Text(text::NOTHING_BLOCKED.to_owned())] } else { rows }
}

fn choice(label: &str, command: Command) -> Row {
    Row::Choice { label: label.to_owned(), command }
}

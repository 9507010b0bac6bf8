//! Icon, tooltip and menu as a function of what is known.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use wire::{Condition, Severity, SignInState, StatusReport};

use super::blocked::Blocked;
use super::mutes::Mutes;
use crate::effect::Disconnect;
use crate::gate::{self, Gate};
use crate::menu::{Command, Row, TrayView};
use crate::page::{Place, Tab};
use crate::text;

/// As many conditions as the menu shows; the rest is in `pullgate status`.
const CONDITIONS: usize = 3;
/// As many muted repositories as the menu shows, the latest; another appears when one of them is unmuted.
const MUTED: usize = 20;

pub(super) fn view(
    status: Option<&StatusReport>,
    disconnect: Option<&Disconnect>,
    (blocked, mutes): (&Blocked, &Mutes),
    (now, zone): (Timestamp, &TimeZone),
) -> TrayView {
    let standing = gate::standing(status, disconnect);
    let line = match (disconnect, status) {
        (Some(disconnect), _) => text::disconnect(disconnect),
        (None, Some(status)) => text::headline(status, now, zone),
        (None, None) => text::CONNECTING.to_owned(),
    };
    let title = status.map_or_else(|| text::PULLGATE.to_owned(), text::who);
    let conditions: Vec<&Condition> = conditions(status).take(CONDITIONS).collect();
    let first = conditions.first().map(|condition| text::plain(&condition.sentence));
    let tooltip = [line.clone()].into_iter().chain(first).collect::<Vec<_>>().join("\n");
    let mut rows = vec![Row::Text(text::in_row(&title)), to_status(text::in_row(&line))];
    rows.extend(conditions.into_iter().map(|condition| to_status(text::condition(condition))));
    rows.extend(sign_in(status));
    rows.push(Row::Separator);
    rows.extend(denials(blocked, now));
    rows.push(Row::Separator);
    rows.push(choice(text::OPEN, Command::Open(Place::of(Tab::Status))));
    if status.is_some() {
        rows.push(choice(text::CHECK_AGAIN, Command::CheckAgain));
    }
    rows.push(choice(text::CHECKS, Command::Open(Place::of(Tab::Checks))));
    rows.push(muted(mutes, now, zone));
    rows.push(Row::Separator);
    rows.extend(sign_out(status));
    rows.push(choice(text::quit(standing), Command::Quit));
    TrayView { gate: Gate::of(standing), title, tooltip, rows }
}

/// What somebody has to look at, the worst first.
fn conditions(status: Option<&StatusReport>) -> impl Iterator<Item = &Condition> {
    let all = status.map(|status| status.conditions.as_slice()).unwrap_or_default();
    all.iter().filter(|condition| condition.severity >= Severity::Attention)
}

/// Of what nothing is told, and how that ends.
fn muted(mutes: &Mutes, now: Timestamp, zone: &TimeZone) -> Row {
    let until = mutes.all_until(now).map(|until| text::clock(until, now, zone));
    let all = match until {
        Some(_) => choice(text::UNMUTE_ALL, Command::UnmuteAll),
        None => choice(text::MUTE_ALL, Command::MuteAll),
    };
    let repositories = mutes.repositories();
    let label = text::notifications(repositories.len(), until.as_deref());
    let unmute = |repository: &String| Row::Choice {
        label: text::unmute(repository),
        command: Command::Unmute(repository.clone()),
    };
    let single: Vec<Row> = repositories.take(MUTED).map(unmute).collect();
    let line = (!single.is_empty()).then_some(Row::Separator);
    Row::Group { label, rows: [all].into_iter().chain(line).chain(single).collect() }
}

/// A row that says how things stand, and shows all of it when it is chosen.
fn to_status(label: String) -> Row {
    Row::Choice { label, command: Command::Open(Place::of(Tab::Status)) }
}

/// What has to be done first stands at the top.
fn sign_in(status: Option<&StatusReport>) -> Vec<Row> {
    let wanted = status.is_some_and(|status| {
        matches!(status.sign_in, SignInState::Needed { .. } | SignInState::OfflineGrace { .. })
    });
    if wanted { vec![Row::Separator, choice(text::SIGN_IN, Command::SignIn)] } else { Vec::new() }
}

/// Every image stops then, so it takes a second look.
fn sign_out(status: Option<&StatusReport>) -> Option<Row> {
    matches!(status?.sign_in, SignInState::SignedIn { .. }).then(|| Row::Group {
        label: text::SIGN_OUT.to_owned(),
        rows: vec![Row::Text(text::SIGN_OUT_MEANS.to_owned()), choice(text::SIGN_OUT_NOW, Command::SignOut)],
    })
}

fn denials(blocked: &Blocked, now: Timestamp) -> Vec<Row> {
    let row = |entry: &policy::Entry| Row::Choice {
        label: text::blocked(entry, now),
        command: Command::Open(Place::verdict(entry.verdict.id.as_str())),
    };
    let rows: Vec<Row> = blocked.rows().map(row).collect();
    if rows.is_empty() { vec![Row::Text(text::NOTHING_BLOCKED.to_owned())] } else { rows }
}

fn choice(label: &str, command: Command) -> Row {
    Row::Choice { label: label.to_owned(), command }
}

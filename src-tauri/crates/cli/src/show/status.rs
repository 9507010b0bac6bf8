//! The status: one headline, then only what needs somebody's eyes.

use jiff::SignedDuration;
use wire::{Condition, PolicyState, Remark, SignInState, Standing, StatusReport, WayOut};

use super::{View, text::one_line, words};

const NEWS: SignedDuration = SignedDuration::from_hours(24);

/// How things stand.
pub(crate) fn status(report: &StatusReport, view: &View) -> String {
    let mut text = format!("{}\n", one_line(&report.headline_by(|time| view.clock(time))));
    if let SignInState::SignedIn { account, .. } | SignInState::OfflineGrace { account, .. } = &report.sign_in
    {
        text += &format!("Signed in as {}\n", one_line(account));
    }
    text += &ways_out(&report.ways_out);
    text += &news(report, view);
    if let Some(pause) = &report.pause {
        text += &format!("  {} paused it: {}\n", one_line(&pause.by), one_line(&pause.reason));
    }
    if report.standing() == Standing::NotEnrolled {
        text += "  Enroll it: `sudo pullgate enroll FILE`, with the file of your organization\n";
    }
    if !report.conditions.is_empty() {
        text += &format!("\n{}", conditions(&report.conditions, view));
    }
    match report.remark() {
        Remark::Quiet => text += "Nothing needs your attention\n",
        Remark::Say(sentence) => text += &format!("{}\n", one_line(&sentence)),
        Remark::Nothing => {}
    }
    text += &report.origin().map(|sentence| format!("{sentence}\n")).unwrap_or_default();
    text
}

/// What another edition of the policy changed for people; after a day everybody knows.
fn news(report: &StatusReport, view: &View) -> String {
    let PolicyState::Current { change: Some(change), .. } = &report.policy else { return String::new() };
    if view.now.duration_since(change.at) > NEWS {
        return String::new();
    }
    format!("New in the policy {}: {}\n", view.ago(change.at), one_line(&change.sentence))
}

/// Whose proxy is used: one line where it is everybody's.
fn ways_out(ways: &[WayOut]) -> String {
    let by = |way: &WayOut| match (&way.proxy, &way.place) {
        (Some(proxy), Some(place)) => format!("by the proxy {}, from {}", one_line(proxy), one_line(place)),
        (Some(proxy), None) => format!("by the proxy {}", one_line(proxy)),
        (None, _) => "directly".to_owned(),
    };
    let Some(first) = ways.first() else { return String::new() };
    if ways.iter().all(|way| (&way.proxy, &way.place) == (&first.proxy, &first.place)) {
        return format!("Goes out {}\n", by(first));
    }
    ways.iter().map(|way| format!("{} goes out {}\n", one_line(&way.who), by(way))).collect()
}

/// Each condition with its age and the one thing to do about it.
pub(super) fn conditions(conditions: &[Condition], view: &View) -> String {
    let width =
        conditions.iter().map(|condition| words::severity(condition.severity).len()).max().unwrap_or(0);
    let line = |condition: &Condition| {
        let severity = words::severity(condition.severity);
        let sentence = one_line(&condition.sentence);
        let what = format!("{severity:width$}  {sentence} ({})\n", view.ago(condition.since));
        let action = condition.action.iter().map(|action| format!("{:width$}  {}\n", "", one_line(action)));
        what + &action.collect::<String>()
    };
    conditions.iter().map(line).collect()
}

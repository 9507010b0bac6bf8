//! Words of the tray's menu, where a row has room for little.

use jiff::Timestamp;
use policy::{Entry, Outcome};
use wire::{Condition, Standing};

use super::{ago, cause, plain};

/// The most characters of a row: wider ones make a menu as wide as the screen.
pub(crate) const ROW: usize = 60;

/// Ends the session, once it was asked.
pub(crate) const SIGN_OUT: &str = "Sign out";
/// What that means.
pub(crate) const SIGN_OUT_MEANS: &str = "New images are blocked until you sign in again";
/// Does it.
pub(crate) const SIGN_OUT_NOW: &str = "Sign out now";

/// Tells of no blocked image for a while.
pub(crate) const MUTE_ALL: &str = "Mute all for 1 hour";
/// Ends that.
pub(crate) const UNMUTE_ALL: &str = "Unmute all";

/// What is told and what is not.
pub(crate) fn notifications(muted: usize, until: Option<&str>) -> String {
    match (until, muted) {
        (Some(until), _) => format!("Notifications (muted until {until})"),
        (None, 0) => "Notifications".to_owned(),
        (None, muted) => format!("Notifications ({muted} muted)"),
    }
}

/// Tells of this repository again.
pub(crate) fn unmute(repository: &str) -> String {
    const VERB: &str = "Unmute ";
    format!("{VERB}{}", clipped(&plain(repository), ROW - VERB.len()))
}

/// A text in one row: as it is, or its first clause where it is too long, or as much as there is room for.
pub(crate) fn in_row(text: &str) -> String {
    let text = plain(text);
    let clause = || ["; ", ". ", ": ", " ("].into_iter().filter_map(|mark| text.find(mark)).min();
    match text.chars().count() > ROW {
        true => clipped_end(clause().map_or(text.as_str(), |end| &text[..end]), ROW),
        false => text,
    }
}

/// What needs somebody's eyes, in one row.
pub(crate) fn condition(condition: &Condition) -> String {
    const SIGN: &str = "⚠ ";
    let whole = plain(&condition.sentence);
    let is_short = whole.chars().count() + SIGN.chars().count() <= ROW;
    let short = short(condition).filter(|_| !is_short).map_or_else(|| in_row(&whole), str::to_owned);
    clipped_end(&format!("{SIGN}{short}"), ROW)
}

/// A short form of each condition whose sentence can be long; the others are short, or of a later version.
fn short(condition: &Condition) -> Option<&'static str> {
    Some(match condition.code.as_str() {
        "journal-failing" => "Pulls are not recorded",
        "journal-damaged" => "The record of pulls was damaged and began anew",
        "clock-wrong" => "The clock of this machine is wrong",
        "certificates-unavailable" => "Some registries cannot be reached",
        "upstream-unknown" => "Certificates and proxy of this machine are not known",
        "certificate-unreadable" => "A file of certificates cannot be read",
        "stand-in-unusable" | "network-ca-unusable" => "A certificate of the enrollment cannot be used",
        "proxy-login-unreadable" | "proxy-login-refused" => "The proxy does not accept the login",
        "proxy-not-spoken" => "The proxy cannot be used",
        "egress-closed" => "Pulls do not get out of this machine",
        "proxy-user-unknown" => "The enrollment names an unknown account",
        "enrollment-unusable" => "The enrollment cannot be used",
        "policy-refused" => "The new policy is not accepted",
        "policy-stale" => "The policy is out of date",
        "policy-unreachable" => "The policy cannot be fetched",
        "policy-not-kept" => "The policy is not kept for the next start",
        "policy-not-forgotten" => "A policy of before could not be removed",
        "watch-failed" => "Changes of the policy are noticed late",
        "engine-not-routed" => "Not every engine is checked",
        "engine-not-proved" => "Checking could not be tested",
        "engine-drifted" => "Settings of an engine were changed",
        "engine-restart-waits" => "An engine has to restart",
        "engine-restart-without-effect" => "A restart of an engine did not help",
        "engines-unknown" => "The engines could not be asked",
        "sign-in-needed" => "Sign in to use images",
        "sign-in-offline" => "The sign-in could not be renewed",
        "sign-in-shared" => "Others use your Docker Engine, too",
        "sign-in-unfinished" => "The last sign-in did not succeed",
        "session-unreadable" => "The session of before cannot be read",
        "session-not-kept" => "The session is not kept for the next start",
        "pause-unreadable" => "A pause has ended early",
        "service-crashing" => "Pullgate's service ended unexpectedly",
        "steward-crashing" => "Pullgate's helper ended unexpectedly",
        _ => return None,
    })
}

/// One blocked image: image, why in a word, when; the image gives way where there is no room for all.
pub(crate) fn blocked(entry: &Entry, now: Timestamp) -> String {
    let finding = &entry.verdict.finding;
    let (mark, why) = match finding.outcome {
        Outcome::Audited => ("○", "would be blocked".to_owned()),
        Outcome::Blocked | Outcome::Allowed => ("✕", cause(finding)),
    };
    let times = if entry.count > 1 { format!(" · {} times", entry.count) } else { String::new() };
    let rest = format!(" · {why} · {}{times}", ago(entry.last, now));
    let room = ROW.saturating_sub(rest.chars().count() + 2).max(SHORTEST);
    clipped_end(&format!("{mark} {}{rest}", clipped(&finding.image.familiar(), room)), ROW)
}

/// Less of an image says nothing.
const SHORTEST: usize = 12;

/// Ends the tray, and says what that does not end.
pub(crate) fn quit(standing: Standing) -> &'static str {
    match standing {
        Standing::EnrollmentUnusable
        | Standing::PolicyUnusable
        | Standing::SignInNeeded
        | Standing::BlockedUntilPolicy
        | Standing::Impaired
        | Standing::Attention
        | Standing::Enforced => "Quit this icon (pulls are still checked)",
        Standing::Recording => "Quit this icon (pulls are still recorded)",
        Standing::ServiceAway
        | Standing::NotEnrolled
        | Standing::Paused
        | Standing::PassingUntilPolicy
        | Standing::NothingToCheck => "Quit this icon",
    }
}

/// The middle left out where there is no room.
pub(crate) fn clipped(text: &str, most: usize) -> String {
    let count = text.chars().count();
    if count <= most {
        return text.to_owned();
    }
    let half = (most - 1) / 2;
    let head: String = text.chars().take(half).collect();
    let tail: String = text.chars().skip(count - half).collect();
    format!("{head}…{tail}")
}

/// The end left out where there is no room.
fn clipped_end(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let head: String = text.chars().take(most - 1).collect();
    format!("{}…", head.trim_end())
}

#[cfg(test)]
mod tests {
    use wire::Severity;

    use super::*;

    fn condition_of(code: &str, sentence: &str) -> Condition {
        let since = Timestamp::UNIX_EPOCH;
        let (code, sentence) = (code.to_owned(), sentence.to_owned());
        Condition { code, severity: Severity::Critical, sentence, since, action: None }
    }

    #[test]
    fn a_condition_has_a_short_form_or_its_first_clause() {
        let full = "The disk is full, so pulls are not recorded";
        let broken =
            "Pulls cannot be recorded: cannot open `/var/lib/pullgate/journal.sqlite`: Permission denied";
        let long = "A".repeat(80);
        let cases = [
            ("journal-failing", full, format!("⚠ {full}")),
            ("journal-failing", broken, "⚠ Pulls are not recorded".to_owned()),
            ("of-tomorrow", "`a` is so", "⚠ a is so".to_owned()),
            (
                "of-tomorrow",
                "This is the matter here: and what follows is a lot more than fits",
                "⚠ This is the matter here".to_owned(),
            ),
            ("of-tomorrow", long.as_str(), format!("⚠ {}…", "A".repeat(57))),
        ];
        for (code, sentence, row) in cases {
            assert_eq!(condition(&condition_of(code, sentence)), row);
        }
    }

    #[test]
    fn quit_promises_that_pulls_are_checked_only_where_they_are() {
        let [enforced, paused, away, recording] =
            [Standing::Enforced, Standing::Paused, Standing::ServiceAway, Standing::Recording].map(quit);
        assert_eq!(enforced, "Quit this icon (pulls are still checked)");
        assert_eq!((paused, away), ("Quit this icon", "Quit this icon"));
        assert_eq!(recording, "Quit this icon (pulls are still recorded)");
    }
}

//! Words of the window's pages.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use policy::Organization;
use wire::{SignInState, StatusReport};

/// The condition of an enrollment that stands in its place and is no good.
const ENROLLMENT_UNUSABLE: &str = "enrollment-unusable";

/// How a machine comes to an organization.
pub(crate) const ENROLL: &str = "Enroll it: `sudo pullgate enroll FILE`, with the file of your organization";
/// Before the first policy.
pub(crate) const NO_POLICY: &str = "No policy has arrived on this machine yet. It is fetched by itself.";
/// A policy that should have been renewed.
pub(crate) const STALE: &str =
    "This policy is out of date; `pullgate status` says what that means for pulls.";
/// A document of a later version.
pub(crate) const NEWER_RULES: &str =
    "Its rules are newer than this window; update Pullgate, or read them with `pullgate policy show --json`.";
/// A state of a later version.
pub(crate) const NEWER_STATE: &str =
    "The policy is in a state that this window does not know; update Pullgate.";
/// The origin of a setting that nobody made.
pub(crate) const BUILT_IN: &str = "built in";
/// A setting without a value.
pub(crate) const NONE: &str = "none";
/// While the browser has the person's attention.
pub(crate) const SIGNING_IN: &str = "Waiting for your sign-in in the browser";
/// A verdict that is not there, or belongs to somebody else.
pub(crate) const NO_VERDICT: &str = "There is no verdict of this id, or it is another person's";
/// What to do about it.
pub(crate) const NO_VERDICT_HINT: &str =
    "Ids stand in the message of the blocked pull; `pullgate blocked` lists them.";
/// Two versions that do not understand each other.
pub(crate) const UNEXPECTED_ANSWER: &str =
    "The Pullgate service answered something that this window does not understand";
/// What to do about it.
pub(crate) const UNEXPECTED_ANSWER_HINT: &str = "Update Pullgate on this machine.";
/// An address that is no page of the web.
pub(crate) const NO_PAGE: &str = "Only pages of the web are opened from here";

/// The one sentence that says how things stand, with a pause's end on the reader's clock.
pub(crate) fn headline(report: &StatusReport, now: Timestamp, zone: &TimeZone) -> String {
    match (&report.organization, &report.pause) {
        (Some(organization), Some(pause)) => {
            format!("{}'s policy is paused until {}", organization.display, clock(pause.until, now, zone))
        }
        (None, _) if report.conditions.iter().any(|condition| condition.code == ENROLLMENT_UNUSABLE) => {
            "This machine's enrollment cannot be used".to_owned()
        }
        (Some(organization), None) if report.enforcing && is_needed(&report.sign_in) => {
            format!("{}'s policy is enforced; images are blocked until you sign in", organization.display)
        }
        (Some(_), None) | (None, _) => report.headline(),
    }
}

fn is_needed(sign_in: &SignInState) -> bool {
    matches!(sign_in, SignInState::Needed { .. })
}

/// `17:40`, and `2026-11-24 17:40` on another day.
fn clock(time: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let (there, here) = (time.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
    let form = if there.date() == here.date() { "%H:%M" } else { "%Y-%m-%d %H:%M" };
    there.strftime(form).to_string()
}

/// How often since when, after the time of the last.
pub(crate) fn since(count: u32, first: &str) -> String {
    if count > 1 { format!(", {count} times since {first}") } else { String::new() }
}

/// How many images there are, and what would become of them.
pub(crate) fn present(all: usize, blocked: usize) -> String {
    const KEPT: &str = "Nothing is stopped or removed.";
    match (all, blocked) {
        (0, _) => {
            "No image was found in the engines of this machine. When one arrives, it appears here.".to_owned()
        }
        (1, 0) => "1 image is here, and it could be pulled today.".to_owned(),
        (_, 0) => format!("{all} images are here, and all of them could be pulled today."),
        (1, _) => format!("1 image is here, and it would be blocked if it were pulled today. {KEPT}"),
        (_, 1) => format!("{all} images are here; 1 would be blocked if it were pulled today. {KEPT}"),
        _ => format!("{all} images are here; {blocked} would be blocked if they were pulled today. {KEPT}"),
    }
}

/// Who decides about the settings.
pub(crate) fn settings(organization: Option<&Organization>) -> String {
    match organization {
        Some(organization) => {
            format!("{} decides about these settings; the origin says where.", organization.display)
        }
        None => "This machine is not enrolled, so there are no settings.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_pause_is_on_the_readers_clock() {
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        let now = "2026-11-22T12:00:00Z".parse().unwrap();
        let said = ["2026-11-22T16:40:00Z", "2026-11-22T23:40:00Z"]
            .map(|time| clock(time.parse().unwrap(), now, &zone));
        assert_eq!(said, ["17:40", "2026-11-23 00:40"]);
    }

    #[test]
    fn images_are_counted_in_whole_sentences() {
        let said = [(1, 0), (1, 1), (3, 1), (9, 2)].map(|(all, blocked)| present(all, blocked));
        let expected = [
            "1 image is here, and it could be pulled today.",
            "1 image is here, and it would be blocked if it were pulled today. Nothing is stopped or removed.",
            "3 images are here; 1 would be blocked if it were pulled today. Nothing is stopped or removed.",
            "9 images are here; 2 would be blocked if they were pulled today. Nothing is stopped or removed.",
        ];
        assert_eq!(said, expected);
    }
}

//! Words of the window's pages.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use policy::Organization;
use wire::{Standing, StatusReport};

/// How a machine comes to an organization.
pub(crate) const ENROLL: &str = "Enroll it: `sudo pullgate enroll FILE`, with the file of your organization";
/// Before the first policy.
pub(crate) const NO_POLICY: &str = "No policy has arrived on this machine yet. It is fetched by itself.";
/// The same where a headline has said the first half.
pub(crate) const FETCHED: &str = "It is fetched by itself.";
/// No policy, and none will come.
pub(crate) const NOT_ENROLLED: &str =
    "This machine is not enrolled with an organization, so it has no policy.";
/// No policy for want of an enrollment that can be read.
pub(crate) const ENROLLMENT_UNUSABLE: &str = "This machine's enrollment cannot be used, so it has no policy.";
/// A policy that blocks nothing for a while.
pub(crate) const PAUSED: &str = "It is paused now, so nothing is blocked.";
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
    report.headline_by(|time| clock(time, now, zone))
}

/// How things stand, in two or three words.
pub(crate) fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::ServiceAway => "Not running",
        Standing::NotEnrolled => "Not enrolled",
        Standing::EnrollmentUnusable => "Enrollment unusable",
        Standing::Paused => "Paused",
        Standing::PolicyUnusable => "Policy unusable",
        Standing::Recording => "Only recording",
        Standing::PassingUntilPolicy | Standing::BlockedUntilPolicy => "Waiting for policy",
        Standing::SignInNeeded => "Sign-in needed",
        Standing::Impaired | Standing::Attention => "Needs attention",
        Standing::NothingToCheck => "Nothing to check",
        Standing::Enforced => "Enforcing",
    }
}

/// `17:40`, and `2026-11-24 17:40` on another day.
pub(crate) fn clock(time: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let (there, here) = (time.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
    let form = if there.date() == here.date() { "%H:%M" } else { "%Y-%m-%d %H:%M" };
    there.strftime(form).to_string()
}

/// How often since when, after the time of the last.
pub(crate) fn since(count: u32, first: &str) -> String {
    if count > 1 { format!(", {count} times since {first}") } else { String::new() }
}

/// How many images there are, and what would become of them as things stand.
pub(crate) fn present(all: usize, blocked: usize, standing: Standing) -> String {
    const KEPT: &str = "Nothing is stopped or removed.";
    match (all, blocked) {
        (0, _) => {
            "No image was found in the engines of this machine. When one arrives, it appears here.".to_owned()
        }
        (1, 0) => format!("1 image is here, and it could be pulled today{}.", since_nothing_blocks(standing)),
        (_, 0) => format!(
            "{all} images are here, and all of them could be pulled today{}.",
            since_nothing_blocks(standing)
        ),
        (1, _) => format!("1 image is here, and it would be blocked if it were pulled today. {KEPT}"),
        (_, 1) => format!("{all} images are here; 1 would be blocked if it were pulled today. {KEPT}"),
        _ => format!("{all} images are here; {blocked} would be blocked if they were pulled today. {KEPT}"),
    }
}

/// Why images pass that no policy has allowed.
fn since_nothing_blocks(standing: Standing) -> &'static str {
    match standing {
        Standing::NotEnrolled => ", since this machine is not enrolled",
        Standing::Paused => ", since the policy is paused",
        Standing::PassingUntilPolicy => ", since no policy has arrived yet",
        Standing::Recording => ", since the policy only records",
        Standing::ServiceAway
        | Standing::EnrollmentUnusable
        | Standing::PolicyUnusable
        | Standing::SignInNeeded
        | Standing::BlockedUntilPolicy
        | Standing::Impaired
        | Standing::Attention
        | Standing::NothingToCheck
        | Standing::Enforced => "",
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
        let said =
            [(1, 0), (1, 1), (3, 1), (9, 2)].map(|(all, blocked)| present(all, blocked, Standing::Enforced));
        let expected = [
            "1 image is here, and it could be pulled today.",
            "1 image is here, and it would be blocked if it were pulled today. Nothing is stopped or removed.",
            "3 images are here; 1 would be blocked if it were pulled today. Nothing is stopped or removed.",
            "9 images are here; 2 would be blocked if they were pulled today. Nothing is stopped or removed.",
        ];
        assert_eq!(said, expected);
        let paused = "2 images are here, and all of them could be pulled today, since the policy is paused.";
        assert_eq!(present(2, 0, Standing::Paused), paused);
    }
}

//! What a notification says of a verdict: the verb first, since the end of a title is cut off; then why, and one step
//! that needs no terminal.

use policy::{Action, Finding, Outcome, Reason, SignInReason, Verdict};

use super::{is_sign_in, plain, words};

/// The most characters of a title: as many as every desktop shows.
const TITLE: usize = 40;
/// The most characters of an image in the body.
const IMAGE: usize = 60;

/// Title and body of a notification, the body on one line or, where the title has no room for the whole name, on two.
pub fn notification(verdict: &Verdict) -> (String, String) {
    let finding = &verdict.finding;
    let why = plain::one_line(&words::statement(finding, ""));
    let said = [why].into_iter().chain(step(finding)).collect::<Vec<_>>().join(" ");
    if finding.outcome == Outcome::Blocked && is_sign_in(finding) {
        return (format!("Sign in to {}", plain::one_line(&finding.organization.display)), said);
    }
    let image = plain::one_line(&words::shown(finding));
    let verb = verb(finding);
    let room = TITLE - verb.len();
    let body = match image.chars().count() > room {
        true => format!("{}\n{said}", plain::shorten(&image, IMAGE)),
        false => said,
    };
    (format!("{verb}{}", within(&image, room)), body)
}

fn verb(finding: &Finding) -> &'static str {
    match (finding.outcome, finding.action) {
        (Outcome::Blocked, Action::Pull) => "Blocked: ",
        (Outcome::Blocked, Action::Push) => "Push blocked: ",
        (Outcome::Audited, _) if finding.reason == Reason::LoopbackRecorded => "Recorded: ",
        (Outcome::Audited, _) => "Would be blocked: ",
        (Outcome::Allowed, _) => "Allowed: ",
    }
}

/// The image, its last part where the whole is too long, and that with its middle left out where it is, too.
fn within(image: &str, room: usize) -> String {
    if image.chars().count() <= room {
        return image.to_owned();
    }
    let last = image.rsplit_once('/').map_or(image, |(_, last)| last);
    plain::shorten(last, room)
}

/// What to do, without a command: the image to use instead, else the step, else whom to ask, else as much of the step
/// as needs no terminal.
fn step(finding: &Finding) -> Option<String> {
    if finding.outcome == Outcome::Allowed {
        return None;
    }
    if let Some(instead) = &finding.instead {
        return Some(format!("Use {} instead.", plain::shorten(instead, IMAGE)));
    }
    if let Reason::SignInNeeded { why } = &finding.reason {
        return Some(sign_in(why, &finding.organization.display));
    }
    let asked = finding.support.as_deref().map(plain::statement);
    let Some(step) = words::next_step(finding, "`") else { return asked };
    let whole = (!has_command(&step)).then(|| step.clone());
    Some(whole.or(asked).or_else(|| without_command(&step))?.replace('`', ""))
}

/// What the notification's own button begins.
fn sign_in(why: &SignInReason, organization: &str) -> String {
    match why {
        SignInReason::Never | SignInReason::Ended | SignInReason::OfflineTooLong => {
            "Sign in, then try again.".to_owned()
        }
        SignInReason::WrongOrganization { .. } => {
            plain::one_line(&format!("Sign in with your {organization} account."))
        }
        SignInReason::ClaimMissing { .. } => "Ask for it to be added, then sign in again.".to_owned(),
    }
}

fn has_command(text: &str) -> bool {
    ["`pullgate", "`sudo", "`docker ", "`podman "].iter().any(|command| text.contains(command))
}

/// The clauses of a sentence up to the one that names a command.
fn without_command(text: &str) -> Option<String> {
    let clauses: Vec<&str> = text.split("; ").take_while(|clause| !has_command(clause)).collect();
    (!clauses.is_empty()).then(|| plain::statement(&clauses.join("; ")))
}

#[cfg(test)]
mod tests {
    use policy::fixture::{now, pull, situation};
    use policy::{Engine, Front, VerdictId};
    use serde_json::json;

    use super::*;

    fn verdict(finding: Finding) -> Verdict {
        let id = VerdictId::from_bits(1);
        Verdict { id, at: now(), engine: Engine::Podman, front: Front::Mirror, finding }
    }

    fn blocked(image: &str) -> Finding {
        pull(&situation(json!({})), image)
    }

    fn shown(finding: Finding) -> (String, String) {
        notification(&verdict(finding))
    }

    #[test]
    fn a_notification_says_that_it_was_blocked_and_what_to_use() {
        let expected =
            ("Blocked: someuser/tool", "Community images are not allowed at Acme. Use bitnami/tool instead.");
        let (title, body) = shown(blocked("someuser/tool:latest"));
        assert_eq!((title.as_str(), body.as_str()), expected);
    }

    #[test]
    fn a_long_name_keeps_the_verb_and_its_last_part_and_stands_in_the_text_as_a_whole() {
        let image = "hobbyist/ffmpeg-with-everything:nightly";
        let (title, body) = shown(blocked(image));
        assert_eq!(title, "Blocked: ffmpeg-with-everything:nightly");
        assert!(body.starts_with(&format!("{image}\n")), "{body}");
        let (title, _) = shown(Finding { action: Action::Push, ..blocked(image) });
        assert_eq!(title, "Push blocked: ffmpeg-with-...ing:nightly");
    }

    #[test]
    fn a_name_that_is_all_one_part_is_cut_in_its_middle() {
        let image = format!("{}:end", "a".repeat(60));
        let (title, _) = shown(Finding { outcome: Outcome::Blocked, ..blocked(&image) });
        assert_eq!(
            (title.len(), title.starts_with("Blocked: aaa"), title.ends_with("a:end")),
            (TITLE, true, true)
        );
    }

    #[test]
    fn a_step_that_is_a_command_gives_way_to_whom_to_ask() {
        let without = Finding { instead: None, support: None, ..blocked("someuser/tool") };
        let asked = Finding { support: Some("Ask in #container-help".to_owned()), ..without.clone() };
        assert!(shown(asked).1.ends_with(" Ask in #container-help."));
        assert!(!shown(without).1.contains("pullgate"));
    }

    #[test]
    fn a_clause_with_a_command_is_left_out_with_what_follows() {
        let cut = |text: &str| without_command(text);
        assert_eq!(
            cut("It comes by itself; `pullgate status` shows why."),
            Some("It comes by itself.".to_owned())
        );
        assert_eq!(cut("Run `pullgate doctor`; then wait."), None);
    }
}

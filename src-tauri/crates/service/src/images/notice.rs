//! The notice about running containers whose image a pull would not bring in any longer. An image that merely lies
//! here is no trouble of anybody's.

use policy::RuleKind;
use wire::PresentImage;

/// The notice in words, with its next step; none when no container needs one.
pub(super) fn notice(images: &[PresentImage]) -> Option<(String, String)> {
    let in_use: Vec<&PresentImage> =
        images.iter().filter(|image| !image.containers.is_empty() && stops_for_what_it_is(image)).collect();
    let sentence = match in_use.iter().map(|image| image.containers.len()).sum() {
        0 => return None,
        1 => "A running container was started from an image that would be blocked today".to_owned(),
        count => {
            let count: usize = count;
            format!("{count} running containers were started from images that would be blocked today")
        }
    };
    // What is in a person's own store, nobody but that person and an administrator sees.
    let sudo = if in_use.iter().any(|image| image.uid.is_some()) { "sudo " } else { "" };
    let action = format!(
        "Run `{sudo}pullgate images` to see which. Nothing is stopped: replace them when it suits you"
    );
    Some((sentence, action))
}

/// By a rule about this image, and not one that stops them all, such as a sign-in that is needed.
fn stops_for_what_it_is(image: &PresentImage) -> bool {
    let rule = image.finding.as_ref().and_then(|finding| finding.rule.as_ref());
    let about_it = |kind: RuleKind| match kind {
        RuleKind::Canary | RuleKind::Pause | RuleKind::SignIn | RuleKind::Presence | RuleKind::Staleness => {
            false
        }
        RuleKind::Deny
        | RuleKind::Exemption
        | RuleKind::Registry
        | RuleKind::Push
        | RuleKind::Grant
        | RuleKind::Allow
        | RuleKind::Class
        | RuleKind::Pin => true,
    };
    image.would_be_blocked() && rule.is_some_and(|rule| about_it(rule.kind))
}

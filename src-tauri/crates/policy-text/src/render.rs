//! The words of every surface for one verdict: terminal, HTTP reason phrase, OCI error, notification, JSON.
//!
//! What a person reads stands in `words` (one clause, one statement and one next step for each reason); the
//! layouts stand here and in `phrase`, and words for narrow places in `labels`. Failures that are not the policy's
//! have words of their own.

mod command;
mod labels;
mod notification;
mod phrase;
mod plain;
mod proxy;
mod unreachable;
mod upstream_failure;
mod upstream_result;
mod words;

use serde_json::{Value, json};

use policy::{Action, Engine, Finding, Outcome, Reason, Verdict};

pub use command::{command_again, command_instead, tags_page};
pub use labels::{cause, outcome};
pub use notification::notification;
pub use proxy::{ProxyProblem, proxy_name};
pub use unreachable::UnreachableCause;
pub use upstream_failure::{
    CertificateProblem, FailureWords, InsecurePlace, UpstreamFailure, describe_failure, is_hub_denial,
};
pub use upstream_result::describe_upstream;

pub(crate) use plain::one_line;

/// The most characters that a reason phrase has.
pub(crate) const PHRASE_LIMIT: usize = 200;

/// The HTTP reason phrase: at most 200 printable ASCII characters, without quotes, ending in the next step and
/// the verdict's id.
pub fn reason_phrase(verdict: &Verdict) -> String {
    let opening = match verdict.finding.outcome {
        Outcome::Blocked => phrase::DENIED,
        Outcome::Audited => "image access audited: ",
        Outcome::Allowed => "image access allowed: ",
    };
    phrase::compose(opening, verdict, PHRASE_LIMIT)
}

/// The whole story for a terminal, with the command that shows more.
pub fn sentence(verdict: &Verdict) -> String {
    let mut parts = vec![story(&verdict.finding)];
    if verdict.finding.outcome != Outcome::Allowed {
        parts.push(format!("Details: `pullgate why {}`.", verdict.id));
        parts.extend(request(request_url(verdict)));
    }
    parts.join(" ")
}

/// The whole story of what would happen, before there is a verdict with an id.
pub fn explanation(finding: &Finding) -> String {
    [story(finding)].into_iter().chain(request(request_url_without_id(finding))).collect::<Vec<_>>().join(" ")
}

/// Where to request access before there is a verdict: the parameter that would carry its id is left out. Nothing where
/// the id is no parameter, since such a link leads nowhere without one.
pub fn request_url_without_id(finding: &Finding) -> Option<String> {
    plain::without_field(finding.request_url.as_ref()?, "{id}")
}

fn request(url: Option<String>) -> Option<String> {
    url.map(|url| format!("Request access: {url}"))
}

fn story(finding: &Finding) -> String {
    [summary(finding)].into_iter().chain(support(finding)).collect::<Vec<_>>().join(" ")
}

/// What, why and what to do, where links and whom to ask are shown beside it.
pub fn summary(finding: &Finding) -> String {
    let image = plain::one_line(&finding.image.familiar());
    let what = match finding.action {
        Action::Pull => format!("`{image}`"),
        Action::Push => format!("Push to `{image}`"),
    };
    let mut parts = vec![match finding.outcome {
        Outcome::Blocked => format!("{what} is blocked."),
        Outcome::Audited => format!("{what} passes for now and is recorded."),
        Outcome::Allowed => format!("{what} is allowed."),
    }];
    parts.push(why(finding));
    parts.extend(next_step(finding));
    parts.extend(instead(finding));
    plain::one_line(&parts.join(" "))
}

/// Why, where the image and the outcome are said already.
pub fn why(finding: &Finding) -> String {
    let judged_as = finding.image.judged_as.as_ref();
    let stands_for =
        judged_as.map(|other| format!("It stands for `{}`. ", other.familiar())).unwrap_or_default();
    let sent_by = finding.image.sent_by.as_ref();
    let sent_by =
        sent_by.map(|first| format!("The registry of `{first}` sends engines there. ")).unwrap_or_default();
    plain::one_line(&format!("{sent_by}{stands_for}{}", words::statement(finding, "`")))
}

/// What the person can do; none where another image is named to use, and where asking is all that helps.
pub fn next_step(finding: &Finding) -> Option<String> {
    let step = words::next_step(finding, "`").filter(|_| finding.instead.is_none());
    step.map(|step| plain::one_line(&step))
}

/// What a person can use, and the administrator's words.
fn instead(finding: &Finding) -> Vec<String> {
    if is_settled(finding) {
        return Vec::new();
    }
    let instead = finding.instead.as_ref().map(|instead| format!("Use `{instead}` instead."));
    let message = finding.message.as_ref().map(|text| plain::statement(text));
    instead.into_iter().chain(message).collect()
}

/// Whom a person can ask.
fn support(finding: &Finding) -> Option<String> {
    finding.support.as_ref().filter(|_| !is_settled(finding)).map(|text| plain::statement(text))
}

/// Whether nothing is left to do for the person.
fn is_settled(finding: &Finding) -> bool {
    finding.outcome == Outcome::Allowed || finding.reason == Reason::LoopbackRecorded
}

/// Where to request access, with every field filled in.
pub fn request_url(verdict: &Verdict) -> Option<String> {
    verdict.finding.request_url.as_ref().map(|url| url.replace("{id}", verdict.id.as_str()))
}

/// The OCI error body for the engine that asked.
pub fn oci_error(verdict: &Verdict) -> Value {
    let finding = &verdict.finding;
    let opening = phrase::without_next_step(verdict);
    let mut parts = vec![opening];
    let ends_with_step = is_sign_in(finding) || finding.instead.is_some();
    parts.extend(words::next_step(finding, "`").filter(|_| !ends_with_step));
    parts.extend(instead(finding));
    parts.extend(support(finding));
    parts.extend(request(request_url(verdict)));
    parts.push(phrase::next_step(verdict));
    let serial = finding.stamp.as_ref().map(|stamp| format!(", policy {}", stamp.serial)).unwrap_or_default();
    let rule = finding.rule.as_ref().map_or("none", |rule| rule.id.as_str());
    json!({ "errors": [{
        "code": oci_code(verdict.engine, finding.action),
        "message": plain::one_line(&parts.join(" ")),
        "detail": plain::one_line(&format!("rule {rule}{serial}")),
    }] })
}

/// The OCI error code that lets the engine stop at once and show the message without a hint of its own.
///
/// `DENIED` is the code for this and stops Podman, Buildah and Skopeo at the first try. Docker Engine's classic
/// store adds "repository does not exist or may require 'docker login'" to it when it pulls, so it gets `UNKNOWN`
/// there, which it prints as `unknown: MESSAGE`; when it pushes it repeats for a minute after any other code.
pub fn oci_code(engine: Engine, action: Action) -> &'static str {
    match (engine, action) {
        (Engine::Docker, Action::Pull) => "UNKNOWN",
        (
            Engine::Docker
            | Engine::BuildKit
            | Engine::Podman
            | Engine::Buildah
            | Engine::Skopeo
            | Engine::ContainersImage
            | Engine::Containerd
            | Engine::Kubernetes
            | Engine::Nerdctl
            | Engine::Unknown,
            Action::Pull | Action::Push,
        ) => "DENIED",
    }
}

fn is_sign_in(finding: &Finding) -> bool {
    matches!(finding.reason, Reason::SignInNeeded { .. })
}

/// The value of the `Warning` header on an image that the policy records.
pub fn warning_header(verdict: &Verdict) -> String {
    format!("299 - \"{}\"", phrase::compose("recorded, not blocked: ", verdict, PHRASE_LIMIT))
}

/// The verdict as one JSON object, with its sentence.
pub fn json(verdict: &Verdict) -> Value {
    let mut verdict = verdict.clone();
    verdict.finding.request_url = request_url(&verdict);
    let sentence = sentence(&verdict);
    let mut value = serde_json::to_value(verdict).unwrap_or_default();
    if let Value::Object(fields) = &mut value {
        fields.insert("sentence".to_owned(), sentence.into());
    }
    value
}

#[cfg(test)]
mod tests;

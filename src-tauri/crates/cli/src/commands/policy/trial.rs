//! An image tried on a policy file, decided by the same rules as a pull, for whoever is supposed to ask.

use std::sync::Arc;

use image_ref::Reference;
use jiff::Timestamp;
use policy::{
    AccessRequest, Contact, Decision, DecisionContext, Finding, LoadedPolicy, Organization, Policy, Target,
    decide,
};
use policy_text::render;
use wire::ExplainReport;

use super::circumstances::Circumstances;
use super::{Outcome, file};
use crate::arguments::{Format, PolicyFile};
use crate::commands::explain::answer;
use crate::context::Context;
use crate::exit::{CliError, Exit};
use crate::show;

pub(super) fn explain(
    of: &PolicyFile,
    image: &Reference,
    circumstances: &[String],
    format: Format,
    context: &mut Context<'_>,
) -> Outcome {
    let circumstances = Circumstances::parse(circumstances);
    let usage = |why: String| CliError::failed(why).exit(Exit::Usage);
    let circumstances = circumstances.map_err(usage)?;
    if circumstances.rule.is_some() {
        return Err(usage("a rule is expected in a list of cases alone".to_owned())
            .hint("Write it there, and run `pullgate policy test`"));
    }
    let mut finding = find(file::read(of)?, image, &circumstances, context.view.now)?;
    finding.request_url = render::request_url_without_id(&finding);
    let text = show::explanation(&finding, &context.view);
    let exit = answer(&finding);
    if format.json {
        let sentences = text.lines().take(1).map(str::to_owned).collect();
        context.json(&ExplainReport { image: image.to_string(), finding, sentences })?;
    } else {
        context.say_signed(&text, show::of_finding(&finding))?;
    }
    Ok(exit)
}

/// What a policy finds about an image.
pub(super) fn find(
    policy: Policy,
    image: &Reference,
    circumstances: &Circumstances,
    now: Timestamp,
) -> Result<Finding, CliError> {
    let now = circumstances.at(now);
    let name = policy.document().organization.clone();
    let organization = Organization { display: capitalized(&name), name, contact: Contact::default() };
    let situation = DecisionContext {
        organization,
        held: LoadedPolicy::Current(Arc::new(policy)),
        absent_blocks: true,
        sign_in: circumstances.sign_in(),
        grants: Vec::new(),
        pause: None,
    };
    let (tag, known_as) = (image.tag_or_latest(), image.tag().cloned());
    let target = match image.digest() {
        Some(digest) => Target::Digest { digest, known_as: known_as.as_slice() },
        None => Target::Tag(&tag),
    };
    let finding =
        match decide(&situation, &AccessRequest::Pull { repository: image.repository(), target }, now) {
            Decision::Permitted(permit) => permit.finding().cloned(),
            Decision::Denied(denial) => Some(denial.finding().clone()),
        };
    finding.ok_or_else(|| CliError::failed(format!("nothing is decided about `{image}`")))
}

/// What an organization is called whose enrollment gives no name for people.
fn capitalized(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

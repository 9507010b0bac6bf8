//! An image tried on a policy file, decided by the same rules as a pull. Nobody is signed in, so rules for groups
//! do not apply.

use std::sync::Arc;

use image_ref::Reference;
use jiff::Timestamp;
use policy::{
    Ask, Contact, Decision, Finding, Held, Organization, Policy, SignIn, Situation, Target, decide,
};
use wire::ExplainReport;

use super::{Outcome, file};
use crate::cli::arguments::{Format, PolicyFile};
use crate::cli::commands::images::answer;
use crate::cli::show;
use crate::cli::stop::Complaint;
use crate::cli::world::World;

pub(super) fn explain(of: &PolicyFile, image: &Reference, format: Format, world: &mut World<'_>) -> Outcome {
    let finding = find(file::read(of)?, image, world.view.now)?;
    let text = show::explanation(&finding, &world.view);
    let exit = answer(&finding);
    if format.json {
        let sentences = text.lines().take(1).map(str::to_owned).collect();
        world.json(&ExplainReport { image: image.to_string(), finding, sentences })?;
    } else {
        world.say(&text)?;
    }
    Ok(exit)
}

/// What a policy finds about an image.
pub(super) fn find(policy: Policy, image: &Reference, now: Timestamp) -> Result<Finding, Complaint> {
    let name = policy.document().organization.clone();
    let organization = Organization { display: capitalized(&name), name, contact: Contact::default() };
    let situation = Situation {
        organization,
        held: Held::Current(Arc::new(policy)),
        absent_blocks: true,
        sign_in: SignIn::NotRequired,
        grants: Vec::new(),
        pause: None,
    };
    let (tag, known_as) = (image.tag_or_latest(), image.tag().cloned());
    let target = match image.digest() {
        Some(digest) => Target::Digest { digest, known_as: known_as.as_slice() },
        None => Target::Tag(&tag),
    };
    let finding = match decide(&situation, &Ask::Pull { repository: image.repository(), target }, now) {
        Decision::Permitted(permit) => permit.finding().cloned(),
        Decision::Denied(denial) => Some(denial.finding().clone()),
    };
    finding.ok_or_else(|| Complaint::failed(format!("nothing is decided about `{image}`")))
}

/// What an organization is called whose enrollment gives no name for people.
fn capitalized(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

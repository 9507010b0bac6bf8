//! Whether claims say that an account belongs to the organization. A claim that is not there is not a no: the
//! provider may not have been asked to send it, or may have left it out because it is too long. `hd` is the
//! exception: Google leaves it out for every account that belongs to no organization, so `equals` on it is a no.
//!
//! A claim stands for a set of values, whatever its shape: a string, number or boolean for itself, an array for
//! its elements, an object for its keys. Providers that name groups by path write `/engineering`; a rule that
//! says `engineering` means it too, and a rule that says `/engineering` means that path alone.

mod claim;
mod rule;

use std::collections::BTreeSet;

use serde_json::{Map, Value};

pub use rule::{Rule, RuleError};

use claim::Claim;
use rule::{Node, Test};

/// Google's claim for the organization of an account; private accounts have none.
const HOSTED_DOMAIN: &str = "hd";

/// More groups than this of one account are not looked at, nor names longer than that: they only ever grant.
const GROUPS: usize = 1000;
const GROUP_LENGTH: usize = 256;

/// What claims say about membership.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The account belongs to the organization.
    Member,
    /// It does not.
    NotMember,
    /// The provider did not send a claim that the rule needs.
    Missing {
        /// The claim.
        claim: String,
    },
    /// The provider left a claim out because it has too many values.
    Overage {
        /// The claim.
        claim: String,
    },
}

/// Judges claims by a rule.
#[must_use]
pub fn judge(rule: &Rule, claims: &Map<String, Value>) -> Standing {
    let absent = |claim: &str, test: &Test| match test {
        Test::Equals(_) if claim == HOSTED_DOMAIN => Standing::NotMember,
        Test::Equals(_) | Test::Contains(_) | Test::HasKey(_) => {
            Standing::Missing { claim: claim.to_owned() }
        }
    };
    judge_node(rule.node(), claims, &absent)
}

/// Whether the claims that are not there could change nothing, so that the provider need not be asked for them.
#[must_use]
pub(crate) fn is_decided(rule: &Rule, claims: &Map<String, Value>) -> bool {
    let absent = |claim: &str, _: &Test| Standing::Missing { claim: claim.to_owned() };
    !matches!(judge_node(rule.node(), claims, &absent), Standing::Missing { .. })
}

/// Whether a claim is there, by its name or by a path into an object.
#[must_use]
pub fn has(claims: &Map<String, Value>, claim: &str) -> bool {
    !matches!(claim::find(claims, claim), Claim::Missing)
}

/// The text of a claim that has one value.
#[must_use]
pub fn text(claims: &Map<String, Value>, claim: &str) -> Option<String> {
    match claim::find(claims, claim) {
        Claim::Values(values) => match values.as_slice() {
            [only] if !only.is_empty() => Some(only.clone()),
            _ => None,
        },
        Claim::Missing | Claim::Overage => None,
    }
}

/// What a test comes to whose claim is not there.
type Absent<'a> = &'a dyn Fn(&str, &Test) -> Standing;

fn judge_node(node: &Node, claims: &Map<String, Value>, absent: Absent<'_>) -> Standing {
    match node {
        Node::Test { claim, test } => match claim::find(claims, claim) {
            Claim::Values(values) if test.holds(&values) => Standing::Member,
            Claim::Values(_) => Standing::NotMember,
            Claim::Missing => absent(claim, test),
            Claim::Overage => Standing::Overage { claim: claim.clone() },
        },
        Node::All(nodes) => settle(nodes, claims, absent, &Standing::NotMember, Standing::Member),
        Node::Any(nodes) => settle(nodes, claims, absent, &Standing::Member, Standing::NotMember),
    }
}

/// The deciding standing if any node has it, else the first that cannot be told, else the other one.
fn settle(
    nodes: &[Node],
    claims: &Map<String, Value>,
    absent: Absent<'_>,
    deciding: &Standing,
    other: Standing,
) -> Standing {
    let mut result = other.clone();
    for node in nodes {
        let standing = judge_node(node, claims, absent);
        if standing == *deciding {
            return standing;
        }
        if result == other {
            result = standing;
        }
    }
    result
}

/// The groups of an account by the claim of that name, without a leading `/`; none when it is not there.
#[must_use]
pub fn groups(claims: &Map<String, Value>, claim: &str) -> BTreeSet<String> {
    match claim::find(claims, claim) {
        Claim::Values(values) => {
            let names =
                values.into_iter().map(|value| value.strip_prefix('/').map_or(value.clone(), str::to_owned));
            names.filter(|name| !name.is_empty() && name.len() <= GROUP_LENGTH).take(GROUPS).collect()
        }
        Claim::Missing | Claim::Overage => BTreeSet::new(),
    }
}

#[cfg(test)]
mod tests;

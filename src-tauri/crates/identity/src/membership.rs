//! Whether claims say that an account belongs to the organization. A claim that is not there is not a no: the
//! provider may not have been asked to send it, or may have left it out because it is too long.
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
use rule::Node;

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
    judge_node(rule.node(), claims)
}

fn judge_node(node: &Node, claims: &Map<String, Value>) -> Standing {
    match node {
        Node::Test { claim, test } => match claim::find(claims, claim) {
            Claim::Values(values) if test.holds(&values) => Standing::Member,
            Claim::Values(_) => Standing::NotMember,
            Claim::Missing => Standing::Missing { claim: claim.clone() },
            Claim::Overage => Standing::Overage { claim: claim.clone() },
        },
        Node::All(nodes) => settle(nodes, claims, &Standing::NotMember, Standing::Member),
        Node::Any(nodes) => settle(nodes, claims, &Standing::Member, Standing::NotMember),
    }
}

/// The deciding standing if any node has it, else the first that cannot be told, else the other one.
fn settle(nodes: &[Node], claims: &Map<String, Value>, deciding: &Standing, other: Standing) -> Standing {
    let mut result = other.clone();
    for node in nodes {
        let standing = judge_node(node, claims);
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

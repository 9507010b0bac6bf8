//! Everything that is known when a question is asked: who, under which policy, with which exceptions.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Glob, Policy};

/// Whom to turn to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Contact {
    /// A person or team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// A page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// The organization this machine is enrolled with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Organization {
    /// Its short name, as policies carry it: `acme`.
    pub name: String,
    /// Its name for people: `Acme`.
    pub display: String,
    /// Whom to turn to.
    #[serde(default)]
    pub contact: Contact,
}

/// What this machine has of a policy.
#[derive(Clone, Debug)]
pub enum LoadedPolicy {
    /// None has ever arrived.
    Absent,
    /// What arrived is damaged, and there is no earlier good one.
    Unusable {
        /// What is wrong with it.
        why: String,
    },
    /// A good one.
    Current(Arc<Policy>),
}

/// The person's session with the organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignIn {
    /// The enrollment asks for none.
    NotRequired,
    /// A good session.
    SignedIn {
        /// The person's account.
        account: String,
        /// The person on this machine.
        uid: u32,
        /// Whether no other person of the machine can reach the engines that run as root.
        alone: bool,
        /// The person's groups.
        groups: BTreeSet<String>,
        /// Groups that the person has and that do not count in this engine, since others use it, too.
        withheld: BTreeSet<String>,
        /// The person's role in the organization on Docker Hub.
        hub_role: Option<String>,
    },
    /// No good session.
    Needed {
        /// Why.
        why: SignInReason,
    },
}

/// Why a sign-in is needed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum SignInReason {
    /// Nobody has signed in on this machine.
    Never,
    /// The session has ended.
    #[serde(alias = "unresolved")]
    Ended,
    /// The organization could not be reached for longer than the policy allows.
    OfflineTooLong,
    /// The account does not belong to the organization.
    WrongOrganization {
        /// The account that signed in.
        account: String,
    },
    /// The identity provider did not say what membership is judged by.
    ClaimMissing {
        /// The claim.
        claim: String,
    },
}

/// A time-boxed stop of enforcement, made by an administrator of the machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pause {
    /// When it ends by itself.
    pub until: Timestamp,
    /// Why it was made.
    pub reason: String,
    /// Who made it.
    pub by: String,
}

/// A time-boxed exception on this machine, self-service or an administrator's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Grant {
    /// Which repositories.
    pub matches: Glob,
    /// When it ends.
    pub until: Timestamp,
    /// Who made it.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// Everything that is known when a question is asked.
#[derive(Clone, Debug)]
pub struct DecisionContext {
    /// The organization.
    pub organization: Organization,
    /// Its policy.
    pub held: LoadedPolicy,
    /// Whether images stop while no policy has arrived.
    pub absent_blocks: bool,
    /// The person's session.
    pub sign_in: SignIn,
    /// Exceptions on this machine.
    pub grants: Vec<Grant>,
    /// A pause, if one was made.
    pub pause: Option<Pause>,
}

impl DecisionContext {
    /// The situation as it is for whoever asks, by the kernel's word: what holds for the groups and the role of the
    /// person who signed in holds for that person, and in engines that run as root only while nobody else can
    /// reach them. Whoever cannot be told is a stranger.
    #[must_use]
    pub fn of_asker(self: &Arc<Self>, asker: Option<u32>) -> Arc<Self> {
        let SignIn::SignedIn { account, uid, alone, groups, withheld: _, hub_role } = &self.sign_in else {
            return Arc::clone(self);
        };
        let is_theirs = match asker {
            Some(0) => *alone,
            Some(asker) => asker == *uid,
            None => false,
        };
        if is_theirs || (groups.is_empty() && hub_role.is_none()) {
            return Arc::clone(self);
        }
        let nobody_special = SignIn::SignedIn {
            account: account.clone(),
            uid: *uid,
            alone: *alone,
            groups: BTreeSet::new(),
            // Another person's engine has nothing to do with them.
            withheld: if asker == Some(0) { groups.clone() } else { BTreeSet::new() },
            hub_role: None,
        };
        Arc::new(Self { sign_in: nobody_special, ..Self::clone(self) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: u32 = 1000;
    const BOB: u32 = 1001;

    /// The groups that count when somebody asks, while Ada is signed in.
    fn groups_for(asker: Option<u32>, alone: bool) -> BTreeSet<String> {
        let situation = Arc::new(DecisionContext {
            organization: Organization {
                name: "acme".into(),
                display: "Acme".into(),
                contact: Contact::default(),
            },
            held: LoadedPolicy::Absent,
            absent_blocks: true,
            sign_in: SignIn::SignedIn {
                account: "ada".into(),
                uid: ADA,
                alone,
                groups: ["qa".to_owned()].into(),
                withheld: BTreeSet::new(),
                hub_role: Some("owner".into()),
            },
            grants: Vec::new(),
            pause: None,
        });
        match &situation.of_asker(asker).sign_in {
            SignIn::SignedIn { groups, hub_role, .. } => {
                assert_eq!(groups.is_empty(), hub_role.is_none(), "a role goes with the groups");
                groups.clone()
            }
            SignIn::NotRequired | SignIn::Needed { .. } => unreachable!("nobody signed out"),
        }
    }

    #[test]
    fn a_persons_groups_count_for_that_person() {
        for alone in [true, false] {
            assert_eq!(groups_for(Some(ADA), alone), ["qa".to_owned()].into());
        }
    }

    #[test]
    fn another_person_gains_nothing_by_the_session() {
        for alone in [true, false] {
            assert_eq!(groups_for(Some(BOB), alone), BTreeSet::new());
        }
    }

    #[test]
    fn in_engines_of_root_groups_count_while_nobody_else_can_reach_them() {
        assert_eq!(groups_for(Some(0), true), ["qa".to_owned()].into());
        assert_eq!(groups_for(Some(0), false), BTreeSet::new());
    }

    #[test]
    fn whoever_is_not_known_is_a_stranger_and_no_engine_of_root() {
        for alone in [true, false] {
            assert_eq!(groups_for(None, alone), BTreeSet::new());
        }
    }

    #[test]
    fn a_reason_that_an_earlier_version_knew_is_read() {
        let reason: SignInReason = serde_json::from_str(r#"{"kind":"unresolved"}"#).unwrap();
        assert_eq!(reason, SignInReason::Ended);
    }
}

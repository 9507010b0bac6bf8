//! What was found out about one image: outcome, reason, deciding rule, and everything a person needs next.

use image_ref::Repository;
use serde::{Deserialize, Serialize};

use crate::{Action, Class, Organization, PolicyStamp, Reason};

/// What happens to the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// It passes.
    Allowed,
    /// It passes, and would be blocked if the policy were enforced.
    Audited,
    /// It stops.
    Blocked,
}

/// The kind of rule that decided: a row of the precedence table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RuleKind {
    /// The reserved image of the proof.
    Canary,
    /// An administrator's pause.
    Pause,
    /// The organization's sign-in.
    SignIn,
    /// Presence of a policy.
    Presence,
    /// Age of the policy.
    Staleness,
    /// A deny rule.
    Deny,
    /// An exemption of a person.
    Exemption,
    /// A registry rule.
    Registry,
    /// A push rule.
    Push,
    /// A temporary grant.
    Grant,
    /// An allow rule.
    Allow,
    /// The class of the publisher.
    Class,
    /// A pin of tags or digests.
    Pin,
}

/// The rule that decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rule {
    /// Its kind.
    pub kind: RuleKind,
    /// Its name in the policy, as `messages.byRule` knows it.
    pub id: String,
    /// What it says, for people.
    pub text: String,
}

/// How the image was named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ImageName {
    /// A repository of a known registry.
    Repository(Repository),
    /// A path whose registry the engine did not say.
    Unlisted(String),
}

/// The image in question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Image {
    /// Where it is from.
    pub name: ImageName,
    /// `:tag` or `@digest`; none when the repository as a whole was meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// What it was judged as, when its repository is a cache of another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judged_as: Option<Repository>,
    /// The image that was asked for first, when its registry sent the engine on to this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_by: Option<String>,
}

impl Image {
    /// The name as people type it: `nginx:1.27`, `ghcr.io/acme/tool@sha256:…`.
    pub fn familiar(&self) -> String {
        format!("{}{}", self.repository_name(), self.target.as_deref().unwrap_or_default())
    }

    /// The familiar name without tag or digest.
    pub fn repository_name(&self) -> String {
        match &self.name {
            ImageName::Repository(repository) => repository.familiar(),
            ImageName::Unlisted(path) => path.clone(),
        }
    }
}

/// Everything that was found out about one image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// What happens.
    pub outcome: Outcome,
    /// Why.
    pub reason: Reason,
    /// The rule that decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Rule>,
    /// The publisher's class, for images of Docker Hub.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<Class>,
    /// The image.
    pub image: Image,
    /// Pull or push.
    pub action: Action,
    /// The policy that was in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stamp: Option<PolicyStamp>,
    /// In whose name.
    pub organization: Organization,
    /// The administrator's words for this rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Whom or where to ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub support: Option<String>,
    /// Where to request access, percent-encoded; `{id}` stands until a [`Verdict`](crate::Verdict) has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_url: Option<String>,
    /// The nearest image that is allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead: Option<String>,
}

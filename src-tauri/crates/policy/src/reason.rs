//! Every reason a verdict can have. Each has its sentence in `policy_text::render`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::SignInReason;

/// Why an image passes or stops.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Reason {
    /// The reserved image that is always blocked, to prove that an engine asks here.
    Canary,
    /// An administrator has paused enforcement.
    Paused {
        /// When the pause ends by itself.
        until: Timestamp,
    },
    /// The enrollment lets images pass until the first policy arrives.
    NoPolicyYet,
    /// The person is exempt.
    Exempt {
        /// The role or group that exempts.
        basis: String,
    },
    /// The registry runs on this machine.
    LoopbackAllowed,
    /// The registry is allowed.
    RegistryAllowed,
    /// A temporary grant is in force.
    Granted {
        /// When it ends.
        until: Timestamp,
    },
    /// An allow rule names the image.
    AllowListed {
        /// When the exception ends, if it does.
        until: Option<Timestamp>,
    },
    /// Images of this class are allowed.
    ClassAllowed,
    /// A digest of unknown tags, which `digestOnly` lets pass.
    DigestAllowed,
    /// Pushing there is allowed.
    PushAllowed,

    /// The person has to sign in.
    SignInNeeded {
        /// Why the session is not good.
        why: SignInReason,
    },
    /// No policy has arrived so far.
    PolicyAbsent,
    /// The policy on this machine is damaged and there is no earlier good one.
    PolicyUnusable {
        /// What is wrong with it.
        why: String,
    },
    /// The policy is too old, and says to block then.
    PolicyStale {
        /// Since when.
        since: Timestamp,
    },
    /// The policy is too old, and says to let only the organization's and listed images pass then.
    PolicyStaleStrict {
        /// Since when.
        since: Timestamp,
    },
    /// A deny rule names the image.
    DenyListed {
        /// The rule's own reason.
        because: Option<String>,
    },
    /// A registry rule blocks the registry or this part of it.
    RegistryBlocked,
    /// No registry rule names the registry.
    RegistryUnlisted,
    /// Registry rules name parts of the registry, and this is none of them.
    RegistryPathUnlisted {
        /// Some of those that are allowed, as the policy writes them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        allowed: Vec<String>,
    },
    /// The registry runs on this machine, and the policy wants that recorded.
    LoopbackRecorded,
    /// Images of this class are blocked.
    ClassBlocked,
    /// An allow rule named the image until it ended.
    AllowEnded {
        /// When.
        ended: Timestamp,
    },
    /// An allow rule names the image for other groups.
    AllowOtherGroup {
        /// Which.
        groups: Vec<String>,
    },
    /// An allow rule names the image for the person's groups, and others use the engine that asks, too.
    AllowOthersHere {
        /// Which groups.
        groups: Vec<String>,
    },
    /// An allow rule names other tags of the image.
    AllowOtherTag {
        /// Which.
        tags: Vec<String>,
    },
    /// A pin forbids the tag.
    TagForbidden {
        /// Some of the patterns that it forbids.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        forbidden: Vec<String>,
    },
    /// A pin requires a tag that names a version.
    TagRequired,
    /// A pin requires a digest.
    DigestRequired,
    /// A pin names the only digests that are allowed, and this is none of them.
    DigestNotPinned {
        /// Which are allowed.
        digests: Vec<String>,
    },
    /// Rules for tags apply, and nothing shows which tag the digest has.
    DigestUnproven,
    /// Pushing there is blocked.
    PushBlocked {
        /// Some of the places where it is allowed, as the policy writes them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        allowed: Vec<String>,
    },
    /// The rule uses a word that this version of Pullgate does not know.
    RuleNotUnderstood {
        /// The word.
        word: String,
    },
}

//! Signing in: what a person is asked to do, step by step, and how a session is told of.

use std::collections::BTreeSet;

use jiff::Timestamp;
use policy::SignInReason;
use secret::Secret;
use serde::{Deserialize, Serialize};

/// How to sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum SignInMethod {
    /// As the enrollment has it, in a browser on this machine.
    Browser,
    /// With a code that is entered in a browser anywhere.
    Device,
    /// With a name and an access token of Docker Hub.
    DockerHub {
        /// The account.
        username: String,
        /// The access token or password.
        secret: Secret,
    },
    /// With the person's own Docker login, read anew whenever the membership is asked for; the person agreed.
    DockerLogin,
}

/// What comes next while somebody signs in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum SignInStep {
    /// A page is to be opened in a browser on this machine; the service waits for its answer.
    Open {
        /// The page.
        url: String,
        /// When it is too late.
        until: Timestamp,
        /// The addresses to register with the provider, for whoever sees an error there instead of a sign-in.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        redirects: Vec<String>,
        /// The client to register them for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        client: Option<String>,
    },
    /// A code is to be entered on a page.
    Code {
        /// The code.
        code: String,
        /// The page.
        url: String,
        /// The page with the code filled in, for a QR code.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        complete_url: Option<String>,
        /// When it is too late.
        until: Timestamp,
    },
    /// There is a session.
    Done {
        /// The account.
        account: String,
        /// What that means, in words.
        sentence: String,
    },
    /// A step of a later version.
    #[serde(other)]
    Other,
}

/// The person's session with the organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum SignInState {
    /// None is asked for.
    NotRequired,
    /// There is a good session.
    SignedIn {
        /// The person's account.
        account: String,
        /// The person on this machine.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        uid: Option<u32>,
        /// The groups that the provider told.
        #[serde(default)]
        groups: BTreeSet<String>,
        /// Why rules for these groups do not hold in engines that others can reach, where they do not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shared_with: Option<BTreeSet<String>>,
    },
    /// The session holds on, and could not be renewed.
    OfflineGrace {
        /// The person's account.
        account: String,
        /// The person on this machine.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        uid: Option<u32>,
        /// The groups that the provider told.
        #[serde(default)]
        groups: BTreeSet<String>,
        /// When images stop.
        until: Timestamp,
        /// Why, and what to do.
        sentence: String,
    },
    /// There is none.
    Needed {
        /// Why.
        why: SignInReason,
        /// Why, and what to do, in words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sentence: Option<String>,
    },
    /// A state of a later version.
    #[serde(other)]
    Other,
}

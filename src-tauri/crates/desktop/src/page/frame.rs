//! What stands around every page: the gate, whose it is, who is signed in, and what could not be heard.

use serde::Serialize;
use wire::{SignInState, StatusReport};

use super::{Place, Problem};
use crate::effect::Disconnect;
use crate::gate::{self, Gate};
use crate::text;

/// What stands around every page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Frame {
    /// How things stand, as a sign.
    pub gate: Gate,
    /// The same in two or three words.
    pub standing: String,
    /// The organization by its name for people.
    pub organization: Option<String>,
    /// Who is signed in.
    pub account: Option<String>,
    /// What can be done about the session.
    pub session: Option<Session>,
    /// How many images were blocked in the last days and not looked at yet.
    pub blocked: u32,
    /// Why the service cannot be heard, while it cannot.
    pub problem: Option<Problem>,
    /// Where the window was asked to be.
    pub place: Place,
    /// How often it was asked; a higher number than before means to go there.
    pub asked: u32,
}

/// What can be done about the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum Session {
    /// Begin one.
    SignIn,
    /// End it.
    SignOut,
}

/// What stands around every page; `place` is where the window was asked to be, for the `asked`th time.
pub fn frame(
    status: Option<&StatusReport>,
    disconnect: Option<&Disconnect>,
    blocked: u32,
    (place, asked): (Place, u32),
) -> Frame {
    let status = status.filter(|_| disconnect.is_none());
    let standing = gate::standing(status, disconnect);
    let organization = status.and_then(|status| status.organization.as_ref());
    let (account, session) = status.map_or((None, None), |status| session(&status.sign_in));
    Frame {
        gate: Gate::of(standing),
        standing: text::standing(standing).to_owned(),
        organization: organization.map(|organization| organization.display.clone()),
        account,
        session,
        blocked,
        problem: disconnect.map(Problem::from),
        place,
        asked,
    }
}

fn session(state: &SignInState) -> (Option<String>, Option<Session>) {
    match state {
        SignInState::SignedIn { account, .. } => (Some(account.clone()), Some(Session::SignOut)),
        SignInState::OfflineGrace { account, .. } => (Some(account.clone()), Some(Session::SignIn)),
        SignInState::Needed { .. } => (None, Some(Session::SignIn)),
        SignInState::NotRequired | SignInState::Other => (None, None),
    }
}

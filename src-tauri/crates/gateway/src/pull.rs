//! A pull, step by step: accept, classify, decide, then deny or forward, and in any case journal and notify.
//!
//! Nothing goes upstream without a [`Permit`](policy::Permit), and only the policy makes one.

pub(crate) mod accept;
mod classify;
mod decide;
mod deny;
mod forward;
mod journal;
mod notify;

pub(crate) use accept::{PullRequest, Subject, Way};
pub(crate) use classify::Asked;
pub(crate) use journal::Ledger;

use crate::{gate::Gate, http::Connection};
use decide::Ruling;

/// What becomes of the engine's connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum After {
    KeepOpen,
    Close,
    /// It ends so that the engine sees that the answer is not whole.
    Break,
}

/// Answers one request of an engine.
pub(crate) async fn answer(gate: &Gate, request: PullRequest, engine: &mut Connection) -> After {
    let _busy = Busy::new(gate);
    let asked = classify::classify(gate, &request);
    match decide::decide(gate, &request, &asked) {
        Ruling::Denied(denial) => {
            let decided = journal::enter(gate, &request, denial.finding());
            notify::tell(gate, &decided);
            deny::deny(&request, &decided.verdict, engine).await
        }
        Ruling::Hidden => deny::hide(&request, engine).await,
        Ruling::Permitted(permit) => {
            let decided = permit.finding().filter(|_| asked.is_recorded()).map(|finding| {
                let decided = journal::enter(gate, &request, finding);
                notify::tell(gate, &decided);
                decided
            });
            forward::forward(gate, permit, &request, &asked, decided, engine).await
        }
    }
}

/// Counts a request that is being answered, so that a service that ends can let it finish.
struct Busy<'a>(&'a Gate);

impl<'a> Busy<'a> {
    fn new(gate: &'a Gate) -> Self {
        gate.busy.send_modify(|busy| *busy += 1);
        Self(gate)
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.busy.send_modify(|busy| *busy -= 1);
    }
}

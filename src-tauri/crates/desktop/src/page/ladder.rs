//! The order of decision on the page of a verdict.

use policy::Finding;
use policy_text::{Rung, RungState};
use serde::Serialize;

/// The order of decision, as one verdict went through it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Ladder {
    /// The steps in their order.
    pub(crate) rungs: Vec<LadderRung>,
    /// What would have let it pass.
    pub(crate) otherwise: Option<String>,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct LadderRung {
    /// What it looks at.
    pub(crate) name: String,
    /// What it saw there.
    pub(crate) detail: Option<String>,
    /// What it said.
    pub(crate) state: LadderState,
}

/// What a step said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) enum LadderState {
    /// Nothing against it.
    Passed,
    /// Nothing for it, where it could have let it pass.
    Silent,
    /// It let it pass.
    Allowed,
    /// It would have stopped it.
    Recorded,
    /// It stopped it.
    Stopped,
    /// It was not asked.
    NotAsked,
}

impl Ladder {
    /// The steps of a finding; none where something before all of them decided.
    pub(super) fn of(finding: &Finding) -> Option<Self> {
        let ladder = policy_text::ladder(finding)?;
        Some(Self { rungs: ladder.rungs.iter().map(rung).collect(), otherwise: ladder.otherwise })
    }
}

fn rung(rung: &Rung) -> LadderRung {
    let state = match rung.state {
        RungState::Passed => LadderState::Passed,
        RungState::Silent => LadderState::Silent,
        RungState::Allowed => LadderState::Allowed,
        RungState::Recorded => LadderState::Recorded,
        RungState::Stopped => LadderState::Stopped,
        RungState::NotAsked => LadderState::NotAsked,
    };
    LadderRung { name: rung.name.to_owned(), detail: rung.detail.clone(), state }
}

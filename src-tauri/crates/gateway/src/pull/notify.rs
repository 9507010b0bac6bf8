//! Last step. Whoever listens is told: the journal, the command line, the tray.

use crate::{
    gate::Gate,
    ports::{Answered, Decided},
};

/// Tells of a decision.
pub(super) fn tell(gate: &Gate, decided: &Decided) {
    gate.ports.decisions.decided(decided);
}

/// Tells what came of a permitted request, under the same verdict.
pub(super) fn tell_outcome(
    gate: &Gate,
    decided: Option<Decided>,
    digest: Option<String>,
    upstream: Answered,
) {
    if let Some(decided) = decided {
        let digest = digest.or_else(|| decided.digest.clone());
        gate.ports.decisions.decided(&Decided { digest, upstream: Some(upstream), ..decided });
    }
}

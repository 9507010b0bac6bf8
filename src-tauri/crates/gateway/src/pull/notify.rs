//! Last step. Whoever listens is told: the journal, the command line, the tray. The many requests of one attempt are
//! one piece of news.

use policy::Answered;

use crate::{gate::Gate, ports::Decided};

/// Tells of a decision.
pub(super) fn tell(gate: &Gate, decided: &Decided) {
    if gate.ledger.is_news(decided) {
        gate.ports.decisions.decided(decided);
    }
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
        tell(gate, &Decided { digest, upstream: Some(upstream), ..decided });
    }
}

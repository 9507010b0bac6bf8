//! Last step. Whoever listens is told: the journal, the command line, the tray. The many requests of one attempt are
//! one piece of news.

use policy::UpstreamResult;

use super::journal::News;
use crate::{gate::Gate, ports::Decided};

/// Tells of a decision.
pub(super) fn tell(gate: &Gate, decided: &Decided) {
    match gate.ledger.news(decided) {
        News::New => gate.ports.decisions.decided(decided),
        News::Counted => gate.ports.decisions.counted(decided.uid),
        News::Known => {}
    }
}

/// Tells what came of a permitted request, under the same verdict.
pub(super) fn tell_outcome(
    gate: &Gate,
    decided: Option<&Decided>,
    digest: Option<String>,
    upstream: UpstreamResult,
) {
    if let Some(decided) = decided {
        let digest = digest.or_else(|| decided.digest.clone());
        let failures = gate.ledger.note_outcome(&decided.verdict.id, &upstream);
        tell(gate, &Decided { digest, upstream: Some(upstream), failures, ..decided.clone() });
    }
}

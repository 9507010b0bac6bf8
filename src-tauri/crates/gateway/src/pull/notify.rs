//! Last step. Whoever listens is told: the journal, the command line, the tray. The many requests of one attempt are
//! one piece of news.

use policy::UpstreamResult;

use crate::{gate::Gate, ports::DecisionRecord, verdict_cache::Emission};

/// Tells of a decision.
pub(super) fn emit(gate: &Gate, decision: &DecisionRecord) {
    match gate.verdicts.should_emit(decision) {
        Emission::Emit => gate.ports.decisions.record(decision),
        Emission::OverQuota => gate.ports.decisions.record_suppressed(decision.uid),
        Emission::Repeat => {}
    }
}

/// Tells what came of a permitted request, under the same verdict.
pub(super) fn emit_outcome(
    gate: &Gate,
    decision: Option<&DecisionRecord>,
    digest: Option<String>,
    upstream: UpstreamResult,
) {
    if let Some(decision) = decision {
        let digest = digest.or_else(|| decision.digest.clone());
        let failures = gate.verdicts.note_outcome(&decision.verdict.id, &upstream);
        emit(gate, &DecisionRecord { digest, upstream: Some(upstream), failures, ..decision.clone() });
    }
}

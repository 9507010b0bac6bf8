//! One engine's evidence as a report: routed only when everything it was asked says so.

use engines::{Canary, Found, Verified};
use wire::{EngineReport, Routed};

use crate::service::steward_client::StewardError;

/// Makes a report of what was found and seen.
pub(super) fn report(
    found: &Found,
    verified: Option<Result<Verified, StewardError>>,
    before: Option<&EngineReport>,
) -> EngineReport {
    let mut report = EngineReport {
        engine: found.engine.as_str().to_owned(),
        name: found.name.clone(),
        version: found.version.as_ref().map(|version| version.text.clone()),
        routed: Routed::No,
        why: found.routable.as_ref().err().map(ToString::to_string),
        proved_at: before.and_then(|before| before.proved_at),
        repaired_at: before.and_then(|before| before.repaired_at),
        details: Vec::new(),
        conditions: Vec::new(),
    };
    match verified {
        None => {}
        Some(Err(error)) => report.why = Some(format!("it could not be asked: {error}")),
        Some(Ok(verified)) => judge(&mut report, &verified),
    }
    report
}

fn judge(report: &mut EngineReport, verified: &Verified) {
    let failed: Vec<String> = verified
        .probes
        .iter()
        .filter(|probe| !probe.ok)
        .map(|probe| format!("{}: expected `{}`, found `{}`", probe.what, probe.expected, probe.seen))
        .collect();
    report.details =
        verified.probes.iter().filter(|probe| probe.ok).map(|probe| probe.what.clone()).collect();
    match (&verified.canary, failed.is_empty()) {
        (Canary::Denied(_), true) => {
            report.routed = Routed::Yes;
            report.proved_at = Some(host::clock::now());
            report.details.push("a pull that must be blocked was blocked".to_owned());
        }
        (Canary::Denied(_), false) => {
            report.routed = Routed::Partly;
            report.why = Some(failed.join("; "));
        }
        (Canary::NotTried(why), true) => {
            report.routed = Routed::Partly;
            report.why = Some(format!("a pull that must be blocked could not be tried: {why}"));
        }
        (Canary::NotDenied(words), _) => {
            let rest = if failed.is_empty() { String::new() } else { format!("; {}", failed.join("; ")) };
            report.why =
                Some(format!("a pull that must be blocked was not blocked by the gateway ({words}){rest}"));
        }
        (Canary::NotTried(_), false) => report.why = Some(failed.join("; ")),
    }
}

#[cfg(test)]
mod tests {
    use engines::{EngineId, Probe};

    use super::*;

    fn judged(ok: bool, canary: Canary) -> EngineReport {
        let probe = Probe { what: "`HttpProxy`".into(), expected: "a".into(), seen: "b".into(), ok };
        let mut report = EngineReport {
            engine: "docker".into(),
            name: "Docker Engine".into(),
            version: None,
            routed: Routed::No,
            why: None,
            proved_at: None,
            repaired_at: None,
            details: Vec::new(),
            conditions: Vec::new(),
        };
        judge(&mut report, &Verified { engine: EngineId::Docker, probes: vec![probe], canary });
        report
    }

    #[test]
    fn an_engine_is_routed_only_when_its_answers_and_the_canary_agree() {
        assert_eq!(judged(true, Canary::Denied("no".into())).routed, Routed::Yes);
        assert_eq!(judged(false, Canary::Denied("no".into())).routed, Routed::Partly);
        assert_eq!(judged(true, Canary::NotTried("gone".into())).routed, Routed::Partly);
        assert_eq!(judged(true, Canary::NotDenied("pulled".into())).routed, Routed::No);
        assert_eq!(judged(false, Canary::NotTried("gone".into())).routed, Routed::No);
    }
}

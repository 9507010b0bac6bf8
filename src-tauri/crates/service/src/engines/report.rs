//! One engine's evidence as a report: routed only when everything it was asked says so. What shows neither leaves the
//! earlier proof in force.

use engines::{Canary, Found, Probe, Verified};
use jiff::Timestamp;
use wire::{EngineReport, Routed};

use crate::steward_client::StewardError;

/// What is known of an engine from before.
#[derive(Clone, Copy, Default)]
pub(super) struct Before<'a> {
    /// The last report.
    pub(super) report: Option<&'a EngineReport>,
    /// The last proof, if nothing has refuted it since.
    pub(super) proof: Option<Timestamp>,
}

/// Makes a report of what was found and seen.
pub(super) fn report(
    found: &Found,
    verified: Option<Result<Verified, StewardError>>,
    before: Before<'_>,
) -> EngineReport {
    let mut report = EngineReport {
        engine: found.engine.as_str().to_owned(),
        name: found.name.clone(),
        version: found.version.as_ref().map(|version| version.text.clone()),
        routed: Routed::No,
        why: found.routable.as_ref().err().map(|why| engines::without_passwords(&why.to_string())),
        unproved: None,
        stopped: found.is_stopped(),
        proved_at: before.report.and_then(|before| before.proved_at).or(before.proof),
        repaired_at: before.report.and_then(|before| before.repaired_at),
        details: Vec::new(),
        conditions: Vec::new(),
        personal: super::bypasses::personal(found),
    };
    match verified {
        None => {}
        Some(Err(error)) => unproved(&mut report, format!("it could not be asked: {error}"), before.proof),
        Some(Ok(verified)) => judge(&mut report, &verified, before.proof),
    }
    report
}

fn judge(report: &mut EngineReport, verified: &Verified, proof: Option<Timestamp>) {
    let failed = failed(&verified.probes);
    report.details =
        verified.probes.iter().filter(|probe| probe.ok).map(|probe| probe.what.clone()).collect();
    match (&verified.canary, failed) {
        (Canary::Denied(_), None) => {
            report.routed = Routed::Yes;
            report.proved_at = Some(host::clock::now());
            report.details.push("a pull that must be blocked was blocked".to_owned());
        }
        (Canary::Denied(_), Some(failed)) => {
            report.routed = Routed::Partly;
            report.why = Some(failed);
        }
        (Canary::NotRunning, _) => {
            report.routed = Routed::Partly;
            report.why = Some("it is not running".to_owned());
        }
        (Canary::NotRouted, failed) => report.why = failed,
        (Canary::NotDenied(words), failed) => {
            let rest = failed.map(|failed| format!("; {failed}")).unwrap_or_default();
            report.why = Some(format!("a pull that must be blocked was not checked ({words}){rest}"));
        }
        (Canary::Undecided(why) | Canary::NotTried(why), None) => unproved(report, why.clone(), proof),
        (Canary::Undecided(why), Some(failed)) => {
            unproved(report, why.clone(), None);
            report.why = Some(failed);
        }
        (Canary::NotTried(_), Some(failed)) => report.why = Some(failed),
    }
}

/// The first wrong answer stands for all of them: what is wrong is mended as a whole.
fn failed(probes: &[Probe]) -> Option<String> {
    let mut failed = probes.iter().filter(|probe| !probe.ok);
    let first = failed.next()?;
    let seen = if first.seen.is_empty() { "nothing".to_owned() } else { format!("`{}`", first.seen) };
    let more = match failed.count() {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    Some(format!("{}: expected `{}`, found {seen}{more}", first.what, first.expected))
}

/// The third answer: neither shown nor refuted.
fn unproved(report: &mut EngineReport, why: String, proof: Option<Timestamp>) {
    report.routed = if proof.is_some() { Routed::Yes } else { Routed::Partly };
    let anew = if proof.is_some() { " again" } else { "" };
    report.why = Some(format!("it could not be tested{anew}: {why}"));
    report.unproved = Some(why);
}

#[cfg(test)]
mod tests {
    use engines::EngineId;

    use super::*;

    fn judged(ok: bool, canary: Canary, proof: Option<Timestamp>) -> EngineReport {
        let probe = Probe { what: "`HttpProxy`".into(), expected: "a".into(), seen: "b".into(), ok };
        let mut report = EngineReport {
            engine: "docker".into(),
            name: "Docker Engine".into(),
            version: None,
            routed: Routed::No,
            why: None,
            unproved: None,
            stopped: false,
            proved_at: proof,
            repaired_at: None,
            details: Vec::new(),
            conditions: Vec::new(),
            personal: Vec::new(),
        };
        judge(&mut report, &Verified { engine: EngineId::Docker, probes: vec![probe], canary }, proof);
        report
    }

    #[test]
    fn an_engine_is_routed_only_when_its_answers_and_the_canary_agree() {
        let routed = |ok, canary| judged(ok, canary, None).routed;
        assert_eq!(routed(true, Canary::Denied("no".into())), Routed::Yes);
        assert_eq!(routed(false, Canary::Denied("no".into())), Routed::Partly);
        assert_eq!(routed(true, Canary::NotTried("gone".into())), Routed::Partly);
        assert_eq!(routed(true, Canary::NotDenied("pulled".into())), Routed::No);
        assert_eq!(routed(false, Canary::NotTried("gone".into())), Routed::No);
        assert_eq!(routed(false, Canary::NotRouted), Routed::No);
    }

    /// Docker was told as "not routed" after a boot without a network.
    #[test]
    fn a_proof_that_could_not_be_made_leaves_the_one_before_it() {
        let silent = || Canary::Undecided("context deadline exceeded".into());
        let proof: Timestamp = "2026-11-30T06:00:00Z".parse().unwrap();
        let kept = judged(true, silent(), Some(proof));
        assert_eq!((kept.routed, kept.proved_at), (Routed::Yes, Some(proof)));
        assert_eq!(kept.why.as_deref(), Some("it could not be tested again: context deadline exceeded"));
        assert_eq!(kept.unproved.as_deref(), Some("context deadline exceeded"));
        let never = judged(true, silent(), None);
        assert_eq!((never.routed, never.proved_at), (Routed::Partly, None));
        assert_eq!(never.why.as_deref(), Some("it could not be tested: context deadline exceeded"));
    }

    #[test]
    fn of_several_wrong_answers_the_first_is_told_and_the_others_are_counted() {
        let probe =
            |what: &str| Probe { what: what.into(), expected: "a".into(), seen: String::new(), ok: false };
        assert_eq!(failed(&[probe("x")]).as_deref(), Some("x: expected `a`, found nothing"));
        assert_eq!(
            failed(&["x", "y", "z"].map(probe)).as_deref(),
            Some("x: expected `a`, found nothing; and 2 more")
        );
        assert_eq!(failed(&[]), None);
    }

    #[test]
    fn an_earlier_proof_helps_nobody_who_goes_elsewhere_now() {
        let proof = Some("2026-11-30T06:00:00Z".parse().unwrap());
        for canary in
            [Canary::NotRouted, Canary::NotDenied("it arrived".into()), Canary::NotTried("x".into())]
        {
            let report = judged(false, canary, proof);
            assert_eq!((report.routed, report.unproved), (Routed::No, None));
        }
    }
}

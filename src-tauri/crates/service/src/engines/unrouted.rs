//! Engines that run, could be routed and are not, or whose proof could not be made: what is told of each, and what helps.

use engines::{Canary, Found};
use wire::{EngineReport, Routed, Severity};

/// What a look at an engine showed beside its report.
#[derive(Clone, Debug, Default)]
pub(super) struct Look {
    /// Whether it could be routed.
    pub(super) is_routable: bool,
    /// Whether another try may show more.
    pub(super) is_undecided: bool,
    /// Its unit, which a person could restart.
    pub(super) unit: Option<String>,
    /// What routing it would do.
    pub(super) plan: Planned,
}

/// What routing an engine would do that is not routed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Planned {
    /// Something.
    #[default]
    Something,
    /// Nothing: its files are as they should be.
    Nothing,
    /// It is refused.
    Refused(String),
}

impl Look {
    pub(super) fn of(found: &Found, canary: Option<&Canary>) -> Self {
        Self {
            is_routable: found.routable.is_ok(),
            is_undecided: matches!(canary, Some(Canary::Undecided(_))),
            unit: found.unit.clone(),
            plan: Planned::Something,
        }
    }
}

/// One thing to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unrouted {
    pub(super) engine: String,
    /// Its everyday name.
    pub(super) name: String,
    pub(super) severity: Severity,
    pub(super) sentence: String,
    pub(super) action: String,
}

/// What is to be told of an engine that is not routed wholly.
pub(super) fn unrouted(report: &EngineReport, look: &Look) -> Option<Unrouted> {
    let EngineReport { engine, name, why, .. } = report;
    if report.stopped || !look.is_routable || report.unproved.is_some() {
        return None;
    }
    let why = match &look.plan {
        Planned::Refused(why) => format!(": {why}"),
        Planned::Something | Planned::Nothing => why.as_ref().map(|it| format!(": {it}")).unwrap_or_default(),
    };
    let (severity, sentence) = match report.routed {
        Routed::Yes => return None,
        // A restart that waits, or a file that cannot be put back, says what is missing.
        Routed::Partly if report.conditions.iter().any(|it| it.severity >= Severity::Attention) => {
            return None;
        }
        Routed::Partly => (Severity::Attention, format!("{name} is partly checked{why}")),
        Routed::No => (Severity::Critical, format!("{name} is not checked{why}")),
    };
    let apply = format!("sudo pullgate engines apply {engine}");
    let action = match (&look.plan, &look.unit) {
        (Planned::Something, _) => format!("Run `{apply}`"),
        (Planned::Refused(_), _) => format!("Settle that, then run `{apply}`"),
        (Planned::Nothing, Some(unit)) => {
            format!("Run `sudo systemctl restart {unit}`, then `pullgate engines verify {engine}`")
        }
        (Planned::Nothing, None) => format!("Run `pullgate engines verify {engine}`"),
    };
    Some(Unrouted { engine: engine.clone(), name: name.clone(), severity, sentence, action })
}

/// What is to be told of an engine whose proof could not be made.
pub(super) fn unproved(report: &EngineReport, look: &Look) -> Option<Unrouted> {
    let EngineReport { engine, name, unproved, .. } = report;
    let why = unproved.as_ref().filter(|_| !report.stopped)?;
    let (severity, what) = match report.routed {
        Routed::Yes => (Severity::Notice, "is checked, and testing that again did not succeed"),
        Routed::Partly | Routed::No => (Severity::Attention, "could not be tested"),
    };
    let again = if look.is_undecided {
        "It is tried again by itself, or at once by"
    } else {
        "Settle that, then run"
    };
    Some(Unrouted {
        engine: engine.clone(),
        name: name.clone(),
        severity,
        sentence: format!("{name} {what}: {why}"),
        action: format!("{again} `pullgate engines verify {engine}`"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(routed: Routed, unproved: Option<&str>) -> EngineReport {
        EngineReport {
            engine: "buildkit".into(),
            name: "BuildKit".into(),
            version: None,
            routed,
            why: Some("proxy for https: expected `a`, found `b`".into()),
            unproved: unproved.map(str::to_owned),
            stopped: false,
            proved_at: None,
            repaired_at: None,
            details: Vec::new(),
            conditions: Vec::new(),
            personal: Vec::new(),
        }
    }

    fn look(plan: Planned) -> Look {
        Look { is_routable: true, is_undecided: true, unit: Some("buildkit.service".into()), plan }
    }

    #[test]
    fn what_helps_depends_on_what_stands_in_the_way() {
        let listed = |plan| {
            let listed = unrouted(&report(Routed::No, None), &look(plan)).unwrap();
            format!("{:?}: {} | {}", listed.severity, listed.sentence, listed.action)
        };
        insta::assert_snapshot!(
            [
                listed(Planned::Something),
                listed(Planned::Nothing),
                listed(Planned::Refused(
                    "`x.conf` sets `HTTPS_PROXY`, which beats our setting; remove it there".into()
                )),
            ]
            .join("\n")
        );
    }

    #[test]
    fn an_engine_that_does_not_run_or_cannot_be_routed_is_not_told_here() {
        let stopped = EngineReport { stopped: true, ..report(Routed::No, None) };
        assert_eq!(unrouted(&stopped, &look(Planned::Something)), None);
        let stray = Look { is_routable: false, ..look(Planned::Something) };
        assert_eq!(unrouted(&report(Routed::No, None), &stray), None);
        assert_eq!(unrouted(&report(Routed::Yes, None), &look(Planned::Something)), None);
    }

    #[test]
    fn a_proof_that_could_not_be_made_is_no_missing_route() {
        for (routed, severity) in [(Routed::Yes, Severity::Notice), (Routed::Partly, Severity::Attention)] {
            let silent = report(routed, Some("no answer within 20 s"));
            assert_eq!(unrouted(&silent, &look(Planned::Something)), None);
            let listed = unproved(&silent, &look(Planned::Something)).unwrap();
            assert_eq!(listed.severity, severity);
            assert!(listed.sentence.ends_with(": no answer within 20 s"), "{}", listed.sentence);
        }
    }
}

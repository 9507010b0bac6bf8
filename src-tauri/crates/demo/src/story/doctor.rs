//! The check of the installation, as the service makes it.

use wire::{Check, DoctorReport, EngineReport, PolicyState, Routed, Severity, StatusReport};

/// Every check, in the order of the service.
pub(super) fn report(status: &StatusReport, engines: &[EngineReport], bundle: bool) -> DoctorReport {
    let mut checks = vec![
        enrollment(status),
        policy(&status.policy),
        good("journal", "Pulls are recorded".to_owned()),
        good("steward", "The Pullgate helper for system changes runs and has its certificates".to_owned()),
    ];
    checks.extend(engines.iter().map(engine));
    checks.extend(status.conditions.iter().cloned().map(|condition| Check {
        name: condition.code,
        problem: Some(condition.severity),
        sentence: condition.sentence,
        action: condition.action,
    }));
    let bundle =
        bundle.then(|| serde_json::json!({ "status": status, "engines": engines, "policy": status.policy }));
    DoctorReport { checks, bundle }
}

fn enrollment(status: &StatusReport) -> Check {
    match &status.organization {
        Some(organization) => good("enrollment", format!("This machine belongs to {}", organization.display)),
        None => {
            let action = "Run `sudo pullgate enroll FILE` with the file of your organization";
            bad("enrollment", Severity::Attention, "This machine is not enrolled".to_owned(), action)
        }
    }
}

fn policy(state: &PolicyState) -> Check {
    match state {
        PolicyState::Current { stamp, .. } => {
            good("policy", format!("Version {} of the policy applies", stamp.serial))
        }
        PolicyState::Absent | PolicyState::Other => {
            let action = "Run `pullgate policy refresh` to see why it does not arrive";
            bad("policy", Severity::Attention, "No policy has arrived".to_owned(), action)
        }
        PolicyState::Unusable { why, .. } => {
            let sentence = format!("The policy cannot be used: {why}");
            bad("policy", Severity::Critical, sentence, "Correct the policy")
        }
    }
}

fn engine(report: &EngineReport) -> Check {
    let (word, name) = (&report.engine, &report.name);
    let why = report.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
    let action = "Run `sudo pullgate engines apply`";
    match report.routed {
        Routed::Yes => {
            good(word, format!("{name} is checked: a pull that must be blocked was blocked just now"))
        }
        Routed::Partly => bad(word, Severity::Attention, format!("{name} is checked in part{why}"), action),
        Routed::No => bad(word, Severity::Critical, format!("{name} is not checked{why}"), action),
    }
}

fn good(name: &str, sentence: String) -> Check {
    Check { name: name.to_owned(), problem: None, sentence, action: None }
}

fn bad(name: &str, problem: Severity, sentence: String, action: &str) -> Check {
    Check { name: name.to_owned(), problem: Some(problem), sentence, action: Some(action.to_owned()) }
}

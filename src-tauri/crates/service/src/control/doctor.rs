//! A check of the installation, step by step.

use std::sync::Arc;

use host::peer::Peer;
use policy::LoadedPolicy;
use steward_protocol::StewardRequest;
use wire::{Check, Condition, DoctorReport, Severity};

use super::Handles;
use crate::{engines, enrolled::Enrolled};

/// Checks everything that can be checked from here.
pub(super) async fn examine(handles: &Arc<Handles>, bundle: bool, peer: Peer) -> DoctorReport {
    let mut checks = vec![
        enrollment(handles),
        policy(handles),
        network(handles),
        journal(handles).await,
        steward(handles).await,
    ];
    checks.extend(of_engines(handles, peer).await);
    // What is told of engines stands in their own checks already.
    let is_shown = |condition: &Condition| match condition.code.as_str() {
        engines::NOT_PROVED => true,
        engines::NOT_ROUTED => condition.severity > Severity::Notice,
        _ => false,
    };
    let conditions = handles.conditions.list().into_iter().filter(|condition| !is_shown(condition));
    checks.extend(conditions.map(|condition| Check {
        name: condition.code,
        problem: Some(condition.severity),
        sentence: condition.sentence,
        action: condition.action,
    }));
    let bundle = bundle.then(|| {
        serde_json::json!({
            "status": handles.publisher.status(),
            "engines": handles.engines.reports(),
            "policy": handles.publisher.policy_state(),
        })
    });
    DoctorReport { checks, bundle }
}

fn check(name: &str, problem: Option<(Severity, &str)>, sentence: String) -> Check {
    Check {
        name: name.to_owned(),
        problem: problem.map(|(severity, _)| severity),
        sentence,
        action: problem.map(|(_, action)| action.to_owned()),
    }
}

fn enrollment(handles: &Handles) -> Check {
    match &handles.policies.in_force().enrolled {
        Enrolled::Yes(enrollment) => {
            check("enrollment", None, format!("This machine belongs to {}", enrollment.organization.display))
        }
        Enrolled::No => {
            let action = "Run `sudo pullgate enroll FILE` with the file of your organization";
            check("enrollment", Some((Severity::Attention, action)), "This machine is not enrolled".into())
        }
        Enrolled::Unusable { why } => {
            let action = "Correct the file, or run `sudo pullgate enroll FILE --replace`";
            check(
                "enrollment",
                Some((Severity::Critical, action)),
                format!("The enrollment cannot be used: {why}"),
            )
        }
    }
}

fn policy(handles: &Handles) -> Check {
    let in_force = handles.policies.in_force();
    match &in_force.policy.held {
        LoadedPolicy::Current(current) => {
            check("policy", None, format!("Version {} of the policy applies", current.stamp().serial))
        }
        LoadedPolicy::Absent => {
            let action = match in_force.enrolled.good().and_then(|enrollment| enrollment.policy.document()) {
                Some(place) => format!("Put the policy at `{}`", place.display()),
                None => "Run `pullgate policy refresh` to see why it does not arrive".to_owned(),
            };
            check("policy", Some((Severity::Attention, &action)), "No policy has arrived".into())
        }
        LoadedPolicy::Unusable { why } => check(
            "policy",
            Some((Severity::Critical, "Correct the policy")),
            format!("The policy cannot be used: {why}"),
        ),
    }
}

/// Whose proxy is used; what is wrong with one is a condition of its own.
fn network(handles: &Handles) -> Check {
    let by = |way: &wire::WayOut| match (&way.proxy, &way.place) {
        (Some(proxy), Some(place)) => format!("{} by the proxy {proxy}, from {place}", way.who),
        (Some(proxy), None) => format!("{} by the proxy {proxy}", way.who),
        (None, _) => format!("{} directly", way.who),
    };
    let egresses: Vec<String> = handles.upstreams.own_egress.learned.shown().iter().map(by).collect();
    match egresses.is_empty() {
        true => check("network", None, "No proxy is used on the way out".into()),
        false => check("network", None, format!("The way out: {}", egresses.join("; "))),
    }
}

/// It may wait for a slow disk, and must not hold up whatever else this thread does.
async fn journal(handles: &Arc<Handles>) -> Check {
    let decisions = handles.decisions.clone();
    let probe = move || decisions.with_journal(|journal| journal.query(&journal_probe()));
    match tokio::task::spawn_blocking(probe).await.ok().flatten() {
        Some(Ok(_)) => check("journal", None, "Pulls are recorded".into()),
        Some(Err(error)) => {
            let action = "Free some space in `/var/lib/pullgate`";
            check(
                "journal",
                Some((Severity::Critical, action)),
                format!("The record of pulls cannot be read: {error}"),
            )
        }
        None => {
            let action = "Free some space in `/var/lib/pullgate`";
            check(
                "journal",
                Some((Severity::Critical, action)),
                "The record of pulls cannot be opened".into(),
            )
        }
    }
}

fn journal_probe() -> journal::Query {
    journal::Query { since: None, outcomes: Vec::new(), visible_to: journal::Viewer::Everything, limit: 1 }
}

async fn steward(handles: &Handles) -> Check {
    match handles.steward.ask(StewardRequest::Authorities).await {
        Ok(_) => check(
            "steward",
            None,
            "The Pullgate helper for system changes runs and has its certificates".into(),
        ),
        Err(error) => {
            let action = "Run `systemctl status pullgate-steward.socket pullgate-steward.service`";
            check(
                "steward",
                Some((Severity::Critical, action)),
                format!("The Pullgate helper for system changes gives no answer: {error}"),
            )
        }
    }
}

async fn of_engines(handles: &Arc<Handles>, peer: Peer) -> Vec<Check> {
    match engines::verify_for(&handles.engines, None, peer.uid).await {
        Ok(_) => engines::checks(&handles.engines),
        Err(error) => {
            let sentence = format!("The engines could not be asked: {error}");
            vec![check("engines", Some((Severity::Critical, "See to the Pullgate helper first")), sentence)]
        }
    }
}

#[cfg(test)]
mod tests;

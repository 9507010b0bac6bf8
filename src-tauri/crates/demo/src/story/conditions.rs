//! What needs somebody's eyes, in the words of the service.

use jiff::Timestamp;
use wire::{Condition, Severity};

use super::invented::{DAY, HOUR, before, midnight};
use super::session::Session;
use super::world::World;
use crate::Scene;

/// All that holds, the worst first.
pub(super) fn list(world: &World, session: Session) -> Vec<Condition> {
    let now = world.now;
    let mut list = match world.scene {
        Scene::Acme | Scene::SignIn | Scene::Fresh => Vec::new(),
        Scene::Troubled => vec![drifted(now), unrecorded(now), stale(world), unreachable(now)],
        Scene::Unenrolled => vec![bound(now)],
    };
    list.extend(session.condition(now));
    list.sort_by_key(|condition| (std::cmp::Reverse(condition.severity), condition.code.clone()));
    list
}

/// Somebody changed an engine's configuration, and it was put right.
pub(super) fn drifted(now: Timestamp) -> Condition {
    let sentence = "The configuration of Docker Engine was changed outside Pullgate and repaired";
    condition("engine-drifted", Severity::Notice, sentence, before(now, 34), None)
}

fn unrecorded(now: Timestamp) -> Condition {
    let sentence = "The disk is full, so pulls are not recorded";
    let action = "Free some space in `/var/lib/pullgate`";
    condition("journal-failing", Severity::Critical, sentence, before(now, 1), Some(action))
}

fn stale(world: &World) -> Condition {
    let since = world.editions.policy(world.now).and_then(|policy| policy.stale_since(world.now));
    let since = since.unwrap_or_else(|| midnight(world.now));
    let sentence = format!(
        "Acme's policy should have been renewed by {}, and it still applies",
        since.strftime("%Y-%m-%d %H:%M UTC")
    );
    let action = "Tell those who publish it; there is nothing to do on this machine";
    condition("policy-stale", Severity::Attention, &sentence, since, Some(action))
}

fn unreachable(now: Timestamp) -> Condition {
    let sentence = "Acme's policy cannot be fetched: `trust.json` did not come: `policy.acme.example` cannot be found; \
                    check the network connection and the VPN; version 1041 stays in force";
    let action = "It is tried again by itself; `pullgate policy refresh` tries at once";
    condition("policy-unreachable", Severity::Notice, sentence, before(now, 3 * DAY), Some(action))
}

fn bound(now: Timestamp) -> Condition {
    let sentence = "Docker Desktop here is bound to organization `acme`";
    let action = "Ask it for an enrollment file, then run `sudo pullgate enroll FILE`";
    condition("docker-organization", Severity::Notice, sentence, before(now, HOUR), Some(action))
}

fn condition(
    code: &str,
    severity: Severity,
    sentence: &str,
    since: Timestamp,
    action: Option<&str>,
) -> Condition {
    Condition {
        code: code.to_owned(),
        severity,
        sentence: sentence.to_owned(),
        since,
        action: action.map(str::to_owned),
    }
}

//! What `status` says of the ways out: a proxy that does not accept its login, and a way out that is closed.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use egress::{Egress, ProxyRules, ProxySource, ProxyUrl, RefusedLogins};
use gateway::EgressFailure;
use wire::Severity;

use super::conditions::Conditions;

const LOGIN: &str = "proxy-login-refused";
const CLOSED: &str = "egress-closed";

/// So many pulls that failed within so short a time make a closed way out.
const FAILURES: usize = 3;
const WITHIN: Duration = Duration::from_secs(60);
/// What one pull asks for again and again counts once.
const ONE_PULL: Duration = Duration::from_secs(1);

/// Turns what the gateway and the service's own requests meet on their ways out into conditions.
pub(super) struct EgressState {
    conditions: Arc<Conditions>,
    refused: Mutex<Option<ProxyUrl>>,
    closed: Mutex<Closed>,
}

/// When pulls failed of late, by whose way out it was.
#[derive(Debug, Default)]
struct Closed(BTreeMap<String, (Vec<Instant>, String)>);

/// The one memory of logins that proxies did not accept, which tells these conditions.
pub(super) fn logins(egress_state: &Arc<EgressState>) -> Arc<RefusedLogins> {
    let state = Arc::clone(egress_state);
    Arc::new(RefusedLogins::telling(Box::new(move |proxy, source, accepted| {
        if accepted { state.accepted(proxy) } else { state.refused(proxy, source) }
    })))
}

impl EgressState {
    pub(super) fn new(conditions: Arc<Conditions>) -> Self {
        Self { conditions, refused: Mutex::default(), closed: Mutex::default() }
    }

    /// Other settings hold: what was found out under the earlier ones may be past.
    pub(super) fn changed<'a>(&self, egresses: impl Iterator<Item = &'a Egress>) {
        let rules: Vec<ProxyRules> =
            egresses.filter_map(|egress| ProxyRules::new(&egress.settings).ok()).collect();
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        let is_used = |proxy: &ProxyUrl| rules.iter().flat_map(ProxyRules::proxies).any(|used| used == proxy);
        if refused.as_ref().is_some_and(|proxy| !is_used(proxy)) {
            *refused = None;
            self.conditions.clear(LOGIN);
        }
    }

    fn refused(&self, proxy: &ProxyUrl, source: &ProxySource) {
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = Some(proxy.clone());
        let user = proxy.login().map(egress::ProxyLogin::name).unwrap_or_default();
        let sentence = format!(
            "The proxy {} ({source}) does not accept the login for `{user}`; \
             it is not shown again for 15 minutes, or until it is changed",
            proxy.address()
        );
        let action = "Correct the user name and password where the proxy is named";
        self.conditions.raise(LOGIN, Severity::Critical, sentence, Some(action));
    }

    fn accepted(&self, proxy: &ProxyUrl) {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        if refused.as_ref().is_some_and(|refused| refused.address() == proxy.address()) {
            *refused = None;
            self.conditions.clear(LOGIN);
        }
    }

    fn say(&self, closed: &Closed) {
        match closed.sentence() {
            // One cause, one sentence.
            Some(sentence) if !self.conditions.any(&[LOGIN]) => {
                let action = "Check the network, the VPN and the proxy";
                self.conditions.raise(CLOSED, Severity::Critical, sentence, Some(action));
            }
            Some(_) | None => self.conditions.clear(CLOSED),
        }
    }
}

impl gateway::EgressMonitor for EgressState {
    fn failed(&self, failure: &EgressFailure) {
        let mut closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        closed.failed(&failure.source.to_string(), &failure.sentence, Instant::now());
        self.say(&closed);
    }

    fn worked(&self, source: &ProxySource) -> bool {
        let mut closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        closed.0.remove(&source.to_string());
        self.say(&closed);
        !closed.0.is_empty()
    }
}

impl Closed {
    fn failed(&mut self, source: &str, sentence: &str, now: Instant) {
        let (times, last) = self.0.entry(source.to_owned()).or_default();
        sentence.clone_into(last);
        let is_closed = times.len() >= FAILURES;
        if times.last().is_some_and(|last| now.saturating_duration_since(*last) < ONE_PULL) {
            return;
        }
        // What is closed stays so until something comes through.
        if !is_closed {
            times.retain(|time| now.saturating_duration_since(*time) < WITHIN);
            times.push(now);
        }
    }

    fn sentence(&self) -> Option<String> {
        let (_, sentence) = self.0.values().find(|(times, _)| times.len() >= FAILURES)?;
        Some(format!("Pulls do not get out of this machine: {sentence}"))
    }
}

#[cfg(test)]
mod tests {
    use gateway::EgressMonitor as _;

    use super::*;

    #[test]
    fn a_way_out_is_closed_when_three_pulls_failed_within_a_minute() {
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        let mut closed = Closed::default();
        for (seconds, expected) in [(0, false), (0, false), (50, false), (65, false), (70, true), (500, true)]
        {
            closed.failed("a", "the proxy is down", after(seconds));
            assert_eq!(closed.sentence().is_some(), expected, "{seconds}");
        }
        closed.failed("b", "another", after(501));
        closed.0.remove("a");
        assert_eq!(closed.sentence(), None);
    }

    #[test]
    fn a_refused_login_is_told_until_it_is_accepted_or_no_longer_used() {
        let conditions = Arc::new(Conditions::default());
        let egress_state = Arc::new(EgressState::new(Arc::clone(&conditions)));
        let proxy = |text: &str| ProxyUrl::parse(text).unwrap();
        let source = ProxySource::Engine { engine: "Docker Engine".into(), place: "docker.service".into() };
        let wrong = proxy("http://corp%5Cada:hunter2@proxy:3128");
        egress_state.refused(&wrong, &source);
        let sentence = &conditions.list()[0].sentence;
        assert!(sentence.starts_with(
            "The proxy http://proxy:3128 (Docker Engine, `docker.service`) does not accept the login for `corp\\ada`"
        ));
        assert!(!sentence.contains("hunter2"));
        let egress = |text: &str| Egress {
            settings: egress::ProxySettings { https: Some(text.into()), ..Default::default() },
            source: source.clone(),
        };
        egress_state.changed([&egress("http://corp%5Cada:hunter2@proxy:3128")].into_iter());
        assert!(conditions.any(&[LOGIN]));
        let failure = EgressFailure { source: source.clone(), sentence: "x".into() };
        (0..9).for_each(|_| egress_state.failed(&failure));
        assert!(!conditions.any(&[CLOSED]));
        egress_state.changed([&egress("http://corp%5Cada:right@proxy:3128")].into_iter());
        assert!(!conditions.any(&[LOGIN]));
        egress_state.refused(&wrong, &source);
        egress_state.accepted(&wrong);
        assert!(!conditions.any(&[LOGIN]) && !egress_state.worked(&source));
    }
}

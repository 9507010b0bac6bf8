//! Which of several ways leads to the places that the enrollment names. The first that leads to all of them is the one;
//! failing that, the first that leads to the provider.

use std::{sync::Arc, time::Duration};

use egress::Egress;
use enrollment::{Enrollment, Source};
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    task::JoinSet,
    time::Instant,
};
use web::{Client, Limits, Request, Settings, WebErrorKind};

use super::{
    OwnEgress,
    known::{Chosen, Known},
};
use crate::{enrolled::issuer, host_events::HostEvent};

/// A way that leads there is kept this long.
const KEEP: Duration = Duration::from_secs(600);
/// Where none does, they are tried again after this time.
const AGAIN: Duration = Duration::from_secs(20);
const LIMITS: Limits = Limits {
    connect: Duration::from_secs(8),
    read: Duration::from_secs(8),
    total: Duration::from_secs(10),
    body: 1024 * 1024,
};

impl OwnEgress {
    /// Finds out which way leads there, unless that is known.
    pub(super) async fn choose(&self) {
        let _turn = self.learned.turn.lock().await;
        let Some(known) = self.learned.known() else { return };
        let candidates = known.candidates();
        let places = self.in_force.borrow().enrolled.good().map(places).unwrap_or_default();
        if self.learned.has_chosen(&known, &places) || candidates.len() < 2 || places.is_empty() {
            return;
        }
        let mut reached: Vec<Vec<bool>> = Vec::new();
        for way in &candidates {
            reached.push(self.leads_to(&known, way, &places).await);
            if reached.last().is_some_and(|places| places.iter().all(|leads| *leads)) {
                break;
            }
        }
        let best = best(&reached);
        let (index, wait) = best.map_or((0, AGAIN), |index| (index, KEEP));
        let Some(way) = candidates.into_iter().nth(index) else { return };
        tracing::info!(way = %way.source, leads = best.is_some(), "the service's own requests go this way");
        self.learned.choose(Some(Chosen { known, places, way, until: Instant::now() + wait }));
    }

    /// Another network may have another way out.
    pub(crate) async fn forget_at(self: Arc<Self>, mut events: Receiver<HostEvent>) {
        while !matches!(events.recv().await, Err(RecvError::Closed)) {
            self.learned.choose(None);
        }
    }

    /// Which of the places a way leads to.
    async fn leads_to(&self, known: &Known, way: &Egress, places: &[String]) -> Vec<bool> {
        let settings = Settings {
            authorities: known.for_web(),
            egress: way.clone(),
            proxy_logins: Arc::clone(&self.proxy_logins),
            limits: LIMITS,
        };
        let mut asked = JoinSet::new();
        for (place, address) in places.iter().cloned().enumerate() {
            let settings = settings.clone();
            asked.spawn(async move { (place, leads(&settings, &address).await) });
        }
        let mut reached = vec![false; places.len()];
        while let Some(answer) = asked.join_next().await {
            if let Ok((place, leads)) = answer
                && let Some(slot) = reached.get_mut(place)
            {
                *slot = leads;
            }
        }
        reached
    }
}

/// The provider first.
fn places(enrollment: &Enrollment) -> Vec<String> {
    let provider = enrollment.identity.as_ref().map(|identity| issuer(identity).to_owned());
    let policy = match &enrollment.policy.source {
        Source::Https { base, .. } => Some(base.clone()),
        Source::File { .. } | Source::DockerHub(_) => None,
    };
    provider.into_iter().chain(policy).collect()
}

/// Whatever is answered was reached; so is one whose certificate only a later question trusts.
async fn leads(settings: &Settings, address: &str) -> bool {
    let asked = async { Client::new(settings)?.send(Request::get(address)?).await };
    match asked.await {
        Ok(_) => true,
        Err(error) => matches!(error.kind, WebErrorKind::Tls | WebErrorKind::TooLarge { .. }),
    }
}

fn best(reached: &[Vec<bool>]) -> Option<usize> {
    let all = reached.iter().position(|places| places.iter().all(|leads| *leads));
    let provider = || reached.iter().position(|places| places.first() == Some(&true));
    all.or_else(provider).or_else(|| reached.iter().position(|places| places.contains(&true)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_everything_is_better_than_that_to_the_provider_alone() {
        let best = |reached: &[[bool; 2]]| best(&reached.iter().map(|it| it.to_vec()).collect::<Vec<_>>());
        assert_eq!(best(&[[true, false], [true, true]]), Some(1));
        assert_eq!(best(&[[false, true], [true, false]]), Some(1));
        assert_eq!(best(&[[false, false], [false, true]]), Some(1));
        assert_eq!(best(&[[true, true], [true, true]]), Some(0));
        assert_eq!(best(&[[false, false]]), None);
    }
}

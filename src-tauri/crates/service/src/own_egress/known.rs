//! What is known of the ways out of this machine.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use egress::{Egress, ProxyRules, ProxySource};
use engines::EngineEgress;
use engines::{candidates, shown};
use tokio::{sync::watch, time::Instant};
use wire::WayOut;

/// The steward is started on demand.
const FIRST_LOOK: Duration = Duration::from_secs(8);

/// The ways out, as the steward and the enrollment tell of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Known {
    /// That of the enrollment.
    pub(crate) enrolled: Option<Egress>,
    /// That of login sessions.
    pub(crate) machine: Egress,
    /// Those of engines.
    pub(crate) engines: Vec<EngineEgress>,
    /// What the enrollment trusts for everything.
    pub(crate) authorities: Vec<gateway::Authority>,
}

impl Known {
    /// The same for requests of the service's own.
    pub(crate) fn for_web(&self) -> Vec<web::Authority> {
        let of = |authority: &gateway::Authority| web::Authority {
            pem: authority.pem.clone(),
            source: authority.source.clone(),
        };
        self.authorities.iter().map(of).collect()
    }
}

/// What was learned of the ways out, and which one was chosen.
#[derive(Default)]
pub(crate) struct Learned {
    known: watch::Sender<Option<Arc<Known>>>,
    chosen: Mutex<Option<Chosen>>,
    /// Held while it is found out which way leads there.
    pub(super) turn: tokio::sync::Mutex<()>,
}

/// The way that was found to lead to the enrollment's places.
#[derive(Clone)]
pub(super) struct Chosen {
    pub(super) known: Arc<Known>,
    pub(super) places: Vec<String>,
    pub(super) way: Egress,
    /// When to look again.
    pub(super) until: Instant,
}

impl Known {
    /// What the service's own requests may try.
    pub(super) fn candidates(&self) -> Vec<Egress> {
        candidates(self.enrolled.as_ref(), &self.machine, &self.engines)
    }
}

impl Learned {
    /// Takes in what was told; says whether it is anything new.
    pub(crate) fn learn(&self, known: Known) -> bool {
        let known = Some(Arc::new(known));
        self.known.send_if_modified(|before| {
            let is_new = *before != known;
            if is_new {
                *before = known;
            }
            is_new
        })
    }

    /// Nobody waits any longer for what cannot be known.
    pub(crate) fn give_up(&self) {
        self.known.send_if_modified(|known| {
            let unknown = known.is_none();
            known.get_or_insert_default();
            unknown
        });
    }

    /// What is known now.
    pub(crate) fn known(&self) -> Option<Arc<Known>> {
        self.known.borrow().clone()
    }

    /// Tells whenever anything new is known.
    pub(crate) fn subscribe(&self) -> watch::Receiver<Option<Arc<Known>>> {
        self.known.subscribe()
    }

    /// Waits until the machine was asked once, but not for long.
    pub(crate) async fn wait_first_check(&self) {
        let mut known = self.known.subscribe();
        let known = known.wait_for(Option::is_some);
        if tokio::time::timeout(FIRST_LOOK, known).await.is_err() {
            tracing::info!("it is not known yet how this machine goes out");
        }
    }

    /// The way of the service's own requests.
    pub(super) fn own(&self) -> Egress {
        let Some(known) = self.known() else { return Egress::default() };
        let chosen = self.chosen();
        let way = chosen.as_ref().filter(|chosen| Arc::ptr_eq(&chosen.known, &known));
        let first = || known.candidates().into_iter().next();
        way.map(|chosen| chosen.way.clone()).or_else(first).unwrap_or_default()
    }

    /// Whether a way was chosen for these places lately, out of what is known now.
    pub(super) fn has_chosen(&self, known: &Arc<Known>, places: &[String]) -> bool {
        self.chosen().as_ref().is_some_and(|it| {
            Arc::ptr_eq(&it.known, known) && it.places == places && it.until > Instant::now()
        })
    }

    /// Takes a way, or begins anew.
    pub(super) fn choose(&self, chosen: Option<Chosen>) {
        *self.chosen() = chosen;
    }

    fn chosen(&self) -> MutexGuard<'_, Option<Chosen>> {
        self.chosen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whose proxy is used by whom; nothing where everybody goes out directly.
    pub(crate) fn shown(&self) -> Vec<WayOut> {
        let Some(known) = self.known() else { return Vec::new() };
        let own = ("Pullgate".to_owned(), self.own());
        let engines = known.engines.iter().map(|it| {
            let name = if it.is_crio { "CRI-O" } else { it.engine.name() };
            (name.to_owned(), known.enrolled.as_ref().unwrap_or(&it.egress).clone())
        });
        let egresses: Vec<WayOut> =
            [own].into_iter().chain(engines).map(|(who, way)| way_out(who, &way)).collect();
        if egresses.iter().all(|way| way.proxy.is_none()) { Vec::new() } else { egresses }
    }
}

fn way_out(who: String, way: &Egress) -> WayOut {
    let place = match &way.source {
        ProxySource::Enrollment => Some("the enrollment".to_owned()),
        ProxySource::Engine { place, .. } | ProxySource::Machine { place } => Some(place.clone()),
        ProxySource::Direct => None,
    };
    WayOut { who, proxy: shown(way), place }
}

/// Every proxy of these ways, without its login, each once.
pub(super) fn proxies(egresses: &[Egress]) -> Vec<(egress::ProxyUrl, ProxySource)> {
    let mut found: Vec<(egress::ProxyUrl, ProxySource)> = Vec::new();
    for way in egresses {
        let rules = ProxyRules::new(&way.settings).unwrap_or_default();
        for proxy in rules.proxies().map(|proxy| proxy.clone().without_login()) {
            if !found.iter().any(|(known, _)| *known == proxy) {
                found.push((proxy, way.source.clone()));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use egress::ProxySettings;
    use engines::EngineId;

    use super::*;

    fn way(https: &str, place: &str) -> Egress {
        let settings = ProxySettings { https: Some(https.to_owned()), ..ProxySettings::default() };
        let source = match place {
            "" => ProxySource::Direct,
            place => ProxySource::Engine { engine: "Docker Engine".into(), place: place.into() },
        };
        Egress { settings, source }
    }

    fn way_out(known: Known) -> Vec<String> {
        let learned = Learned::default();
        learned.learn(known);
        let one = |it: WayOut| format!("{}: {:?} {:?}", it.who, it.proxy, it.place);
        learned.shown().into_iter().map(one).collect()
    }

    #[test]
    fn whose_proxy_is_used_is_told_without_the_login() {
        let of = |engine, egress| EngineEgress { engine, is_crio: false, egress };
        let engines = vec![
            of(EngineId::Docker, way("http://ada:hunter2@proxy:3128", "docker.service")),
            of(EngineId::Containerd, way("", "")),
        ];
        let known = Known { engines, ..Known::default() };
        assert_eq!(
            way_out(known.clone()),
            [
                "Pullgate: Some(\"http://proxy:3128\") Some(\"docker.service\")",
                "Docker Engine: Some(\"http://proxy:3128\") Some(\"docker.service\")",
                "containerd: None None",
            ]
        );
        let enrolled = Egress { source: ProxySource::Enrollment, ..way("http://e:1", "") };
        let by_enrollment = way_out(Known { enrolled: Some(enrolled), ..known });
        assert!(by_enrollment.iter().all(|it| it.ends_with("Some(\"http://e:1\") Some(\"the enrollment\")")));
        assert_eq!(way_out(Known::default()), Vec::<String>::new());
    }
}

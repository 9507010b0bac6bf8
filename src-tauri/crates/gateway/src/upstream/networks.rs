//! The networks under one set of settings: by each of its ways out, for each family of engines.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

use egress::{Egress, RefusedLogins};
use policy::{Engine, Front};

use super::{
    EngineFamily, Upstreams, address_filter::Fronts, egress_route::EgressRoute, family_trust::FamilyTrust,
    network::Network, pool::Pool,
};

/// One network a family of engines, by the same way out.
#[derive(Clone)]
pub(crate) struct ByFamily([Arc<Network>; 3]);

/// The files of client certificates that are not shown.
type Withheld = Arc<BTreeSet<String>>;

/// Every network under one set of settings.
pub(crate) struct Networks {
    usual: ByFamily,
    engines: BTreeMap<Engine, ByFamily>,
    /// Ways of processes, the latest last.
    processes: Mutex<Vec<(Egress, bool, ByFamily)>>,
    /// The same for users who cannot read some keys of this machine, by the certificates that are not shown for them.
    others: Mutex<Vec<(Withheld, Arc<Self>)>>,
    settings: Upstreams,
    system: trust::Pool,
    family_trusts: [Arc<FamilyTrust>; 3],
    logins: Arc<RefusedLogins>,
    fronts: Arc<Fronts>,
}

/// No machine has more ways in use at a time.
const MOST_PROCESSES: usize = 16;
/// Keys that some may read and others not are few.
const MOST_OTHERS: usize = 16;

impl ByFamily {
    fn new(
        family_trusts: &[Arc<FamilyTrust>; 3],
        route: impl Fn() -> EgressRoute,
        unverified_route: impl Fn() -> Option<EgressRoute>,
    ) -> Self {
        Self(family_trusts.each_ref().map(|family_trust| {
            let family_trust = Arc::clone(family_trust);
            Arc::new(Network {
                family_trust,
                route: route(),
                unverified_route: unverified_route(),
                pool: Pool::default(),
            })
        }))
    }

    /// The network of these engines.
    pub(crate) fn of(&self, family: EngineFamily) -> &Arc<Network> {
        let [docker, podman, containerd] = &self.0;
        match family {
            EngineFamily::Docker => docker,
            EngineFamily::Podman => podman,
            EngineFamily::Containerd => containerd,
        }
    }
}

impl Networks {
    /// What the enrollment trusts for proxies is trusted at every host, since a proxy may open TLS.
    pub(crate) fn new(settings: Upstreams, logins: &Arc<RefusedLogins>, fronts: &Arc<Fronts>) -> Self {
        let mut system = trust::Pool::of_system();
        for pem in &settings.proxy_authorities {
            for flaw in system.add_pem(pem) {
                tracing::warn!(%flaw, "an authority of the enrollment is left out");
            }
        }
        Self::by(settings, Arc::default(), system, logins, fronts)
    }

    fn by(
        settings: Upstreams,
        withheld: Withheld,
        system: trust::Pool,
        logins: &Arc<RefusedLogins>,
        fronts: &Arc<Fronts>,
    ) -> Self {
        let family_trust = |family| {
            let (withheld, fronts) = (Arc::clone(&withheld), Arc::clone(fronts));
            Arc::new(FamilyTrust::new(settings.clone(), withheld, family, system.clone(), fronts))
        };
        let family_trusts = EngineFamily::ALL.map(family_trust);
        let by = |egress: &Egress| {
            ByFamily::new(&family_trusts, || EgressRoute::new(egress, Arc::clone(logins)), || None)
        };
        let engines = settings.engine_egress.iter().map(|(engine, egress)| (*engine, by(egress))).collect();
        let usual = by(&settings.egress);
        let (processes, others, logins) = (Mutex::default(), Mutex::default(), Arc::clone(logins));
        let fronts = Arc::clone(fronts);
        Self { usual, engines, processes, others, settings, system, family_trusts, logins, fronts }
    }

    /// The networks for whoever asks: certificates are shown to registries only for those who could show them
    /// without us.
    pub(crate) fn for_asker(self: &Arc<Self>, uid: Option<u32>) -> Arc<Self> {
        let withheld = self.settings.withheld_from(uid);
        if withheld.is_empty() {
            return Arc::clone(self);
        }
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, known)) = others.iter().find(|(known, _)| **known == withheld) {
            return Arc::clone(known);
        }
        let withheld = Arc::new(withheld);
        let settings = self.settings.clone().without(&withheld);
        let made = Arc::new(Self::by(
            settings,
            Arc::clone(&withheld),
            self.system.clone(),
            &self.logins,
            &self.fronts,
        ));
        if others.len() == MOST_OTHERS {
            others.remove(0);
        }
        others.push((withheld, Arc::clone(&made)));
        made
    }

    /// The way that a process has of its own. A person's word for it counts where the place proves who it is: whoever
    /// is asked instead could answer for any other.
    pub(crate) fn of_process(&self, egress: &Egress, is_root: bool) -> ByFamily {
        let mut processes = self.processes.lock().unwrap_or_else(PoisonError::into_inner);
        let known = processes.iter().find(|(known, root, _)| (known, *root) == (egress, is_root));
        if let Some((.., networks)) = known {
            return networks.clone();
        }
        let route = |egress: &Egress| EgressRoute::new(egress, Arc::clone(&self.logins));
        let usual = || (!is_root).then(|| route(&self.settings.egress));
        let networks = ByFamily::new(&self.family_trusts, || route(egress), usual);
        if processes.len() == MOST_PROCESSES {
            processes.remove(0);
        }
        processes.push((egress.clone(), is_root, networks.clone()));
        networks
    }

    /// Leaves behind what was learned on a network that is gone.
    pub(crate) fn reset(&self) {
        let processes = self.processes.lock().unwrap_or_else(PoisonError::into_inner);
        let own = processes.iter().map(|(.., networks)| networks);
        let all = [&self.usual].into_iter().chain(self.engines.values()).chain(own);
        all.flat_map(|networks| &networks.0).for_each(|network| network.reset());
        let others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        others.iter().for_each(|(_, others)| others.reset());
    }

    /// The way of the engine that asks. Programs that do not say what they are go as those that use the same front.
    pub(crate) fn of(&self, engine: Engine, front: Front) -> &ByFamily {
        if self.engines.is_empty() {
            return &self.usual;
        }
        let is_containerd = matches!(engine, Engine::Containerd | Engine::Nerdctl | Engine::Kubernetes);
        // dockerd asks for tokens by containerd's name where it keeps images in its store.
        let engine = if is_containerd && front == Front::Proxy { Engine::Docker } else { engine };
        let relatives = match (engine, front) {
            (Engine::Docker | Engine::BuildKit | Engine::Unknown, Front::Proxy) => {
                [Engine::Docker, Engine::BuildKit]
            }
            (Engine::BuildKit | Engine::Docker | Engine::Unknown, Front::Mirror) => [engine; 2],
            (
                Engine::Buildah | Engine::Skopeo | Engine::ContainersImage | Engine::Podman,
                Front::Proxy | Front::Mirror,
            ) => [Engine::Podman; 2],
            (Engine::Containerd | Engine::Nerdctl | Engine::Kubernetes, Front::Proxy | Front::Mirror) => {
                [Engine::Containerd, Engine::Kubernetes]
            }
        };
        let own = [engine].into_iter().chain(relatives);
        own.filter_map(|engine| self.engines.get(&engine)).next().unwrap_or(&self.usual)
    }
}

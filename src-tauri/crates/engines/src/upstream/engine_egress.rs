//! The way out that each engine had before us, and that of the machine.
//!
//! A daemon's is what its process has. What one engine has is no other's: an engine that went out directly still does.

use std::path::Path;

use config_edit::{Proxies, pam_env};
use egress::{Egress, ProxySettings, ProxySource};
use serde::{Deserialize, Serialize};

use crate::environment::{self, DaemonProxies};
use crate::machine::text;
use crate::podman::containers_conf::{self, ContainersEnv};
use crate::podman::crio;
use crate::{EngineId, Facts, Found, Machine, Originals, docker};

/// The file that login sessions have their environment from.
const ENVIRONMENT: &str = "/etc/environment";

/// The way out of one engine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EngineEgress {
    /// The engine.
    pub engine: EngineId,
    /// Whether it is CRI-O, which counts among the Podman family.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_crio: bool,
    /// The way, directly included.
    pub egress: Egress,
}

/// Daemons as they were started, and what the files of the Podman family give to whoever starts it.
pub(super) fn of_engines(found: &[Found], machine: &dyn Machine, originals: &Originals) -> Vec<EngineEgress> {
    let mut ways: Vec<EngineEgress> = found.iter().filter_map(|it| of(it, machine, originals)).collect();
    if let Some((unit, known)) = crio::environment(machine) {
        let proxies = known.process.as_ref().unwrap_or(&known.unit);
        let egress = daemon("CRI-O", &unit, &known, proxies);
        ways.push(EngineEgress { engine: EngineId::Podman, is_crio: true, egress });
    }
    ways
}

/// The way out of an engine that was found, where its kind has one of its own.
pub(crate) fn of(found: &Found, machine: &dyn Machine, originals: &Originals) -> Option<EngineEgress> {
    let (unit, name) = (found.unit.as_deref().unwrap_or_default(), found.name.as_str());
    let by_environment = |known: &DaemonProxies| {
        let proxies = known.effective(found.engine, machine, originals).unwrap_or_else(|error| {
            tracing::warn!(%error, engine = %found.engine, "what it had in its environment is not known");
            known.unit.clone()
        });
        daemon(name, unit, known, &proxies)
    };
    let egress = match &found.facts {
        Facts::Docker(facts) => {
            let persons = docker::persons_file(found, facts, machine, originals);
            egress(name, &persons.place, &persons.taken_over.proxies)
        }
        Facts::BuildKit(facts) => by_environment(&facts.environment),
        Facts::Containerd(facts) => by_environment(&facts.environment),
        Facts::K3s(facts) => by_environment(&facts.environment),
        Facts::Podman(_) => {
            let ContainersEnv { file, set } = containers_conf::of_system(machine)?;
            let proxies = environment::proxies(|name| environment::variable(&set, name));
            egress(name, &file.display().to_string(), &proxies)
        }
        Facts::Desktop(_) | Facts::Unknown => return None,
    };
    Some(EngineEgress { engine: found.engine, is_crio: false, egress })
}

/// The way out of login sessions.
pub(super) fn of_machine(machine: &dyn Machine) -> Egress {
    let set = pam_env::parse(&text(machine, Path::new(ENVIRONMENT)).unwrap_or_default());
    let proxies =
        environment::proxies(|name| set.iter().rfind(|(it, _)| it == name).map(|(_, value)| value.as_str()));
    let settings = settings(&proxies);
    let source = match settings.is_direct() {
        true => ProxySource::Direct,
        false => ProxySource::Machine { place: ENVIRONMENT.to_owned() },
    };
    Egress { settings, source }
}

fn daemon(name: &str, unit: &str, known: &DaemonProxies, proxies: &Proxies) -> Egress {
    egress(name, &known.place_of(proxies, unit), proxies)
}

pub(super) fn egress(engine: &str, place: &str, proxies: &Proxies) -> Egress {
    let settings = settings(proxies);
    let source = match settings.is_direct() {
        true => ProxySource::Direct,
        false => ProxySource::Engine { engine: engine.to_owned(), place: place.to_owned() },
    };
    Egress { settings, source }
}

fn settings(proxies: &Proxies) -> ProxySettings {
    if proxies.is_empty() {
        return ProxySettings::default();
    }
    ProxySettings {
        http: proxies.http.clone(),
        https: proxies.https.clone(),
        no_proxy: proxies.no_proxy.clone().unwrap_or_default(),
    }
}

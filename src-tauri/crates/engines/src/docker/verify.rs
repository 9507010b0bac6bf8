//! The proof for Docker Engine, from the daemon itself.

use std::path::Path;

use config_edit::NO_PROXY;

use super::DockerFacts;
use crate::docker_api::SOCKET;
use crate::verify::{CANARY, CANARY_TAG, Canary, Probe, Verified};
use crate::{DesiredRouting, EngineId, Machine};

pub(super) fn verify(facts: &DockerFacts, machine: &dyn Machine, desired: &DesiredRouting) -> Verified {
    let Some(running) = &facts.running else {
        return match facts.active {
            false => Verified::not_running(EngineId::Docker),
            true => {
                let canary = Canary::NotTried("Docker Engine does not answer".into());
                Verified { engine: EngineId::Docker, probes: Vec::new(), canary }
            }
        };
    };
    let probes = vec![
        Probe::equal("proxy for http", &desired.proxy, &running.http_proxy),
        Probe::equal("proxy for https", &desired.proxy, &running.https_proxy),
        Probe::equal("hosts without proxy", NO_PROXY, &running.no_proxy),
        Probe::equal("registry mirrors", "", &running.mirrors.join(" ")),
        Probe::certificate_folders(
            &desired.intercept_ca_dir,
            running.certificate_folders.as_deref().unwrap_or_default(),
        ),
    ];
    let is_routed = running.https_proxy == desired.proxy;
    Verified::of(EngineId::Docker, probes, is_routed, || canary(machine))
}

/// The error comes as a status before the first byte, or in the stream after it.
fn canary(machine: &dyn Machine) -> Canary {
    let target = format!("/images/create?fromImage={CANARY}&tag={CANARY_TAG}");
    match machine.ask(Path::new(SOCKET), "POST", &target) {
        Ok(answer) => Canary::judge_answer(&answer),
        Err(error) => Canary::NotTried(error.to_string()),
    }
}

//! What pulls by itself inside containers of Docker Engine: clusters (kind, minikube, k3d), whose nodes pull the images
//! of their pods, and Docker Model Runner, which pulls models. They are shown and not routed.

use std::collections::BTreeMap;

use crate::docker_api::{self, Container};
use crate::{EngineId, Facts, Found, Machine, Why};

/// A label that nodes carry, with the cluster's name, who made it and what deletes it.
const KINDS: [(&str, &str, &str); 3] = [
    ("io.x-k8s.kind.cluster", "kind", "kind delete cluster --name"),
    ("name.minikube.sigs.k8s.io", "minikube", "minikube delete --profile"),
    ("k3d.cluster", "k3d", "k3d cluster delete"),
];

/// The container in which Docker's command line runs Model Runner beside Docker Engine.
const MODEL_RUNNER: &str = "docker-model-runner";

/// One entry a cluster, however many nodes it has, and one for Model Runner.
pub(crate) fn find(containers: &[Container]) -> Vec<Found> {
    let clusters: BTreeMap<_, _> = containers.iter().filter_map(cluster).collect();
    let clusters = clusters.into_iter().map(|((product, name), delete)| {
        let why = Why::Node { product: product.to_owned(), delete: format!("{delete} {name}") };
        found(EngineId::Containerd, format!("{product} cluster {name}"), why)
    });
    let runner = containers.iter().find(|container| container.name == MODEL_RUNNER);
    let runner = runner.map(|_| found(EngineId::Docker, "Docker Model Runner".to_owned(), Why::ModelRunner));
    clusters.chain(runner).collect()
}

/// The containers to look at.
pub(crate) fn containers(machine: &dyn Machine) -> Vec<Container> {
    docker_api::containers(machine)
}

fn cluster(container: &Container) -> Option<((&'static str, &str), &'static str)> {
    KINDS.iter().find_map(|(label, product, delete)| {
        let name = container.labels.get(*label)?;
        Some(((*product, name.as_str()), *delete))
    })
}

fn found(engine: EngineId, name: String, why: Why) -> Found {
    Found {
        engine,
        name,
        version: None,
        unit: None,
        config: Vec::new(),
        facts: Facts::Unknown,
        routable: Err(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::simulated;

    #[test]
    fn what_pulls_by_itself_in_containers_is_shown_once_with_what_to_do() {
        let machine = simulated::machine(&[], 0);
        let containers = r#"[
            {"Id":"1","Names":["/dev-control-plane"],"Labels":{"io.x-k8s.kind.cluster":"dev","io.x-k8s.kind.role":"control-plane"}},
            {"Id":"2","Names":["/dev-worker"],"Labels":{"io.x-k8s.kind.cluster":"dev","io.x-k8s.kind.role":"worker"}},
            {"Id":"3","Names":["/minikube"],"Labels":{"created_by.minikube.sigs.k8s.io":"true","name.minikube.sigs.k8s.io":"minikube"}},
            {"Id":"4","Names":["/k3d-ci-server-0"],"Labels":{"app":"k3d","k3d.cluster":"ci","k3d.role":"server"}},
            {"Id":"5","Names":["/web"],"Labels":{"com.docker.compose.project":"shop"}},
            {"Id":"6","Names":["/old"],"Labels":null},
            {"Id":"7","Names":["/docker-model-runner"],"Labels":{"com.docker.desktop.service":"model-runner"}}
        ]"#;
        machine.answer("GET /containers/json", 200, containers);
        let found = find(&super::containers(&machine));
        let shown = found.iter().map(|it| format!("{}: {}", it.name, it.routable.as_ref().unwrap_err()));
        insta::assert_snapshot!(shown.collect::<Vec<_>>().join("\n"));
    }
}

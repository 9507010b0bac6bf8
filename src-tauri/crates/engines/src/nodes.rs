//! Clusters in containers of Docker Engine (kind, minikube, k3d): the images of their pods are pulled by the engine
//! inside the nodes, past Docker's. They are shown and not routed.

use std::collections::BTreeMap;

use crate::docker::{self, Container};
use crate::{EngineId, Facts, Found, Machine, Why};

/// A label that nodes carry, with the cluster's name, who made it and what deletes it.
const KINDS: [(&str, &str, &str); 3] = [
    ("io.x-k8s.kind.cluster", "kind", "kind delete cluster --name"),
    ("name.minikube.sigs.k8s.io", "minikube", "minikube delete --profile"),
    ("k3d.cluster", "k3d", "k3d cluster delete"),
];

/// One entry a cluster, however many nodes it has.
pub(crate) fn find(containers: &[Container]) -> Vec<Found> {
    let clusters: BTreeMap<_, _> = containers.iter().filter_map(cluster).collect();
    clusters.into_iter().map(|((product, name), delete)| found(product, name, delete)).collect()
}

/// The containers to look at.
pub(crate) fn containers(machine: &dyn Machine) -> Vec<Container> {
    docker::containers(machine)
}

fn cluster(container: &Container) -> Option<((&'static str, &str), &'static str)> {
    KINDS.iter().find_map(|(label, product, delete)| {
        let name = container.labels.get(*label)?;
        Some(((*product, name.as_str()), *delete))
    })
}

fn found(product: &str, name: &str, delete: &str) -> Found {
    Found {
        engine: EngineId::Containerd,
        name: format!("{product} cluster {name}"),
        version: None,
        unit: None,
        config: Vec::new(),
        facts: Facts::Unknown,
        routable: Err(Why::Node { product: product.to_owned(), delete: format!("{delete} {name}") }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::simulated;

    #[test]
    fn a_cluster_is_shown_once_with_what_to_do() {
        let machine = simulated::machine(&[], 0);
        let containers = r#"[
            {"Id":"1","Names":["/dev-control-plane"],"Labels":{"io.x-k8s.kind.cluster":"dev","io.x-k8s.kind.role":"control-plane"}},
            {"Id":"2","Names":["/dev-worker"],"Labels":{"io.x-k8s.kind.cluster":"dev","io.x-k8s.kind.role":"worker"}},
            {"Id":"3","Names":["/minikube"],"Labels":{"created_by.minikube.sigs.k8s.io":"true","name.minikube.sigs.k8s.io":"minikube"}},
            {"Id":"4","Names":["/k3d-ci-server-0"],"Labels":{"app":"k3d","k3d.cluster":"ci","k3d.role":"server"}},
            {"Id":"5","Names":["/web"],"Labels":{"com.docker.compose.project":"shop"}},
            {"Id":"6","Names":["/old"],"Labels":null}
        ]"#;
        machine.answer("GET /containers/json", 200, containers);
        let found = find(&super::containers(&machine));
        let shown = found.iter().map(|it| format!("{}: {}", it.name, it.routable.as_ref().unwrap_err()));
        insta::assert_snapshot!(shown.collect::<Vec<_>>().join("\n"));
    }
}

//! A whole `docker pull` of half a gibibyte: a laptop with the gate beside one without.

use std::time::Instant;

use acceptance::laptop::{Laptop, Options, Person, Store};
use acceptance::product;

use super::figure::{Series, ratio, row, table, target};
use super::stage;

/// Where the blobs come from, and the repository for it.
const KINDS: [(&str, &str); 2] =
    [("blobs from the registry, intercepted", "near"), ("blobs by redirect, as Docker Hub's", "far")];

/// Boots a laptop without the gate, ready to be measured.
pub(crate) fn without_gate(store: Store) -> Laptop {
    let laptop = Laptop::boot(&stage::options(Options::docker(store)));
    stage::set(&laptop);
    laptop
}

/// Boots a laptop whose Docker Engine pulls through the gate.
pub(crate) fn with_gate(store: Store) -> Laptop {
    let options = stage::options(product::with_product(Options::docker(store)));
    let laptop = Laptop::boot(&options);
    stage::set(&laptop);
    product::install(&laptop);
    product::enroll(&laptop, &stage::policy());
    laptop
}

/// Pulls in turn here and there, and adds the rows.
pub(crate) fn measure(store: Store, direct: &Laptop, gated: &Laptop, rounds: usize) {
    let mut rows = vec![row(&["", "seconds direct", "seconds through the gate", "of direct", "target"])];
    for (title, repository) in KINDS {
        let (mut without, mut with) = (Series::default(), Series::default());
        for round in 0..=rounds {
            let (one, other) = (pull(direct, repository), pull(gated, repository));
            // The first round only warms up.
            if round > 0 {
                without.add(one);
                with.add(other);
            }
        }
        let goal = target(with.median() / without.median(), 1.10, "×");
        rows.push(row(&[title, &without.to_string(), &with.to_string(), &ratio(&with, &without), &goal]));
    }
    let name = match store {
        Store::Classic => "classic",
        Store::Containerd => "containerd",
    };
    table(&format!("`docker pull` of 512 MiB in 4 layers, {name} image store, {rounds} rounds"), &rows);
}

fn pull(laptop: &Laptop, repository: &str) -> f64 {
    let image = format!("origin.example/measured/{repository}:1");
    let started = Instant::now();
    let pulled = laptop.run_as(Person::Ada, &format!("docker pull --quiet {image}"));
    let seconds = started.elapsed().as_secs_f64();
    assert_eq!(pulled.code, 0, "{}", pulled.terminal);
    let removed = laptop.run_as(Person::Ada, &format!("docker image rm {image}"));
    assert_eq!(removed.code, 0, "{}", removed.terminal);
    seconds
}

//! Products that run their engine in a virtual machine: Docker Desktop, Rancher Desktop, Colima, Lima, OrbStack, Podman
//! machine. What rules the machine are files in a person's home. The plans are made of them and of nothing else; root
//! does not write into homes, so on this system the products are shown and not routed.

use std::path::PathBuf;

use config_edit::Format;
use serde::{Deserialize, Serialize};

use crate::adapter::Adapter;
use crate::machine::InHome;
use crate::people::{Person, people};
use crate::plan::{Plan, Restart, Unplannable};
use crate::plan_builder::PlanBuilder;
use crate::{DesiredRouting, EngineId, Facts, Found, Machine, Originals, Why};

mod colima;
mod docker_desktop;
mod lima;
mod orbstack;
mod podman_machine;
mod rancher_desktop;

/// Makes the text that leads to the gateway of the person's text.
type Route = fn(Option<&str>, &DesiredRouting) -> Result<String, String>;

/// Where a product keeps what is changed, and how.
struct Product {
    engine: EngineId,
    /// Files below a home that show that it is used; `*` stands for any text in a name.
    marks: &'static [&'static str],
    /// The file below a home to change, where it is not one of those.
    file: Option<&'static str>,
    format: Format,
    route: Route,
    /// The file below a home whose certificates the machine trusts.
    certificates: Option<&'static str>,
    notes: &'static [&'static str],
}

const PRODUCTS: [Product; 6] = [
    docker_desktop::PRODUCT,
    rancher_desktop::PRODUCT,
    colima::PRODUCT,
    lima::PRODUCT,
    orbstack::PRODUCT,
    podman_machine::PRODUCT,
];

/// What only products with a virtual machine have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DesktopFacts {
    /// The person's home.
    pub(crate) home: PathBuf,
    /// The files to change.
    pub(crate) files: Vec<PathBuf>,
}

/// Products with a virtual machine.
pub(crate) struct Desktop;

impl Adapter for Desktop {
    fn find(&self, machine: &dyn Machine) -> Vec<Found> {
        find(machine)
    }

    fn plan(
        &self,
        found: &Found,
        machine: &dyn Machine,
        originals: &Originals,
        desired: &DesiredRouting,
    ) -> Result<Plan, Unplannable> {
        let facts = found.facts_as::<DesktopFacts>().ok_or(Why::NotSupported)?;
        let engine = found.engine;
        let mut builder = PlanBuilder::new(engine, machine, originals, &[])?;
        let product = PRODUCTS.iter().find(|product| product.engine == engine);
        let product = product.ok_or(Unplannable::NotRoutable(Why::NotSupported))?;
        if let Some(file) = product.certificates {
            let pem = desired.intercept_ca_pem.clone().into_bytes();
            builder.set(&facts.home.join(file), Format::Lines, pem)?;
        }
        for file in &facts.files {
            let persons = builder.without_ours(file)?;
            let broken = |problem: String| Unplannable::Broken { path: file.clone(), problem };
            let text = persons.as_deref().map(std::str::from_utf8).transpose();
            let text = text.map_err(|_| broken("it is not UTF-8 text".into()))?;
            let routed = (product.route)(text, desired).map_err(broken)?;
            if Some(routed.as_str()) != text {
                builder.set(file, product.format, routed.into_bytes())?;
            }
        }
        let notes = product.notes.iter().map(|note| (*note).to_owned()).collect();
        Ok(Plan { notes, ..Plan::new(engine, builder.build()?, Restart::None) })
    }
}

/// Each product of each person.
fn find(machine: &dyn Machine) -> Vec<Found> {
    let mut found = Vec::new();
    for person in people(machine) {
        for product in &PRODUCTS {
            let marks = product.marks.iter().flat_map(|mark| matching(machine, &person, "", mark));
            let marks: Vec<PathBuf> = marks.collect();
            if marks.is_empty() {
                continue;
            }
            let files = product.file.map_or(marks, |file| vec![person.home.join(file)]);
            found.push(Found {
                engine: product.engine,
                name: product.engine.name().into(),
                version: None,
                unit: None,
                config: files.clone(),
                facts: Facts::Desktop(DesktopFacts { home: person.home.clone(), files }),
                routable: Err(Why::VirtualMachine { uid: person.uid }),
            });
        }
    }
    found
}

/// The files of a person below a folder of their home that a pattern with `*` in its names is for.
fn matching(machine: &dyn Machine, person: &Person, folder: &str, pattern: &str) -> Vec<PathBuf> {
    let (name, rest) = pattern.split_once('/').map_or((pattern, None), |(name, rest)| (name, Some(rest)));
    let names = match name.split_once('*') {
        None => vec![name.to_owned()],
        Some((before, after)) => {
            let InHome::Folder(all) = person.has(machine, folder) else { return Vec::new() };
            let long_enough = |name: &String| name.len() >= before.len() + after.len();
            let fits = |name: &String| name.starts_with(before) && name.ends_with(after);
            all.into_iter().filter(fits).filter(long_enough).collect()
        }
    };
    let below = |name: String| if folder.is_empty() { name } else { format!("{folder}/{name}") };
    let paths = names.into_iter().map(below);
    match rest {
        Some(rest) => paths.flat_map(|path| matching(machine, person, &path, rest)).collect(),
        None => {
            let is_there =
                |path: &String| matches!(person.has(machine, path), InHome::There | InHome::Folder(_));
            paths.filter(is_there).map(|path| person.home.join(path)).collect()
        }
    }
}

#[cfg(test)]
mod tests;

//! What containerd holds, namespace by namespace, by the word of its own tool `ctr`. Docker's namespace is left to
//! Docker.

use super::UNIT;
use crate::inventory::distinct_names;
use crate::machine::program;
use crate::{EngineId, Machine, RunningContainer, Store, StoredImage, systemd};

/// Docker Engine's own.
const DOCKERS: &str = "moby";
/// Nobody has so many.
const MOST_NAMESPACES: usize = 100;

pub(super) fn stores(machine: &dyn Machine) -> Vec<Store> {
    let Some(unit) = systemd::unit(machine, UNIT) else { return Vec::new() };
    let name = EngineId::Containerd.name();
    let unlisted = |problem: String| vec![Store::unlisted(EngineId::Containerd, name, 0, problem)];
    if !unit.active {
        return unlisted("it is not running; start it: `sudo systemctl start containerd`".into());
    }
    if program(machine, "ctr").is_none() {
        return unlisted("its tool `ctr` is not installed; install it with containerd's package".into());
    }
    match said(machine, &["ctr", "namespaces", "list", "--quiet"]) {
        Err(problem) => unlisted(problem),
        Ok(text) => {
            let namespaces = text.lines().map(str::trim).filter(|it| is_namespace(it) && *it != DOCKERS);
            let store = |namespace| {
                let listed = list(machine, namespace);
                Store::listed(EngineId::Containerd, &format!("{name} ({namespace})"), listed)
            };
            let stores = namespaces.take(MOST_NAMESPACES).map(store);
            // The namespaces of tools that keep no images are nobody's business.
            stores.filter(|store| store.problem.is_some() || !store.images.is_empty()).collect()
        }
    }
}

/// As containerd itself defines them, so that none is taken for an option.
fn is_namespace(name: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    name.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric()) && name.bytes().all(inner)
}

fn said(machine: &dyn Machine, command: &[&str]) -> Result<String, String> {
    let output = machine.run(command);
    if output.ok() {
        Ok(output.stdout)
    } else {
        Err(format!("`{}` says: {}", command.join(" "), output.words()))
    }
}

fn list(machine: &dyn Machine, namespace: &str) -> Result<Vec<StoredImage>, String> {
    let ask = |what: &str| said(machine, &["ctr", "--namespace", namespace, what, "list"]);
    let lines = images(&ask("images")?);
    let running = running(&ask("containers")?, &ask("tasks")?);
    Ok(gather(lines, running))
}

/// One name of an image.
struct Line {
    name: String,
    digest: String,
    size: Option<u64>,
}

/// The table `REF TYPE DIGEST SIZE PLATFORMS LABELS`.
fn images(table: &str) -> Vec<Line> {
    let line = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (name, digest) = (words.first()?, words.get(2).filter(|digest| digest.contains(':'))?);
        let size = words.get(3).zip(words.get(4)).and_then(|(number, unit)| bytes(number, unit));
        Some(Line { name: (*name).to_owned(), digest: (*digest).to_owned(), size })
    };
    table.lines().skip(1).filter_map(line).collect()
}

/// What `2.1 MiB` comes to; `ctr` says no more.
fn bytes(number: &str, unit: &str) -> Option<u64> {
    let factor: u64 = match unit {
        "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        "TiB" => 1 << 40,
        _ => return None,
    };
    let (whole, tenths) = number.split_once('.').unwrap_or((number, "0"));
    let (whole, tenths): (u64, u64) = (whole.parse().ok()?, tenths.get(..1)?.parse().ok()?);
    whole.checked_mul(factor)?.checked_add(tenths * factor / 10)
}

/// The tables `CONTAINER IMAGE RUNTIME` and `TASK PID STATUS`: the containers whose task runs, with their images.
fn running(containers: &str, tasks: &str) -> Vec<(String, String)> {
    let runs: Vec<&str> = tasks
        .lines()
        .skip(1)
        .filter(|line| line.split_whitespace().nth(2) == Some("RUNNING"))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    let pair = |line: &str| {
        let mut words = line.split_whitespace();
        let (id, image) = (words.next()?, words.next()?);
        runs.contains(&id).then(|| (id.to_owned(), image.to_owned()))
    };
    containers.lines().skip(1).filter_map(pair).collect()
}

/// Names of one content are names of one image. CRI also keeps every image under its id, which is no name.
fn gather(lines: Vec<Line>, running: Vec<(String, String)>) -> Vec<StoredImage> {
    let mut images: Vec<(StoredImage, Vec<String>)> = Vec::new();
    for Line { name, digest, size } in lines {
        let known = images.iter().position(|(image, _)| image.id == digest);
        let at = known.unwrap_or_else(|| {
            let image =
                StoredImage { id: digest.clone(), digest: Some(digest), size, ..StoredImage::default() };
            images.push((image, Vec::new()));
            images.len() - 1
        });
        let Some((image, all)) = images.get_mut(at) else { continue };
        if !name.starts_with("sha256:") {
            image.names.push(name.clone());
        }
        all.push(name);
    }
    for (id, started_as) in running {
        let held = images.iter_mut().find(|(_, all)| all.contains(&started_as));
        let is_name = started_as != "-" && !started_as.starts_with("sha256:");
        let container = RunningContainer { id, name: None, image: is_name.then_some(started_as) };
        match (held, &container.image) {
            (Some((image, _)), _) => image.containers.push(container),
            (None, Some(name)) => {
                let names = vec![name.clone()];
                let gone = StoredImage { id: name.clone(), names, ..StoredImage::default() };
                images.push((StoredImage { containers: vec![container], ..gone }, Vec::new()));
            }
            (None, None) => {}
        }
    }
    let images = images.into_iter().map(|(image, _)| image);
    images.map(|image| StoredImage { names: distinct_names(image.names), ..image }).collect()
}

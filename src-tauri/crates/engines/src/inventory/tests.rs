//! What engines say, and what their files hold, as lists of images.

mod containerd;
mod docker;
mod podman;

use super::*;
use crate::inventory;
use crate::machine::memory::Memory;
use crate::{Output, Process, machine::simulated};

/// A machine where one unit is installed and stopped, and nothing runs.
fn stopped(unit: &'static str) -> Memory {
    let mut machine = Memory::with(&[("/usr/bin/ctr", ""), (&format!("/usr/lib/systemd/system/{unit}"), "")]);
    machine.react = Some(Box::new(move |_, command| {
        let state = if command.get(2) == Some(&unit) { "loaded" } else { "not-found" };
        let stdout = format!("LoadState={state}\nActiveState=inactive\nMainPID=0\n");
        Some(Output { status: Some(0), stdout, stderr: String::new() })
    }));
    machine
}

fn problems(stores: &[Store]) -> Vec<(String, usize, Option<String>)> {
    stores.iter().map(|store| (store.name.clone(), store.images.len(), store.problem.clone())).collect()
}

#[test]
fn an_engine_that_is_stopped_is_told_and_not_started() {
    let docker = inventory(EngineId::Docker, &stopped("docker.service"));
    let start = "it is not running; start it: `sudo systemctl start docker`".to_owned();
    assert_eq!(problems(&docker), [("Docker Engine".to_owned(), 0, Some(start))]);
    let containerd = inventory(EngineId::Containerd, &stopped("containerd.service"));
    let start = "it is not running; start it: `sudo systemctl start containerd`".to_owned();
    assert_eq!(problems(&containerd), [("containerd".to_owned(), 0, Some(start))]);
}

#[test]
fn a_machine_without_engines_has_no_stores() {
    for engine in EngineId::ALL {
        assert_eq!(inventory(engine, &Memory::default()), []);
    }
}

#[test]
fn a_rootless_daemon_is_told_as_its_persons() {
    let process = Process { pid: 12, parent: 1, uid: 1000, arguments: vec!["/usr/bin/dockerd".into()] };
    let machine = Memory { running: vec![process], ..Memory::default() };
    let stores = inventory(EngineId::Docker, &machine);
    assert_eq!(
        stores.iter().map(|store| (store.uid, store.problem.is_some())).collect::<Vec<_>>(),
        [(1000, true)]
    );
}

#[test]
fn what_does_not_fit_is_counted_and_what_is_in_use_comes_first() {
    let image = |id: usize, in_use: bool| StoredImage {
        id: format!("{id:064}"),
        created: timestamp(1_000_000 + i64::try_from(id).unwrap()),
        containers: if in_use { vec![container("c")] } else { Vec::new() },
        ..StoredImage::default()
    };
    let store = |name: &str, images| Store {
        engine: EngineId::Docker,
        name: name.into(),
        uid: 0,
        images,
        problem: None,
    };
    let mut stores = vec![
        store("first", (0..100).map(|id| image(id, id == 7)).collect()),
        store("second", vec![image(200, true)]),
    ];
    let bytes = |stores: &[Store]| {
        let images = stores.iter().flat_map(|store| &store.images);
        images.map(|image| serde_json::to_vec(image).unwrap().len() + 1).sum::<usize>()
    };
    let (limit, whole) = (2000, stores.clone());
    fit(&mut stores, limit);
    assert!(bytes(&stores) <= limit && bytes(&stores) > limit / 2, "{}", bytes(&stores));
    assert_eq!(stores[1], whole[1]);
    let kept: Vec<&str> = stores[0].images.iter().map(|image| image.id.trim_start_matches('0')).collect();
    assert_eq!(kept[..3], ["7", "99", "98"]);
    let left = 100 - kept.len();
    let said = format!(
        "{left} further images are not listed, since the list would be too long; remove what nobody uses"
    );
    assert_eq!(stores[0].problem, Some(said));
    let mut roomy = whole.clone();
    fit(&mut roomy, 1 << 20);
    assert!(roomy.iter().all(|store| store.problem.is_none()) && roomy[0].images.len() == 100);
}

fn container(id: &str) -> RunningContainer {
    RunningContainer { id: id.into(), name: None, image: None }
}

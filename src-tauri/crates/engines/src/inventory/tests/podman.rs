//! The files of containers/storage.

use std::path::Path;

use super::*;
use crate::{Storage, own_storage, store_of_person};

const IMAGES: &str = r#"[
    {"id":"aa","digest":"sha256:d1","names":["docker.io/library/official:1","localhost/mine:latest"],"layer":"l2",
     "metadata":"{}","big-data-names":["manifest"],"created":"2026-11-20T06:00:00.123456789Z"},
    {"id":"bb","digest":"sha256:d2","names-history":["docker.io/someuser/tool:1","quay.io/a/b@sha256:d9"],"layer":"l9",
     "created":"0001-01-01T00:00:00Z"},
    {"id":"cc","names":null,"layer":""}]"#;
const LAYERS: &str = r#"[{"id":"l1","diff-size":1000},{"id":"l2","parent":"l1","diff-size":24}]"#;
const CONTAINERS: &str = r#"[
    {"id":"c1","names":["web"],"image":"aa","layer":"x",
     "metadata":"{\"image-name\":\"docker.io/library/official:1\",\"image-id\":\"aa\",\"name\":\"web\"}"},
    {"id":"c2","names":["stopped"],"image":"aa","metadata":"not json"},
    {"id":"c3","image":"zz"}]"#;
const VOLATILE: &str =
    r#"[{"id":"c4","names":["short"],"image":"bb","metadata":"{}","flags":{"Volatile":true}}]"#;

fn conmon(uid: u32, id: &str) -> Process {
    let words = ["/usr/bin/conmon", "--api-version", "1", "-c", id, "-u", id, "-r", "/usr/bin/crun"];
    Process { pid: 7, parent: 1, uid, arguments: words.map(str::to_owned).to_vec() }
}

fn storage(graph: &str, run: &str) -> Memory {
    Memory::with(&[
        ("/usr/bin/podman", ""),
        (&format!("{graph}/overlay-images/images.json"), IMAGES),
        (&format!("{graph}/overlay-layers/layers.json"), LAYERS),
        (&format!("{graph}/overlay-containers/containers.json"), CONTAINERS),
        (&format!("{run}/overlay-containers/volatile-containers.json"), VOLATILE),
    ])
}

#[test]
fn what_roots_storage_holds_is_listed_with_what_runs() {
    let mut machine = storage("/var/lib/containers/storage", "/run/containers/storage");
    machine.running = vec![conmon(0, "c1"), conmon(0, "c4"), conmon(1000, "c2")];
    let stores = inventory(EngineId::Podman, &machine);
    assert_eq!(problems(&stores), [("Podman".to_owned(), 3, None)]);
    insta::assert_json_snapshot!(stores[0].images);
}

fn adas(machine: &Memory) -> Result<Storage, String> {
    own_storage(machine, 1000, Path::new("/home/ada"), Path::new("/run/user/1000"))
}

#[test]
fn containers_that_remove_themselves_are_found_beside_the_others_and_in_a_store_that_forgets() {
    let at = |folder: &str| {
        let mut machine = storage("/var/lib/containers/storage", "/nowhere");
        machine.put(&format!("{folder}/overlay-containers/volatile-containers.json"), VOLATILE.as_bytes());
        machine.running = vec![conmon(0, "c4")];
        inventory(EngineId::Podman, &machine)[0].images[1].containers.len()
    };
    let found = ["/var/lib/containers/storage", "/run/containers/storage", "/tmp"].map(at);
    assert_eq!(found, [1, 1, 0]);
}

#[test]
fn a_persons_storage_is_where_it_usually_is_and_its_containers_are_theirs() {
    let mut machine = storage("/home/ada/.local/share/containers/storage", "/run/user/1000/containers");
    machine.running = vec![conmon(1000, "c1"), conmon(0, "c4"), conmon(1001, "c4")];
    let store = store_of_person(&machine, 1000, adas(&machine)).unwrap();
    let running: Vec<(&str, usize)> =
        store.images.iter().map(|image| (image.id.as_str(), image.containers.len())).collect();
    assert_eq!((store.uid, running), (1000, vec![("aa", 1), ("bb", 0), ("cc", 0)]));
    let empty = Memory::default();
    assert_eq!(store_of_person(&empty, 1000, adas(&empty)), None);
    let unread = store_of_person(&empty, 1000, Err("it could not be read".into())).unwrap();
    assert_eq!(problems(&[unread]), [("Podman".to_owned(), 0, Some("it could not be read".to_owned()))]);
}

#[test]
fn a_storage_that_was_moved_is_found_by_its_settings() {
    for (file, text, graph) in [
        ("/home/ada/.config/containers/storage.conf", "[storage]\ngraphroot = \"$HOME/x\"\n", "/home/ada/x"),
        ("/etc/containers/storage.conf", "[storage]\nrootless_storage_path = \"/big/$UID\"\n", "/big/1000"),
    ] {
        let machine = storage(graph, "/run/user/1000/containers");
        machine.put(file, text.as_bytes());
        assert_eq!(
            adas(&machine).unwrap(),
            adas(&storage("/home/ada/.local/share/containers/storage", "/run/user/1000/containers")).unwrap(),
            "{file}"
        );
    }
    let machine = storage("/srv/images", "/run/containers/storage");
    machine.put(
        "/etc/containers/storage.conf",
        b"[storage]\ngraphroot = \"/srv/empty\"\n[storage.options]\nadditionalimagestores = [\"/srv/images\"]\n",
    );
    assert_eq!(problems(&inventory(EngineId::Podman, &machine)), [("Podman".to_owned(), 3, None)]);
}

#[test]
fn a_file_that_is_damaged_is_told_with_its_place() {
    let machine = storage("/var/lib/containers/storage", "/run/containers/storage");
    machine.put("/var/lib/containers/storage/overlay-images/images.json", b"[{");
    let problem = inventory(EngineId::Podman, &machine)[0].problem.clone().unwrap();
    let start = "`/var/lib/containers/storage/overlay-images/images.json` cannot be understood: ";
    assert!(problem.starts_with(start), "{problem}");
}

#[test]
fn layers_that_go_round_in_a_circle_have_no_size() {
    let machine = storage("/var/lib/containers/storage", "/run/containers/storage");
    let circle = br#"[{"id":"l1","parent":"l2","diff-size":1},{"id":"l2","parent":"l1","diff-size":1}]"#;
    machine.put("/var/lib/containers/storage/overlay-layers/layers.json", circle);
    assert_eq!(inventory(EngineId::Podman, &machine)[0].images[0].size, None);
}

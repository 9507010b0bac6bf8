//! Docker Engine's answers of both its image stores.

use super::*;

fn listed(images: &str, containers: &str) -> Vec<Store> {
    let machine = simulated::machine(&[], 1);
    machine.answer("GET /images/json", 200, images);
    machine.answer("GET /containers/json", 200, containers);
    inventory(EngineId::Docker, &machine)
}

#[test]
fn an_image_has_its_names_and_the_containers_that_run_from_it() {
    let images = r#"[
        {"Id":"sha256:aa","ParentId":"","RepoTags":["someuser/tool:1","localhost:5000/tool:2"],
         "RepoDigests":["someuser/tool@sha256:d1","quay.io/a/b@sha256:d2"],"Created":1764000000,"Size":4270000,
         "SharedSize":-1,"Labels":null,"Containers":-1},
        {"Id":"sha256:bb","RepoTags":null,"RepoDigests":["someuser/tool@sha256:d3"],"Created":0,"Size":1},
        {"Id":"sha256:cc","RepoTags":["<none>:<none>"],"RepoDigests":["<none>@<none>"],"Created":1,"Size":-1}]"#;
    let containers = r#"[
        {"Id":"c1","Names":["/web"],"Image":"someuser/tool:1","ImageID":"sha256:aa","State":"running"},
        {"Id":"c2","Names":["/old"],"Image":"sha256:bb","ImageID":"sha256:bb"},
        {"Id":"c3","Names":["/gone"],"Image":"evil/miner","ImageID":"sha256:dd"}]"#;
    let stores = listed(images, containers);
    assert_eq!(problems(&stores), [("Docker Engine".to_owned(), 4, None)]);
    insta::assert_json_snapshot!(stores[0].images);
}

#[test]
fn a_container_whose_images_name_went_to_another_remembers_it() {
    let gone = r#"[{"Id":"c1","Names":["/old"],"Image":"sha256:d1","ImageID":"sha256:d1"}]"#;
    let machine = simulated::machine(&[], 0);
    machine.answer("GET /images/json", 200, "[]");
    machine.answer("GET /containers/json", 200, gone);
    machine.answer(
        "GET /containers/c1/json",
        200,
        r#"{"Image":"sha256:d1","Config":{"Image":"someuser/tool:1"}}"#,
    );
    let images = inventory(EngineId::Docker, &machine).swap_remove(0).images;
    assert_eq!(
        (images[0].id.as_str(), images[0].names.as_slice()),
        ("sha256:d1", &["someuser/tool:1".to_owned()][..])
    );
    machine.answer("GET /containers/c1/json", 404, "{}");
    assert_eq!(inventory(EngineId::Docker, &machine)[0].images[0].names, [""; 0]);
}

#[test]
fn an_answer_that_is_none_is_told() {
    let problem = |stores: Vec<Store>| stores[0].problem.clone().unwrap();
    assert!(
        problem(listed("[{]", "[]")).starts_with("its answer to `GET /images/json` cannot be understood: ")
    );
    let machine = simulated::machine(&[], 1);
    machine.answer("GET /images/json", 500, "{\"message\":\"no\"}");
    assert_eq!(problem(inventory(EngineId::Docker, &machine)), "it answers `GET /images/json` with 500");
    let silent = simulated::machine(&[], 1);
    assert_eq!(
        problem(inventory(EngineId::Docker, &silent)),
        "cannot ask `/run/docker.sock`: nobody answers"
    );
}

//! Content that is here already: what is still asked of a registry is judged; what is not asked cannot be.

use acceptance::pull::Flavor;

use super::desk::{Desk, PRESENT};

on_both_stores![
    another_name_of_held_content_is_judged_by_its_own_rule,
    an_allowed_name_of_held_content_moves_no_blob,
    a_denied_image_that_is_present_still_runs_and_leaves_no_record,
    a_denied_image_that_is_present_is_not_renewed,
];

fn another_name_of_held_content_is_judged_by_its_own_rule(desk: &mut Desk) {
    desk.arrives(Flavor::DockerPull, "docker.io/localstack/localstack:4.1");
    desk.stops(Flavor::DockerPull, "docker.io/localstack/localstack:latest");
}

fn an_allowed_name_of_held_content_moves_no_blob(desk: &mut Desk) {
    desk.arrives(Flavor::DockerPull, "docker.io/library/official:1");
    let lines = desk.journal().len();
    let asked = desk.arrives(Flavor::DockerPull, "docker.io/library/official:latest").asked;
    assert_eq!((asked.blobs, asked.contents), (0, 0), "{asked:?}");
    assert!(asked.manifests >= 1);
    assert_eq!(desk.journal_since(lines).len(), 1);
}

fn a_denied_image_that_is_present_still_runs_and_leaves_no_record(desk: &mut Desk) {
    let (lines, requests) = (desk.journal().len(), desk.laptop.internet().requests().len());
    let ran = desk.ada(&format!("docker run --rm {PRESENT} echo still here"));
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "still here\n"), "{}", ran.terminal);
    assert_eq!(desk.laptop.internet().requests().len(), requests);
    assert_eq!(desk.journal_since(lines), Vec::<serde_json::Value>::new());
}

fn a_denied_image_that_is_present_is_not_renewed(desk: &mut Desk) {
    let before = desk.laptop.internet().count("docker.io/someuser/tool");
    let pulled = desk.ada(&format!("docker pull {PRESENT} 2>&1"));
    let ran = desk.ada(&format!("docker run --rm --pull always {PRESENT} echo still here 2>&1"));
    let built = desk.ada(&format!("docker build --pull --progress plain - <<< 'FROM {PRESENT}' 2>&1"));
    assert_eq!((pulled.code, ran.code, built.code), (1, 125, 1));
    assert!(desk.laptop.internet().count("docker.io/someuser/tool").since(before).is_nothing());
    desk.ada(&format!("docker image inspect {PRESENT}"));
    let text = format!(
        "pull:\n{}\nrun --pull always:\n{}\nbuild --pull:\n{}",
        pulled.stdout, ran.stdout, built.stdout
    );
    desk.snapshot("present_not_renewed", &text);
}

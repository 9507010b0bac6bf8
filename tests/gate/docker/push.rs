//! Pushes: allowed ones arrive, denied ones move nothing, and no denied content comes in through a mount.

use acceptance::laptop::{Output, Store};
use acceptance::pull::Flavor;
use serde_json::json;

use super::desk::Desk;

on_both_stores![
    an_allowed_image_is_pushed_with_the_persons_own_login,
    a_push_that_the_policy_blocks_moves_nothing,
    a_push_into_a_denied_repository_moves_nothing,
    layers_of_a_denied_repository_are_uploaded_and_not_mounted,
];

fn an_allowed_image_is_pushed_with_the_persons_own_login(desk: &mut Desk) {
    for (registry, image) in [("", "docker.io/acme/pushed:1"), ("ghcr.io", "ghcr.io/acme/pushed:1")] {
        build(desk, "docker.io/library/official:1", image);
        let lines = desk.journal().len();
        let pushed = desk.logged_in(registry, || push(desk, image));
        assert_eq!(pushed.code, 0, "{}", pushed.terminal);
        let actions: Vec<String> = desk.journal_since(lines).iter().map(action).collect();
        // The containerd store first looks at what the tag names by now.
        let look = format!("pull {image} allowed");
        let looks = actions.iter().filter(|one| **one == look).count();
        assert_eq!(looks, usize::from(desk.store == Store::Containerd), "{actions:?}");
        assert_eq!(actions.last(), Some(&format!("push {image} allowed")));
        assert_eq!(actions.len(), looks + 1, "{actions:?}");
        desk.forget_images();
        desk.arrives(Flavor::DockerPull, image);
    }
}

fn a_push_that_the_policy_blocks_moves_nothing(desk: &mut Desk) {
    desk.rule(json!({ "push": { "default": "block", "entries": [
        { "id": "p1", "match": "docker.io/acme/released/**", "action": "allow" },
    ] } }));
    let image = "docker.io/acme/unwanted:1";
    build(desk, "docker.io/library/official:1", image);
    let before = desk.laptop.internet().count("docker.io/acme/unwanted");
    let lines = desk.journal().len();
    let pushed = desk.logged_in("", || push(desk, image));
    assert_eq!(pushed.code, 1, "{}", pushed.terminal);
    let moved = desk.laptop.internet().count("docker.io/acme/unwanted").since(before);
    assert_eq!(moved.pushes, 0, "{moved:?}");
    let decisions = desk.journal_since(lines);
    assert_eq!(decisions.len(), 1, "{decisions:#?}");
    desk.snapshot("push_blocked", last_line(&pushed));
}

fn a_push_into_a_denied_repository_moves_nothing(desk: &mut Desk) {
    let image = "docker.io/evil/pushed:1";
    build(desk, "docker.io/library/official:1", image);
    let lines = desk.journal().len();
    let pushed = desk.logged_in("", || push(desk, image));
    assert_eq!(pushed.code, 1, "{}", pushed.terminal);
    assert!(desk.laptop.internet().count("docker.io/evil/pushed").is_nothing());
    let mut actions: Vec<String> = desk.journal_since(lines).iter().map(action).collect();
    // The layers are looked for before they are sent; that is judged as a pull.
    actions.retain(|one| one != "pull docker.io/evil/pushed blocked");
    assert!(actions.is_empty() || actions == ["push docker.io/evil/pushed blocked"], "{actions:?}");
    desk.snapshot("push_into_denied", last_line(&pushed));
}

fn layers_of_a_denied_repository_are_uploaded_and_not_mounted(desk: &mut Desk) {
    let (denied, image) = ("docker.io/acme/secret:1", "docker.io/acme/mounted:1");
    build(desk, "docker.io/library/official:1", denied);
    let first = desk.logged_in("", || push(desk, denied));
    assert_eq!(first.code, 0, "{}", first.terminal);
    desk.rule(json!({ "deny": [{ "id": "d2", "match": "docker.io/acme/secret", "reason": "Sealed" }] }));
    desk.ada(&format!("docker tag {denied} {image}"));
    let before = desk.laptop.internet().requests().len();
    let pushed = desk.logged_in("", || push(desk, image));
    assert_eq!(pushed.code, 0, "{}", pushed.terminal);
    let asked = desk.laptop.internet().requests().split_off(before);
    let mounts = asked.iter().filter(|one| one.path.contains("mount=") && one.path.contains("secret"));
    assert_eq!(mounts.count(), 0, "{asked:#?}");
    assert!(asked.iter().any(|one| one.method == "PUT" && one.path.contains("/acme/mounted/blobs/uploads/")));
    desk.forget_images();
    desk.arrives(Flavor::DockerPull, image);
}

fn build(desk: &Desk, from: &str, name: &str) {
    let built = desk.ada(&format!("docker build --provenance=false -t {name} - <<< $'FROM {from}\\nLABEL name={name}\\nCOPY --from={from} /etc /copied'"));
    assert_eq!(built.code, 0, "{}", built.terminal);
}

fn push(desk: &Desk, image: &str) -> Output {
    desk.ada(&format!("docker push {image} 2>&1"))
}

/// What is said in the end; what layers wait for before differs from run to run.
fn last_line(output: &Output) -> &str {
    output.stdout.lines().last().unwrap_or_default()
}

/// An entry of the journal as action, image and outcome.
fn action(entry: &serde_json::Value) -> String {
    let finding = &entry["verdict"]["finding"];
    let word = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let image = word(&finding["image"]["name"]["repository"]) + &word(&finding["image"]["target"]);
    format!("{} {image} {}", word(&finding["action"]), word(&finding["outcome"]))
}

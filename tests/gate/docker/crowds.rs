//! Many pulls at once.

use acceptance::internet::{Content, Image};

use super::desk::Desk;

on_both_stores![
    five_images_are_pulled_in_parallel,
    twenty_pulls_of_one_image_are_one_decision,
    twenty_pulls_of_a_denied_image_are_one_decision,
];

fn five_images_are_pulled_in_parallel(desk: &mut Desk) {
    let internet = desk.laptop.internet();
    for name in ["a", "b", "c", "d", "e"] {
        let image = Image::new(&format!("docker.io/library/{name}"), &["1"]);
        internet.publish(&image.made_of(Content::Random { layers: 3, mebibytes: 2 }));
    }
    let lines = desk.journal().len();
    let pulled = desk.ada(&together("a b c d e", "docker pull --quiet library/$one:1"));
    assert_eq!(pulled.code, 0, "{}", pulled.terminal);
    desk.laptop.must("docker image inspect a:1 b:1 c:1 d:1 e:1");
    assert_eq!(desk.journal_since(lines).len(), 5);
}

fn twenty_pulls_of_one_image_are_one_decision(desk: &mut Desk) {
    let image = Image::new("docker.io/library/crowd", &["1"]);
    desk.laptop.internet().publish(&image.made_of(Content::Random { layers: 2, mebibytes: 2 }));
    let lines = desk.journal().len();
    let pulled = desk.ada(&together("$(seq 20)", "docker pull --quiet library/crowd:1"));
    assert_eq!(pulled.code, 0, "{}", pulled.terminal);
    desk.laptop.must("docker image inspect crowd:1");
    assert_eq!(desk.journal_since(lines).len(), 1);
}

fn twenty_pulls_of_a_denied_image_are_one_decision(desk: &mut Desk) {
    let lines = desk.journal().len();
    let pulled = desk.ada(&together("$(seq 20)", "! docker pull --quiet someuser/crowd:1"));
    assert_eq!(pulled.code, 0, "{}", pulled.terminal);
    let said = pulled.terminal.matches("image access denied: someuser/crowd:1").count();
    assert_eq!(said, 20, "{}", pulled.terminal);
    assert!(desk.laptop.internet().count("docker.io/someuser/crowd").is_nothing());
    assert_eq!(desk.journal_since(lines).len(), 1);
}

/// A command for each of several words, all at once; succeeds if all do.
fn together(words: &str, command: &str) -> String {
    format!(
        "ids=; for one in {words}; do {{ {command}; }} & ids=\"$ids $!\"; done; for id in $ids; do wait $id || exit 1; done"
    )
}

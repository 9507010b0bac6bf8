//! What builds fetch besides images: files by `ADD`, git contexts, several bases at once.

use super::desk::Desk;

on_both_stores![
    a_build_adds_a_file_from_the_web,
    a_build_takes_its_context_from_git,
    a_build_with_one_denied_base_of_two_stops,
    a_denied_image_to_copy_from_stops_the_build,
];

const BUILDERS: [&str; 2] = ["docker build --progress plain", "DOCKER_BUILDKIT=0 docker build"];

fn a_build_adds_a_file_from_the_web(desk: &mut Desk) {
    for builder in BUILDERS {
        let file = "FROM docker.io/library/official:1\\nADD https://files.example/hello.txt /hello";
        let built = desk.ada(&format!("{builder} -t added - <<< $'{file}'"));
        assert_eq!(built.code, 0, "{}", built.terminal);
        let said = desk.ada("docker run --rm added cat /hello");
        assert_eq!(said.stdout, "hello from files.example\n", "{}", said.terminal);
        desk.forget_images();
    }
}

fn a_build_takes_its_context_from_git(desk: &mut Desk) {
    for builder in BUILDERS {
        let built = desk.ada(&format!("{builder} -t cloned https://git.example/app.git#main"));
        assert_eq!(built.code, 0, "{}", built.terminal);
        let label = desk.ada("docker image inspect --format '{{index .Config.Labels \"from\"}}' cloned");
        assert_eq!(label.stdout, "git\n", "{}", label.terminal);
        desk.forget_images();
    }
}

fn a_build_with_one_denied_base_of_two_stops(desk: &mut Desk) {
    let file =
        "FROM docker.io/library/official:1 AS one\\nFROM docker.io/evil/miner:1\\nCOPY --from=one /etc /etc";
    stops(desk, file);
}

fn a_denied_image_to_copy_from_stops_the_build(desk: &mut Desk) {
    stops(desk, "FROM docker.io/library/official:1\\nCOPY --from=docker.io/evil/miner:1 /etc /etc");
}

fn stops(desk: &Desk, file: &str) {
    for builder in BUILDERS {
        let before = desk.laptop.internet().count("docker.io/evil/miner");
        let built = desk.ada(&format!("{builder} -t mixed - <<< $'{file}' 2>&1"));
        assert!(built.code != 0, "{}", built.terminal);
        assert!(built.stdout.contains("image access denied: evil/miner:1"), "{}", built.terminal);
        assert!(desk.laptop.internet().count("docker.io/evil/miner").since(before).is_nothing());
        assert!(desk.ada("docker image inspect mixed").code != 0);
    }
}

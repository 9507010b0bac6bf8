//! The engine's other commands that reach a registry: search, login, plugins.

use super::desk::Desk;

on_both_stores![
    search_works,
    a_login_is_checked_by_the_registry,
    a_denied_plugin_is_not_installed,
    an_allowed_plugin_is_installed,
];

fn search_works(desk: &mut Desk) {
    let found = desk.ada("docker search official");
    assert_eq!(found.code, 0, "{}", found.terminal);
    let requests = desk.laptop.internet().requests();
    assert!(requests.iter().any(|one| one.path.starts_with("/v1/search")));
}

fn a_login_is_checked_by_the_registry(desk: &mut Desk) {
    for registry in ["", "ghcr.io"] {
        desk.logged_in(registry, || ());
        let wrong = desk.ada(&format!("docker login -u ada --password-stdin {registry} <<< wrong"));
        assert_eq!(wrong.code, 1, "{}", wrong.terminal);
        assert!(!wrong.terminal.contains("image access denied"), "{}", wrong.terminal);
    }
}

fn a_denied_plugin_is_not_installed(desk: &mut Desk) {
    let installed = desk.ada("docker plugin install --grant-all-permissions someuser/plugin:1 2>&1");
    assert_eq!(installed.code, 1, "{}", installed.terminal);
    assert!(desk.laptop.internet().count("docker.io/someuser/plugin").is_nothing());
    assert_eq!(desk.ada("docker plugin ls --quiet").stdout, "");
    desk.snapshot("plugin_denied", &installed.stdout);
}

fn an_allowed_plugin_is_installed(desk: &mut Desk) {
    let config = r#"{"description":"d","documentation":"d","entrypoint":["/none"],"interface":{"socket":"p.sock","types":[]},"linux":{"capabilities":null},"env":null,"mounts":null,"args":{"name":"","description":"","value":null,"settable":null},"network":{"type":""},"workdir":""}"#;
    desk.laptop.write_file("/var/tmp/plugin/config.json", config);
    desk.laptop.must("mkdir -p /var/tmp/plugin/rootfs && docker plugin create acme/plugin:1 /var/tmp/plugin");
    let pushed = desk.logged_in("", || desk.ada("docker plugin push acme/plugin:1"));
    desk.laptop.must("docker plugin rm acme/plugin:1");
    assert_eq!(pushed.code, 0, "{}", pushed.terminal);
    let installed = desk.ada("docker plugin install --disable --grant-all-permissions acme/plugin:1");
    let listed = desk.ada("docker plugin ls --format '{{.Name}}'").stdout;
    desk.laptop.run("docker plugin rm acme/plugin:1");
    assert_eq!((installed.code, listed.as_str()), (0, "acme/plugin:1\n"), "{}", installed.terminal);
}

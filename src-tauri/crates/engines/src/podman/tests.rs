use super::*;
use crate::desired_routing::tests::desired;
use crate::machine::memory::Memory;
use crate::machine::simulated;
use crate::{Output, Process, apply, find as find_all, restore};

const STATE: &str = "/var/lib/pullgate-steward/originals";

fn found(machine: &Memory) -> Found {
    find_all(machine).into_iter().find(|it| it.engine == EngineId::Podman).unwrap()
}

fn planned(machine: &Memory, desired: &DesiredRouting) -> Result<Plan, Unplannable> {
    crate::plan(&found(machine), machine, &Originals::at(STATE), desired)
}

fn fixture(name: &str) -> String {
    let path = format!("{}/fixtures/registries-conf/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn configurations_seen_in_the_wild_are_led_through_the_gateway() {
    for name in ["debian", "fedora", "acme-mirrors", "openshift-node", "old-format"] {
        let machine = simulated::machine(&[(MAIN, &fixture(&format!("{name}.conf")))], 0);
        let plan = planned(&machine, &desired()).unwrap();
        let ours = plan.edits.iter().find(|edit| edit.path == super::ours()).unwrap();
        let text = String::from_utf8(ours.after.clone().unwrap()).unwrap();
        insta::assert_snapshot!(name, format!("{text}\n# notes\n{}", plan.notes.join("\n")));
    }
}

#[test]
fn the_strict_file_names_each_top_level_domain_and_keeps_the_policy_s_registries_first() {
    let machine = simulated::machine(&[], 0);
    let plan = planned(&machine, &DesiredRouting { blocks_unlisted: true, ..desired() }).unwrap();
    let text = String::from_utf8(plan.edits[1].after.clone().unwrap()).unwrap();
    assert!(text.len() > 100_000);
    let document = config_edit::toml::parse(&text).unwrap();
    let tables = document["registry"].as_array_of_tables().unwrap();
    let mut prefixes: Vec<&str> = tables.iter().filter_map(|it| it["prefix"].as_str()).collect();
    assert_eq!(prefixes[..2], ["docker.io", "quay.io"]);
    assert!(tables.iter().all(|it| it.len() == 2), "never `insecure`, never a mirror");
    let all = prefixes.len();
    prefixes.sort_unstable();
    prefixes.dedup();
    assert_eq!(prefixes.len(), all, "no prefix twice");
}

#[test]
fn a_running_listener_is_told_only_when_something_changed() {
    let mut machine = simulated::machine(&[], 0);
    let process = |pid, line: &str| Process {
        pid,
        parent: 1,
        uid: 0,
        arguments: line.split(' ').map(str::to_owned).collect(),
    };
    machine.running =
        vec![process(40, "/usr/bin/podman system service --time=0"), process(41, "/usr/bin/podman run x")];
    let plan = planned(&machine, &desired()).unwrap();
    assert!(plan.restart == Restart::HangUp(vec![40]));
    apply(&plan, &machine, &Originals::at(STATE)).unwrap();
    assert!(machine.log.borrow().contains(&"hang up 40".to_owned()));
    assert!(planned(&machine, &desired()).unwrap().is_empty());
}

#[test]
fn a_registry_that_left_the_policy_leaves_the_file() {
    let machine = simulated::machine(&[], 0);
    let originals = Originals::at(STATE);
    apply(&planned(&machine, &desired()).unwrap(), &machine, &originals).unwrap();
    let fewer = DesiredRouting { registries: Vec::new(), ..desired() };
    apply(&planned(&machine, &fewer).unwrap(), &machine, &originals).unwrap();
    assert!(!machine.text(super::ours()).unwrap().contains("quay.io"));
}

#[test]
fn policy_json_is_locked_only_while_unlisted_registries_are_refused() {
    let policy = "{\"default\":[{\"type\":\"insecureAcceptAnything\"}]}";
    let machine = simulated::machine(&[(POLICY, policy)], 0);
    let originals = Originals::at(STATE);
    let strict = DesiredRouting { blocks_unlisted: true, ..desired() };
    apply(&planned(&machine, &strict).unwrap(), &machine, &originals).unwrap();
    assert!(machine.text(POLICY).unwrap().contains("reject"));
    apply(&planned(&machine, &desired()).unwrap(), &machine, &originals).unwrap();
    assert_eq!(machine.text(POLICY).unwrap(), policy);
}

#[test]
fn a_broken_file_of_the_person_is_named_with_its_line() {
    let machine =
        simulated::machine(&[(MAIN, "unqualified-search-registries = [\"docker.io\"]\n[[registry]\n")], 0);
    insta::assert_snapshot!(planned(&machine, &desired()).unwrap_err());
}

#[test]
fn lines_a_person_added_to_our_file_outlive_it() {
    let machine = simulated::machine(&[], 0);
    let originals = Originals::at(STATE);
    apply(&planned(&machine, &desired()).unwrap(), &machine, &originals).unwrap();
    let theirs = "\n[[registry]]\nprefix = \"theirs.example\"\nlocation = \"10.0.0.1/x\"\n";
    let text = machine.text(super::ours()).unwrap() + theirs;
    machine.put(&super::ours().to_string_lossy(), text.as_bytes());
    restore(EngineId::Podman, &machine, &originals, false).unwrap();
    assert_eq!(machine.text(super::ours()).unwrap(), theirs);
}

#[test]
fn files_in_people_s_homes_that_undo_it_are_found() {
    let passwd =
        "root:x:0:0:root:/root:/bin/sh\nada:x:1000:1000::/home/ada:/bin/sh\nwww:x:33:33::/var/www:/x\n";
    let files = [
        ("/etc/passwd", passwd),
        ("/home/ada/.config/containers/registries.conf", ""),
        ("/root/.config/containers/registries.conf.d/x.conf", ""),
        ("/var/www/.config/containers/policy.json", ""),
    ];
    let machine = simulated::machine(&files, 0);
    let Facts::Podman(facts) = found(&machine).facts else { panic!("the Podman family is there") };
    let personal: Vec<_> = facts.personal.iter().map(|it| format!("{}: {}", it.name, it.listed())).collect();
    let (root, ada) =
        ("/root/.config/containers/registries.conf.d/x.conf", "/home/ada/.config/containers/registries.conf");
    assert_eq!(personal, [format!("root: `{root}`"), format!("ada: `{ada}`")]);
}

/// `ln -s /root ~/.config/containers/registries.conf.d` showed every name in `/root` to everybody.
#[test]
fn a_link_in_a_home_shows_no_name_of_the_folder_it_leads_to() {
    let mut machine = simulated::machine(
        &[
            ("/etc/passwd", "ada:x:1000:1000::/home/ada:/bin/sh\n"),
            ("/home/ada/.config/containers/registries.conf.d/secret-of-root", ""),
        ],
        0,
    );
    machine.links.push("/home/ada/.config/containers/registries.conf.d".into());
    let found = found(&machine);
    let Facts::Podman(facts) = &found.facts else { panic!("the Podman family is there") };
    assert_eq!(facts.personal[0].listed(), "`/home/ada/.config/containers/registries.conf.d`");
    let json = serde_json::to_string(&crate::verify(&found, &machine, &desired())).unwrap();
    assert!(!json.contains("secret-of-root") && !json.contains("/home/ada"), "{json}");
    assert!(json.contains("those of ada"), "{json}");
}

/// `chown` and `chmod` by the path of a file in a folder that a person can write followed their link to any file of root.
#[test]
fn nothing_is_written_where_others_than_root_could_put_a_link() {
    let mut machine = simulated::machine(&[], 0);
    machine.loose.push("/etc/containers/registries.conf.d".into());
    let refused = planned(&machine, &desired()).unwrap_err().to_string();
    assert_eq!(
        refused,
        "`/etc/containers/registries.conf.d/zz-pullgate.conf` is not written, since others than root can change \
         `/etc/containers/registries.conf.d`; run `chown root` and `chmod go-w` on that, or keep the file in a folder \
         of root's"
    );
}

#[test]
fn a_node_with_crio_alone_is_locked_by_its_own_policies_and_asked_by_crictl() {
    let accept = "{\"default\":[{\"type\":\"insecureAcceptAnything\"}]}";
    let mut machine = Memory::with(&[
        ("/usr/bin/crio", ""),
        ("/usr/bin/crictl", ""),
        ("/etc/containers/policy.json", accept),
        ("/etc/crio/policies/team-a.json", accept),
        ("/etc/containers/registries.conf.d/x", ""),
        ("/var/lib/x", ""),
    ]);
    let arguments = vec!["/usr/bin/crio".to_owned()];
    machine.running = vec![Process { pid: 60, parent: 1, uid: 0, arguments }];
    machine.react = Some(Box::new(|_, command| match command {
        ["timeout", _, _, "crictl", .., "pull", _] => {
            Some(Output { stderr: "denied: image access denied: x".into(), ..Output::default() })
        }
        _ => None,
    }));
    let before = machine.etc();
    let plan = planned(&machine, &DesiredRouting { blocks_unlisted: true, ..desired() }).unwrap();
    let paths: Vec<_> = plan.edits.iter().map(|edit| edit.path.display().to_string()).collect();
    assert_eq!(paths[1..3], ["/etc/containers/policy.json", "/etc/crio/policies/team-a.json"]);
    assert!(plan.restart == Restart::HangUp(vec![60]));
    apply(&plan, &machine, &Originals::at(STATE)).unwrap();
    assert!(crate::verify(&found(&machine), &machine, &desired()).ok());
    restore(EngineId::Podman, &machine, &Originals::at(STATE), false).unwrap();
    assert_eq!(machine.etc(), before);
}

#[test]
fn the_proof_asks_podman_where_each_registry_leads() {
    let mut machine = simulated::machine(&[], 0);
    let play = machine.react.take().unwrap();
    machine.react = Some(Box::new(move |machine, command| match command {
        ["systemd-run", .., "--", "podman", "info", _, _] => Some(Output {
            status: Some(0),
            stdout: r#"{"docker.io":{"Location":"127.0.0.1:858/docker.io","Insecure":false,"Mirrors":null},
                "quay.io":{"Location":"127.0.0.1:858/quay.io","Insecure":true,"Mirrors":null}}"#
                .into(),
            stderr: String::new(),
        }),
        ["systemd-run", .., "--", "timeout", _, _, "podman", "manifest", _, _] => Some(Output {
            status: Some(125),
            stdout: String::new(),
            stderr: "denied: image access denied: x".into(),
        }),
        _ => play(machine, command),
    }));
    insta::assert_debug_snapshot!(crate::verify(&found(&machine), &machine, &desired()));
}

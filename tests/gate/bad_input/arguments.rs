//! Command lines that cannot be meant: usage errors say what is wrong, and each ending has its exit code.

use std::fmt::Write;

use acceptance::laptop::{Options, Person};
use acceptance::product::{enrolled, policy};
use serde_json::json;

use crate::network::lab::masked;

const COMMANDS: [(i32, &str); 35] = [
    (2, "pullgate"),
    (2, "pullgate frobnicate"),
    (2, "pullgate status extra"),
    (2, "pullgate status --jsn"),
    (2, "pullgate explain"),
    (2, "pullgate explain 'a b'"),
    (2, "pullgate explain docker.io/UPPER/case:1"),
    (2, "pullgate explain https://docker.io/library/nginx"),
    (2, "pullgate explain nginx:"),
    (2, "pullgate explain nginx@sha256:12"),
    (2, "pullgate explain ''"),
    (2, "pullgate explain $(printf 'a%.0s' $(seq 300))"),
    (0, "pullgate explain official:1"),
    (3, "pullgate explain someuser/tool:1"),
    (3, "pullgate explain quay.io/coreos/etcd:1 --json | head -c 1; exit ${PIPESTATUS[0]}"),
    (2, "pullgate why not-an-id"),
    (1, "pullgate why pg-00000000"),
    (0, "pullgate why"),
    (2, "pullgate blocked --since tomorrowish"),
    (2, "pullgate log --since 9999999999999d"),
    (0, "pullgate blocked --since 1h"),
    (2, "pullgate pause --for 1h"),
    (2, "pullgate pause --reason x"),
    (2, "pullgate pause --for never --reason x"),
    (2, "pullgate pause --for 0s --reason x"),
    (2, "pullgate pause --for 1h --reason ' '"),
    (1, "pullgate pause --for 30d --reason x"),
    (1, "pullgate engines plan emacs"),
    (1, "pullgate engines apply emacs"),
    (1, "pullgate enroll /nowhere.toml"),
    (1, "pullgate enroll /etc"),
    (1, "pullgate policy check /nowhere.json"),
    (1, "pullgate policy check /etc/hosts"),
    (2, "pullgate policy explain --policy /etc/hosts"),
    (1, "pullgate doctor --bundle /nowhere/x.json"),
];

#[test]
fn each_wrong_command_line_is_answered_in_words_and_with_its_exit_code() {
    let laptop = enrolled(Options::daemonless(), &policy(json!({})));
    let (mut text, mut wrong) = (String::new(), String::new());
    for (expected, command) in COMMANDS {
        let output = laptop.run(command);
        if output.code != expected {
            writeln!(wrong, "{command}: {} and not {expected}", output.code).expect("memory does not fail");
        }
        // One after the other: which of the two streams comes first at a terminal is chance.
        let words = if output.code == 0 { String::new() } else { output.stderr + &output.stdout };
        writeln!(text, "$ {command}\n[{}]\n{}", output.code, words.trim_end()).expect("memory does not fail");
    }
    insta::with_settings!({ filters => masked(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("arguments", text);
    });
    assert_eq!(wrong, "");
    laptop.must("systemctl stop pullgate-control.socket pullgate.service 2>&1");
    for command in ["status", "explain nginx", "why", "blocked", "log", "engines", "policy show", "doctor"] {
        let output = laptop.run_as(Person::Bob, &format!("pullgate {command}"));
        assert_eq!(output.code, 5, "{command}: {}", output.terminal);
    }
}

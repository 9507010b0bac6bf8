//! Files as people have them, in `corpus/`: each is routed, or refused with a sentence that says why and what next, and
//! each is given back byte for byte.

use std::path::Path;

use super::{STATE, planned, with_unit};
use crate::desired_routing::tests::desired;
use crate::machine::memory::Memory;
use crate::machine::{Machine, Output, simulated};
use crate::{EngineId, Originals, apply, restore};

const FILE: &str = "/etc/docker/daemon.json";

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/docker/corpus")
}

fn names() -> Vec<String> {
    let entries = folder().read_dir().unwrap();
    let mut names: Vec<_> = entries.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| name.ends_with(".json"));
    names.sort();
    names
}

/// A machine whose file this is, with what the name promises beside it.
fn machine(name: &str) -> Memory {
    let mut machine = simulated::machine(&[], 2);
    judge_as_dockerd(&mut machine);
    machine.put(FILE, &std::fs::read(folder().join(name)).unwrap());
    match name {
        "10-symlink.json" => machine.links.push(FILE.into()),
        "11-read-only-mount.json" => machine.read_only.push("/etc/docker".into()),
        "19-swarm-node.json" => {
            simulated::set_info(&machine, "Swarm", serde_json::json!({ "LocalNodeState": "active" }));
        }
        "20-log-driver.json" => {
            machine.answer("GET /containers/json", 200, r#"[{"Id":"a","Names":["/web"]}]"#);
            let details = r#"{"HostConfig":{"LogConfig":{"Type":"fluentd"}}}"#;
            machine.answer("GET /containers/a/json", 200, details);
        }
        "18-hosts-beside-flags.json" => {
            with_unit(&mut machine, |unit| unit.replace("$OPTIONS", "-H tcp://127.0.0.1:2376"));
        }
        _ => {}
    }
    machine
}

/// The daemon takes no comments, and no key that is a flag as well.
fn judge_as_dockerd(machine: &mut Memory) {
    let play = machine.react.take().unwrap();
    machine.react = Some(Box::new(move |machine, command| {
        let [_, .., "--validate", "--config-file", path] = command else { return play(machine, command) };
        let bytes = machine.read(Path::new(path)).unwrap().unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let read = serde_json::from_str::<serde_json::Value>(text.trim_start_matches('\u{feff}'));
        let problem = match read {
            Err(error) => format!("invalid character: {error}"),
            Ok(value) if value.get("hosts").is_some() && command.contains(&"-H") => {
                "the following directives are specified both as a flag and in the configuration file: hosts"
                    .into()
            }
            Ok(_) => return Some(Output { status: Some(0), ..Output::default() }),
        };
        let stderr = format!("unable to configure the Docker daemon with file {path}: {problem}");
        Some(Output { status: Some(1), stdout: String::new(), stderr })
    }));
}

#[test]
fn each_file_is_routed_or_refused_in_words_and_given_back_byte_for_byte() {
    let names = names();
    assert!(names.len() >= 20);
    for name in names {
        let machine = machine(&name);
        let before = machine.etc();
        let originals = Originals::at(STATE);
        let outcome = match planned(&machine, &desired()) {
            Err(refused) => format!("refused: {refused}\n"),
            Ok(plan) => match apply(&plan, &machine, &originals) {
                Err(refused) => format!("{}refused: {refused}\n", plan.edits[0].difference()),
                Ok(_) => {
                    assert!(planned(&machine, &desired()).unwrap().is_empty(), "{name}: twice is once");
                    let rest = plan.diff();
                    let rest =
                        rest.lines().filter(|line| line.starts_with("# ")).collect::<Vec<_>>().join("\n");
                    format!("{}{rest}\n", plan.edits[0].difference())
                }
            },
        };
        if outcome.starts_with("refused: ") || outcome.contains("\nrefused: ") {
            assert_eq!(machine.etc(), before, "{name}: what is refused is not touched");
        } else {
            restore(EngineId::Docker, &machine, &originals, false).unwrap();
            assert_eq!(machine.etc(), before, "{name}");
        }
        let shown = outcome.replace('\r', "␍").replace('\t', "→").replace('\u{feff}', "<mark>");
        insta::assert_snapshot!(name.trim_end_matches(".json").to_owned(), shown);
    }
}

/// Whatever a person adds afterwards survives, and no key of ours stays.
#[test]
fn each_file_that_was_edited_after_us_keeps_the_edit_and_loses_what_is_ours() {
    for name in names() {
        let machine = machine(&name);
        let original = machine.text(FILE).unwrap();
        let Ok(plan) = planned(&machine, &desired()) else { continue };
        if apply(&plan, &machine, &Originals::at(STATE)).is_err() {
            continue;
        }
        let ours = machine.text(FILE).unwrap();
        let edited = ours.replacen('{', "{ \"bridge\": \"br7\",", 1);
        machine.put(FILE, edited.as_bytes());
        restore(EngineId::Docker, &machine, &Originals::at(STATE), true).unwrap();
        let left = config_edit::json::Document::parse(&machine.text(FILE).unwrap()).unwrap().value();
        let mut expected = config_edit::json::Document::parse(&original).unwrap().value();
        expected.insert("bridge".into(), "br7".into());
        assert_eq!(left, expected, "{name}");
    }
}

//! Files of ours whose record is lost, as after a state folder was emptied: our mark in them tells what is ours,
//! so that they are not taken for the person's and can still be given back.

use std::path::{Path, PathBuf};

use config_edit::json::Document;
use config_edit::{Format, NO_PROXY};

use crate::machine::Kind;
use crate::originals::{Content, Original, Record};
use crate::{Attributes, EngineId, Machine};

/// First words of every file that is ours as a whole.
const MARK: &str = "# Written by Pullgate";

/// A record for each file of this engine that carries our mark.
pub(crate) fn find(machine: &dyn Machine, engine: EngineId, marked: &[PathBuf]) -> Vec<Record> {
    let found = marked.iter().filter_map(|path| {
        let entry = machine.entry(path).ok()?.filter(|entry| entry.kind == Kind::File)?;
        record(engine, path, &machine.read(path).ok()??, entry.attributes)
    });
    found.collect()
}

/// What the record would say, if the text carries our mark.
pub(crate) fn record(
    engine: EngineId,
    path: &Path,
    current: &[u8],
    attributes: Attributes,
) -> Option<Record> {
    let text = std::str::from_utf8(current).ok()?;
    let (format, original) = if text.starts_with(MARK) {
        (Format::Lines, None)
    } else {
        (Format::Json, without_our_proxies(text)?)
    };
    let original = original.map(|text| Original { content: Content::of(text.as_bytes()), attributes });
    Some(Record {
        schema: Record::SCHEMA,
        engine,
        path: path.into(),
        format,
        original,
        written: vec![Content::of(current)],
        settled: true,
        folders: Vec::new(),
    })
}

/// The daemon's file without the proxies that only we would write; `None` inside when nothing else is left.
fn without_our_proxies(text: &str) -> Option<Option<String>> {
    let document = Document::parse(text).ok()?;
    let proxies = document.object().get("proxies")?;
    let is_ours = document.value()["proxies"]["no-proxy"] == NO_PROXY;
    if !is_ours {
        return None;
    }
    proxies.remove();
    Some((!document.value().is_empty()).then(|| document.text()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desired_routing::tests::desired;
    use crate::machine::simulated;
    use crate::{Originals, apply, docker_packaging, find as find_all, plan, podman, restore};

    #[test]
    fn files_whose_record_was_lost_can_be_repaired_and_given_back() {
        for repair in [false, true] {
            let machine = simulated::machine(&[("/etc/docker/daemon.json", "{\"debug\":true}")], 0);
            let route = |folder: &str| {
                let originals = Originals::at(folder);
                for found in find_all(&machine) {
                    let plan = plan(&found, &machine, &originals, &desired()).unwrap();
                    assert!(!plan.taken_over.redirects.iter().any(|it| it.mirrors.join("").contains(":858")));
                    apply(&plan, &machine, &originals).unwrap();
                }
            };
            route("/state/lost");
            if repair {
                route("/state/new");
            }
            for engine in EngineId::ALL {
                restore(engine, &machine, &Originals::at("/state/new"), false).unwrap();
            }
            let left: Vec<PathBuf> = machine.etc().into_keys().collect();
            assert!(!left.iter().any(|path| path.ends_with("hosts.toml")), "{left:?}");
            assert!(
                !left.contains(&podman::ours()) && !left.contains(&docker_packaging::ours()[1]),
                "{left:?}"
            );
            let file = machine.text("/etc/docker/daemon.json").unwrap();
            assert!(file.contains("\"debug\":true") && !file.contains("proxies"), "{file}");
        }
    }
}

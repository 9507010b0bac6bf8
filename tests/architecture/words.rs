//! Words that travel in an HTTP status line: quotes are taken out of a reason phrase, so that an apostrophe in a
//! sentence of ours is lost on the way (`the organizations proxy`).

use std::fs;
use std::path::{Path, PathBuf};

use super::workspace::checkout;

/// Where sentences are made that end in a reason phrase.
const SOURCES: &[&str] = &[
    "src-tauri/crates/egress/src",
    "src-tauri/crates/gateway/src/upstream",
    "src-tauri/crates/gateway/src/upstream.rs",
    "src-tauri/crates/policy-text/src/render/phrase.rs",
    "src-tauri/crates/policy-text/src/render/upstream_failure.rs",
    "src-tauri/crates/policy-text/src/render/words.rs",
];

#[test]
fn no_sentence_that_reaches_a_reason_phrase_has_an_apostrophe() {
    let mut wrong = Vec::new();
    for path in SOURCES.iter().flat_map(|path| sources(&checkout().join(path))) {
        let text = fs::read_to_string(&path).expect("a source file can be read");
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (at, line) in code.lines().enumerate() {
            let spoken = line.trim_start();
            let is_said = !spoken.starts_with("//") && !spoken.contains("tracing::");
            if is_said && literals(spoken).any(has_apostrophe) {
                wrong.push(format!("{}:{}: {spoken}", path.display(), at + 1));
            }
        }
    }
    assert_eq!(wrong, [""; 0], "say it without an apostrophe: `the proxy of the organization`");
}

/// The text of the string literals on a line; one that goes over several lines counts where it begins and ends.
fn literals(line: &str) -> impl Iterator<Item = &str> {
    let parts: Vec<&str> = line.split('"').collect();
    parts.into_iter().enumerate().filter(|(at, _)| at % 2 == 1).map(|(_, text)| text)
}

/// Whether there is one between letters, or after a plural.
fn has_apostrophe(text: &str) -> bool {
    text.split('\'').collect::<Vec<_>>().windows(2).any(|pair| {
        let before = pair.first().and_then(|text| text.chars().last());
        before.is_some_and(char::is_alphabetic) || before == Some('}')
    })
}

fn sources(path: &Path) -> Vec<PathBuf> {
    assert!(path.exists(), "{} is not there any more", path.display());
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let entries = fs::read_dir(path).expect("a folder of the checkout can be read").flatten();
    let below = entries.flat_map(|entry| sources(&entry.path()));
    below
        .filter(|path| path.extension().is_some_and(|it| it == "rs") && !path.ends_with("tests.rs"))
        .collect()
}

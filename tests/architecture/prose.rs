//! Words of the maintainers that people never need to read: sentences of the terminal, of conditions and of verdicts
//! say them in other words. Names of commands and files, JSON keys and logs keep them.

use std::fs;

use super::tree::{read, sources};
use super::workspace::checkout;

/// Each with what to say.
const PRIVATE: &[(&str, &str)] = &[
    ("canary", "a pull that must be blocked"),
    ("edition", "version"),
    ("editions", "versions"),
    ("gateway", "Pullgate"),
    ("journal", "record"),
    ("proof", "test"),
    ("proved", "tested"),
    ("provenance", "what is known of its version"),
    ("routed", "checked"),
    ("routes", "has … pull through Pullgate"),
    ("routing", "pulling through Pullgate"),
    ("serial", "version"),
    ("steward", "the Pullgate helper"),
    ("unproved", "not tested"),
    ("unrouted", "not checked"),
    ("verdict", "what was blocked, and why"),
    ("verdicts", "what was blocked, and why"),
];

/// Where sentences for people are made.
const SOURCES: &[&str] = &[
    "src-tauri/crates/cli/src",
    "src-tauri/crates/identity/src/session",
    "src-tauri/crates/policy-text/src",
    "src-tauri/crates/service/src",
];

/// What `--help` says of every command.
const HELP: &str = "src-tauri/crates/cli/src/tests/snapshots/\
                    cli__tests__help__every_command_helps_with_an_example.snap";

#[test]
fn no_sentence_for_people_has_a_word_of_the_maintainers() {
    let folders: Vec<_> = SOURCES.iter().map(|path| checkout().join(path)).collect();
    let mut wrong = Vec::new();
    for path in sources().into_iter().filter(|path| folders.iter().any(|folder| path.starts_with(folder))) {
        let below = path.strip_prefix(checkout()).unwrap_or(&path).display().to_string();
        let is_test = ["/tests/", "/tests.rs", "/sample.rs"].iter().any(|part| below.contains(part));
        if !is_test {
            wrong.extend(sentences(&read(&path)).into_iter().filter_map(|it| private(&it, &below)));
        }
    }
    let help = fs::read_to_string(checkout().join(HELP)).expect("the help of every command is kept");
    let said = help.lines().filter(|line| !is_command(line)).map(without_options);
    wrong.extend(said.filter_map(|line| private(&line, HELP)));
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn literals_names_and_logs_keep_their_words() {
    let text = "// a steward\nlet x = \"the steward ran\"; tracing::info!(\"the steward ran\");\n\
                fail(\"a \\\n    verdict {serial} of `pullgate steward`\"); let key = \"steward\";\n\
                #[cfg(test)]\nlet y = \"the steward ran\";";
    let said = sentences(text);
    assert_eq!(said, ["the steward ran", "a verdict {serial} of `pullgate steward`"]);
    let found: Vec<String> = said.iter().filter_map(|it| private(it, "here")).collect();
    let steward = "here: the steward ran: say `the Pullgate helper`";
    let verdict = "here: a verdict {serial} of `pullgate steward`: say `what was blocked, and why`";
    assert_eq!(found, [steward, verdict]);
}

/// The first private word of a sentence, with its place.
fn private(sentence: &str, place: &str) -> Option<String> {
    let spoken = without(&without(sentence, '`', '`'), '{', '}').to_lowercase();
    let mut words = spoken.split(|letter: char| !letter.is_alphanumeric());
    let (_, say) = words.find_map(|word| PRIVATE.iter().find(|(private, _)| *private == word))?;
    Some(format!("{place}: {sentence}: say `{say}`"))
}

/// A line of `--help` that names commands, as the usage and the example do.
fn is_command(line: &str) -> bool {
    ["$ ", "Usage: ", "Example: ", "## "].iter().any(|start| line.starts_with(start))
}

/// The names of options, `--serial <SERIAL>`, are no prose.
fn without_options(line: &str) -> String {
    let words = line.split_whitespace().filter(|word| !word.starts_with(['-', '<', '[']));
    words.collect::<Vec<_>>().join(" ")
}

fn without(text: &str, from: char, to: char) -> String {
    let mut rest = String::new();
    let mut is_inside = false;
    for letter in text.chars() {
        match is_inside {
            true => is_inside = letter != to,
            false if letter == from => is_inside = true,
            false => rest.push(letter),
        }
    }
    rest
}

/// The string literals that are sentences: several words, in no log, no test and no reason of a lint.
fn sentences(text: &str) -> Vec<String> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let (mut found, mut said, mut before) = (Vec::new(), None::<String>, String::new());
    let mut letters = code.chars().peekable();
    while let Some(letter) = letters.next() {
        match (&mut said, letter) {
            (Some(text), '\\') => match letters.next() {
                Some('\n') => while letters.next_if(|next| next.is_whitespace()).is_some() {},
                escaped => text.extend(escaped),
            },
            (Some(_), '"') => {
                let sentence = said.take().unwrap_or_default();
                if sentence.contains(' ') && !is_aside(&before) && !is_command(&sentence) {
                    found.push(sentence);
                }
            }
            (Some(text), _) => text.push(letter),
            (None, '"') if before.ends_with('\'') => before.push(letter),
            (None, '"') => said = Some(String::new()),
            (None, '/') if letters.peek() == Some(&'/') => {
                while letters.next_if(|next| *next != '\n').is_some() {}
            }
            (None, ';') => before.clear(),
            (None, _) => before.push(letter),
        }
    }
    found
}

/// Whether what stands before a literal makes it no sentence for people.
fn is_aside(before: &str) -> bool {
    before.contains("tracing::") || before.ends_with("reason = ")
}

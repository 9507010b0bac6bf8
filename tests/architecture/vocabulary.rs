//! Words that were taken out of the code's language, by the glossary: an identifier that has one is new, or waits in a
//! list that only gets shorter.

use std::collections::BTreeMap;

use super::lists::assert_only_listed;
use super::tree::{read, sources};
use super::workspace::checkout;

/// Each is a part of an identifier: `give_back`, `GiveBack` and `given_back` have `give back` and `given back`.
const RETIRED: &[&str] = &[
    "askers",
    "crowd",
    "desk",
    "give back",
    "leaves",
    "legs",
    "moment",
    "reception",
    "strays",
    "strife",
    "told",
    "vain",
    "ways round",
    "wish",
    "witness",
    "zoo",
];

#[test]
fn no_identifier_has_a_retired_word() {
    let folder = checkout().join("src-tauri");
    let mut found = BTreeMap::new();
    for path in sources() {
        let Ok(below) = path.strip_prefix(&folder) else { continue };
        let count = identifiers(&read(&path)).filter(|identifier| is_retired(identifier)).count();
        if count > 0 {
            found.insert(below.display().to_string(), count);
        }
    }
    assert_only_listed("retired.txt", &found, "say it by the word of `src-tauri/docs/glossary.md`");
}

#[test]
fn an_identifier_is_taken_apart_and_what_people_read_is_none() {
    let text = "let x = Desk::give_back(); // a wish\nprintln!(\"told {x}\"); struct DeskOfTold;";
    let found: Vec<String> = identifiers(text).filter(|identifier| is_retired(identifier)).collect();
    assert_eq!(found, ["desk", "give back", "desk of told"]);
}

fn is_retired(identifier: &str) -> bool {
    let framed = format!(" {identifier} ");
    RETIRED.iter().any(|word| framed.contains(&format!(" {word} ")))
}

/// Every identifier as its parts in lower case, with blanks between them; comments and text of one line are left out.
fn identifiers(text: &str) -> impl Iterator<Item = String> {
    let code = text.lines().map(code_of).collect::<Vec<_>>().join("\n");
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    let words: Vec<String> = code.split(|letter| !is_part(letter)).map(parts).collect();
    words.into_iter().filter(|word| !word.is_empty())
}

fn code_of(line: &str) -> String {
    let mut code = String::new();
    let mut is_text = false;
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if is_text => drop(letters.next()),
            '"' => is_text = !is_text,
            '/' if !is_text && letters.peek() == Some(&'/') => break,
            _ if is_text => {}
            _ => code.push(letter),
        }
    }
    code
}

fn parts(identifier: &str) -> String {
    let mut parts = String::new();
    for letter in identifier.chars() {
        if letter == '_' || letter.is_uppercase() && !parts.is_empty() && !parts.ends_with(' ') {
            parts.push(' ');
        }
        if letter != '_' {
            parts.extend(letter.to_lowercase());
        }
    }
    parts
}

//! Where numbers come from outside, nothing but a constant is added to a clock with `+`: it panics when the sum is too far
//! away, and a service that panics is gone.

use std::fs;

use crate::tree::sources;

/// The crates that read answers of registries, token services and identity providers.
const READERS: [&str; 4] =
    ["crates/gateway/src/", "crates/http1/src/", "crates/identity/src/", "crates/web/src/"];
const CLOCKS: [&str; 3] = ["Instant::now() + ", "boottime() + ", "clock::now() + "];

#[test]
fn no_foreign_number_is_added_to_a_clock() {
    let mut found = Vec::new();
    for path in sources() {
        let place = path.display().to_string();
        if !READERS.iter().any(|reader| place.contains(reader)) || place.contains("tests") {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a source is readable");
        let production = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (number, line) in production.lines().enumerate() {
            if CLOCKS.iter().any(|clock| adds_more_than_a_constant(line, clock)) {
                found.push(format!("{place}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    assert!(found.is_empty(), "use `saturating_add` or `checked_add`:\n{}", found.join("\n"));
}

fn adds_more_than_a_constant(line: &str, clock: &str) -> bool {
    line.split(clock).skip(1).any(|added| {
        let name: String =
            added.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
        name.is_empty() || name.chars().any(|letter| letter.is_ascii_lowercase())
    })
}

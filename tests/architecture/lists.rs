//! What the code has more of than it should, as lists beside this file that may only get shorter.

use std::collections::BTreeMap;
use std::fs;

use super::workspace::checkout;

/// Compares what was found with the list of that name: a line is a name and, where there is more than one, how many.
/// What is found and not listed is new; what is listed and not found has to leave the list.
pub(crate) fn assert_only_listed(list: &str, found: &BTreeMap<String, usize>, instead: &str) {
    let path = checkout().join("tests/architecture").join(list);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let listed: BTreeMap<String, usize> = text.lines().map(parse).collect();
    let more = |one: &BTreeMap<String, usize>, other: &BTreeMap<String, usize>| -> Vec<String> {
        let beyond = one.iter().filter(|(name, count)| other.get(*name).copied().unwrap_or(0) < **count);
        beyond.map(|(name, count)| format!("{name} {count}")).collect()
    };
    assert_eq!(more(found, &listed), [""; 0], "{instead}");
    assert_eq!(more(&listed, found), [""; 0], "there are fewer by now: shorten `tests/architecture/{list}`");
}

fn parse(line: &str) -> (String, usize) {
    let counted =
        line.rsplit_once(' ').and_then(|(name, count)| Some((name.to_owned(), count.parse().ok()?)));
    counted.unwrap_or_else(|| (line.to_owned(), 1))
}

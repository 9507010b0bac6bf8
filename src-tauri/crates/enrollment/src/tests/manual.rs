//! The manual and the code know the same keys.

use std::collections::BTreeSet;

use crate::keys::KEYS;

const MANUAL: &str = include_str!("../../../../docs/enrollment.md");

/// The rows of the manual's tables of keys, as `(key, whether it may be a default)`.
fn rows() -> BTreeSet<(String, bool)> {
    let rows = MANUAL.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| `")?.split('|').map(str::trim);
        let key = cells.next()?.trim_end_matches('`').to_owned();
        Some((key, cells.next()? == "yes"))
    });
    rows.collect()
}

#[test]
fn the_manual_has_a_row_for_every_key_and_none_for_others() {
    let known = KEYS.iter().map(|key| (key.name.replace("*", "\"HOST\""), key.may_default));
    assert_eq!(rows(), known.collect::<BTreeSet<_>>());
}

#[test]
fn the_examples_of_the_manual_are_good_enrollments() {
    let mut examples = MANUAL.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let whole: Vec<&str> = examples.by_ref().filter(|text| text.contains("organization =")).collect();
    assert_eq!(whole.len(), 3);
    for text in whole {
        crate::parse(text).map_err(|error| format!("{error}\n{text}")).unwrap();
    }
}

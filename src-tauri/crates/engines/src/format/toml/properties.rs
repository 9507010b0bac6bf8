//! What holds for every file an adapter edits, tried on generated ones: comments, foreign tables, keys in all
//! spellings, with and without what we set.

use proptest::prelude::*;
use toml_edit::{Array, value};

use super::*;

const PATH: [&str; 3] = ["plugins", "cri", "registry"];

/// What an adapter does: one key in a table, made where it is missing, and one list.
fn edit(text: &str) -> Option<String> {
    let mut document = parse(text).ok()?;
    let table = table(&mut document, &PATH)?;
    if table.get("config_path").and_then(Item::as_str) != Some("/ours") {
        set(table, "config_path", value("/ours"));
    }
    if strings(table.get("list")) != ["ours"] {
        set(table, "list", value(["ours"].into_iter().collect::<Array>()));
    }
    Some(document.to_string())
}

/// In place where the key is there: what stands before it is the person's.
fn set(table: &mut dyn TableLike, key: &str, item: Item) {
    match table.get_mut(key) {
        Some(there) => *there = item,
        None => drop(table.insert(key, item)),
    }
}

fn document() -> impl Strategy<Value = String> {
    let scalar = prop_oneof![
        "[0-9]{1,4}",
        Just("true".to_owned()),
        "\"[a-z #=]{0,6}\"",
        "'[a-z #=]{0,6}'",
        "\\[\"[a-z]{1,3}\", \"[a-z]{1,3}\"\\]",
        "\\{ [a-z]{1,3} = [0-9] \\}",
        Just("\"\"\"\nmany\n# lines\n\"\"\"".to_owned()),
    ];
    let comment = prop_oneof![Just(String::new()), Just("\n".to_owned()), "# [a-z =]{0,8}\n"];
    let foreign = (prop_oneof!["k[a-z]{0,4}", "\"[a-z.]{1,5}\""], scalar);
    let ours = (prop_oneof!["config_path", "list"], "\"[a-z/]{0,5}\"");
    let entry = prop_oneof![3 => foreign.boxed(), 1 => ours.boxed()];
    let line = (comment, entry, prop_oneof![Just(""), Just(" # why")])
        .prop_map(|(comment, (key, scalar), end)| (comment, key, scalar, end));
    let lines = prop::collection::vec(line, 0..4);
    let name = prop_oneof![
        "[a-z]{1,5}",
        Just("plugins".to_owned()),
        Just("plugins.cri".to_owned()),
        Just("plugins.cri.registry".to_owned())
    ];
    let block = |lines: Vec<(String, String, String, &str)>| -> String {
        lines.iter().map(|(comment, key, scalar, end)| format!("{comment}{key} = {scalar}{end}\n")).collect()
    };
    (lines.clone(), prop::collection::vec((name, lines), 0..4)).prop_map(move |(first, tables)| {
        let mut text = block(first);
        for (name, lines) in tables {
            text.push_str(&format!("\n[{name}]\n{}", block(lines)));
        }
        text
    })
}

proptest! {
    #[test]
    fn editing_twice_is_editing_once(text in document()) {
        if let Some(once) = edit(&text) {
            prop_assert_eq!(edit(&once), Some(once));
        }
    }

    #[test]
    fn every_foreign_line_survives(text in document()) {
        if let Some(written) = edit(&text) {
            let is_ours = |line: &&str| line.starts_with("config_path") || line.starts_with("list");
            let foreign: Vec<&str> = text.lines().filter(|line| !is_ours(line) && !line.trim().is_empty()).collect();
            let mut left = written.lines();
            for line in foreign {
                prop_assert!(left.any(|it| it.trim() == line.trim()), "{line:?} is lost or moved in\n{written}");
            }
        }
    }

    #[test]
    fn what_the_person_added_after_us_is_all_that_differs_from_the_original(text in document()) {
        if let Some(written) = edit(&text) {
            let edited = format!("{written}\n[theirs-alone]\na = 1\n");
            let back = restore(&edited, &written, Some(&text)).unwrap();
            let mut document = parse(&back).unwrap();
            prop_assert!(document.remove("theirs-alone").is_some());
            prop_assert!(same(&without_empty_tables(&document.to_string()), &without_empty_tables(&text)), "{text}\nbecame\n{back}");
        }
    }
}

/// A table without keys says nothing; whether it stands there is all the same to an engine.
fn without_empty_tables(text: &str) -> String {
    fn prune(table: &mut Table) {
        for name in table.iter().map(|(name, _)| name.to_owned()).collect::<Vec<_>>() {
            if let Some(inner) = table.get_mut(&name).and_then(Item::as_table_mut) {
                prune(inner);
                if inner.is_empty() {
                    table.remove(&name);
                }
            }
        }
    }
    let mut document = parse(text).unwrap();
    prune(document.as_table_mut());
    document.to_string()
}

//! TOML edited in place: order, comments and foreign keys stay.

use toml_edit::{DocumentMut, Item, Table, TableLike};

/// The document, or where it is broken, on one line.
pub fn parse(text: &str) -> Result<DocumentMut, String> {
    text.parse::<DocumentMut>().map_err(|error| {
        let place = error.span().map_or(0, |span| span.start);
        let line = text.get(..place).map_or(0, |before| before.matches('\n').count()) + 1;
        format!("line {line}: {}", error.message())
    })
}

/// The table at a path of keys, made where it is missing; `None` where something else stands there.
pub(crate) fn table<'a>(document: &'a mut DocumentMut, path: &[&str]) -> Option<&'a mut dyn TableLike> {
    let mut table: &mut dyn TableLike = document.as_table_mut();
    for (depth, key) in path.iter().enumerate() {
        if table.get(key).is_none() {
            let mut made = Table::new();
            made.set_implicit(depth + 1 < path.len());
            table.insert(key, Item::Table(made));
        }
        table = table.get_mut(key)?.as_table_like_mut()?;
    }
    Some(table)
}

/// The item at a path of keys.
pub fn get<'a>(document: &'a DocumentMut, path: &[&str]) -> Option<&'a Item> {
    let mut item = document.as_item();
    for key in path {
        item = item.as_table_like()?.get(key)?;
    }
    Some(item)
}

/// The strings of an item that is an array.
pub(crate) fn strings(item: Option<&Item>) -> Vec<String> {
    let array = item.and_then(Item::as_array);
    array.into_iter().flatten().filter_map(|value| Some(value.as_str()?.to_owned())).collect()
}

pub(crate) fn same(one: &str, other: &str) -> bool {
    match (parse(one), parse(other)) {
        (Ok(one), Ok(other)) => same_item(one.as_item(), other.as_item()),
        (Err(_), _) | (_, Err(_)) => false,
    }
}

/// `None` when one of the texts cannot be read.
pub(crate) fn restore(current: &str, written: &str, original: Option<&str>) -> Option<String> {
    let mut document = parse(current).ok()?;
    let written = parse(written).ok()?;
    let original = parse(original.unwrap_or_default()).ok()?;
    unset(document.as_table_mut(), written.as_table(), original.as_table());
    Some(document.to_string())
}

fn unset(current: &mut dyn TableLike, written: &dyn TableLike, original: &dyn TableLike) {
    let mut is_ours = false;
    for (key, ours) in written.iter() {
        let before = original.get(key);
        if before.is_some_and(|before| same_item(before, ours)) {
            continue;
        }
        let Some(there) = current.get_mut(key) else { continue };
        if same_item(there, ours) {
            is_ours = true;
            match before {
                Some(before) => *there = before.clone(),
                None => drop(current.remove(key)),
            }
        } else if let (Some(inner), Some(ours)) = (there.as_table_like_mut(), ours.as_table_like()) {
            let nothing = Table::new();
            let before_table = before.and_then(Item::as_table_like);
            unset(inner, ours, before_table.unwrap_or(&nothing));
            if before.is_none() && inner.is_empty() {
                current.remove(key);
            }
        }
    }
    for (key, before) in original.iter().filter(|(key, _)| !written.contains_key(key)) {
        if is_ours && !current.contains_key(key) {
            current.insert(key, before.clone());
        }
    }
}

fn same_item(one: &Item, other: &Item) -> bool {
    match (one.as_table_like(), other.as_table_like()) {
        (Some(one), Some(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, item)| other.get(key).is_some_and(|it| same_item(item, it)))
        }
        (None, None) => plain(one) == plain(other),
        (Some(_), None) | (None, Some(_)) => false,
    }
}

fn plain(item: &Item) -> String {
    match item {
        Item::None => String::new(),
        Item::Value(value) => {
            let mut value = value.clone();
            value.decor_mut().clear();
            value.to_string()
        }
        Item::Table(table) => table.to_string(),
        Item::ArrayOfTables(tables) => tables.to_string(),
    }
}

#[cfg(test)]
mod properties {
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
            lines
                .iter()
                .map(|(comment, key, scalar, end)| format!("{comment}{key} = {scalar}{end}\n"))
                .collect()
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_keys_go_back_when_the_person_edited_after_us() {
        let original = "version = 2\n\n[plugins.cri] # theirs\nsandbox = \"pause\"\n";
        let written = "version = 2\n\n[plugins.cri] # theirs\nsandbox = \"pause\"\n\n[plugins.cri.registry]\nconfig_path = \"/x\"\n";
        let current = format!("{written}\n[debug]\nlevel = \"debug\"\n");
        assert_eq!(
            restore(&current, written, Some(original)).unwrap(),
            format!("{original}\n[debug]\nlevel = \"debug\"\n")
        );
    }

    #[test]
    fn a_table_the_person_had_and_we_replaced_comes_back() {
        let original = "server = \"https://a\"\n\n[host.\"https://mirror\"]\nskip_verify = true\n";
        let written = "server = \"gateway\"\n\n[host.\"gateway\"]\noverride_path = true\n";
        let current = "server = \"gateway\"\n# note\n\n[host.\"gateway\"]\noverride_path = true\n";
        let back = restore(current, written, Some(original)).unwrap();
        assert!(same(&back, original), "{back}");
    }

    #[test]
    fn a_file_the_person_wrote_anew_is_theirs_alone() {
        let written = "server = \"gateway\"\n\n[host.\"gateway\"]\n";
        let original = "server = \"https://a\"\n\n[host.\"https://mirror\"]\n";
        let rewritten = "server = \"https://b\"\n";
        assert_eq!(restore(rewritten, written, Some(original)).unwrap(), rewritten);
    }

    proptest::proptest! {
        #[test]
        fn what_a_person_adds_is_all_that_is_left_of_an_edited_file(
            theirs in proptest::collection::btree_map("[a-f]{1,3}", proptest::prelude::any::<i16>(), 0..4),
            added in proptest::collection::btree_map("[g-m]{1,3}", proptest::prelude::any::<i16>(), 0..4),
        ) {
            let lines = |of: &std::collections::BTreeMap<String, i16>| -> String {
                of.iter().map(|(key, value)| format!("{key} = {value}\n")).collect()
            };
            let ours = "[plugins.cri.registry]\nconfig_path = \"/x\"\n";
            let original = lines(&theirs);
            let written = format!("{original}{ours}");
            let current = format!("{}{original}{ours}", lines(&added));
            let back = restore(&current, &written, Some(&original)).unwrap();
            proptest::prop_assert!(same(&back, &format!("{original}{}", lines(&added))), "{}", back);
        }
    }

    #[test]
    fn meaning_is_compared_without_order_and_comments() {
        assert!(same("a = 1 # x\nb = [1]\n", "b = [1]\na = 1"));
        assert!(!same("a = 1", "a = 2"));
        assert!(!same("a = 1", "a = "));
    }
}

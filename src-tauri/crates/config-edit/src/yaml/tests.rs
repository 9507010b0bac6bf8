use proptest::prelude::*;

use super::*;

/// What an adapter does: a key in a mapping, made where it is missing.
fn edit(text: &str) -> Result<String, String> {
    let mut document = Document::parse(text)?;
    let mut ours = document.mapping("ours")?;
    ours.set("first", "\"1\"", &[]);
    ours.set("second", "", &["list:", "  - a", "  - b"]);
    Ok(document.text())
}

#[test]
fn what_is_read_is_written_unless_something_is_set() {
    for text in [
        "",
        "# only a comment",
        "---\na: 1\n",
        "\u{feff}a: 1\r\nb:\r\n  c: 2\r\n",
        "a:\n- 1\n- 2\nb: |\n  text\n\n  # text\nc: 'it''s'\n# end",
        "a:\n    b:\n        c: 1\n      # odd\n    d: 2\n\n\n",
        "\"quoted: key\": 1\n'other': [a, {b: c}]\nurl: http://x:1/#fragment # comment\n",
    ] {
        assert_eq!(Document::parse(text).map(|it| it.text()), Ok(text.to_owned()));
    }
}

#[test]
fn texts_that_are_no_documents_say_where() {
    let problem = |text: &str| Document::parse(text).unwrap_err();
    insta::assert_snapshot!(
        [
            problem("a: 1\n  b: 2\nc\n"),
            problem("- a\n- b\n"),
            problem("{a: 1}\n"),
            problem("a: {\n  b: 1\n}\n"),
            problem("a: 1\na: 2\n"),
            problem("a:\n\tb: 1\n"),
            problem("a: 1\n---\nb: 2\n"),
            problem("%YAML 1.2\n---\na: 1\n"),
            problem("? a\n: 1\n"),
            problem("  a: 1\nb: 2\n"),
        ]
        .join("\n")
    );
}

#[test]
fn an_empty_mapping_in_any_spelling_takes_keys_and_gets_its_spelling_back() {
    for text in [
        "ours: {} # none yet\nb: 1\n",
        "ours:\n# later\n",
        "ours: null\n",
        "ours: ~",
        "ours:\n  # first: 0\nb: 1\n",
    ] {
        let written = edit(text).unwrap();
        assert!(written.contains("ours:") && written.contains("\n  first: \"1\"\n"), "{written}");
        let edited = format!("{written}theirs: 1\n");
        let back = restore(&edited, &written, Some(text)).unwrap();
        assert!(same(&back.replace("theirs: 1\n", ""), text), "{text:?} became {back:?}");
    }
}

#[test]
fn only_our_keys_go_back_when_the_person_edited_after_us() {
    let original = "# house rules\nours:\n    first: \"0\" # theirs\n    kept: yes\nlast: 1\n";
    let written = edit(original).unwrap();
    let current =
        written.replace("kept: yes", "kept: no\n    added: 1").replace("last: 1\n", "last: 2\n# end\n");
    assert_eq!(
        restore(&current, &written, Some(original)).unwrap(),
        "# house rules\nours:\n    first: \"0\" # theirs\n    kept: no\n    added: 1\nlast: 2\n# end\n"
    );
    let changed = written.replace("first: \"1\"", "first: \"7\"");
    assert!(restore(&changed, &written, Some(original)).unwrap().contains("first: \"7\""));
}

#[test]
fn a_person_who_indents_anew_gets_their_values_at_the_new_place() {
    let original = "ours:\n  second:\n    list:\n      - old\n";
    let written = edit(original).unwrap();
    let current = "ours:\n      first: \"1\"\n      second:\n        list:\n          - a\n          - b\n      third: 3\n";
    assert_eq!(
        restore(current, &written, Some(original)).unwrap(),
        "ours:\n      second:\n        list:\n          - old\n      third: 3\n"
    );
}

#[test]
fn references_that_reach_beyond_a_value_are_seen() {
    let has = |text: &str| Document::parse(text).unwrap().get("a").unwrap().has_references();
    assert!(has("a: &x\n  b: 1\n") && has("a:\n  <<: *x\n") && has("a:\n  - *x\n") && has("a:\n  b: *x\n"));
    assert!(!has("a:\n  b: \"*\"\n  # c: *x\n  d: R&D\n"));
}

/// Documents as people write them: comments, blank lines, lists in both places, scalars in all quotes, depth.
fn document() -> impl Strategy<Value = String> {
    let scalar = prop_oneof![
        "[a-z]{1,6}",
        "\"[a-z #:]{0,6}\"",
        "'[a-z #]{0,6}'",
        "\\[[a-z]{1,3}, [a-z]{1,3}\\]",
        Just("|\n@  text\n@  # text".to_owned())
    ];
    let list = prop::collection::vec("[a-z]{1,4}", 1..3)
        .prop_map(|items| items.iter().map(|item| format!("\n@- {item}")).collect::<String>());
    let value = prop_oneof![scalar.clone().prop_map(|it| format!(" {it}")), list];
    let comment = prop_oneof![Just(String::new()), Just("\n".to_owned()), "# [a-z: ]{0,8}\n"];
    let entry = move |inner: BoxedStrategy<String>| {
        (comment.clone(), "[a-z]{1,5}|ours", inner).prop_map(|(comment, key, value)| (comment, key, value))
    };
    let block = |entries: Vec<(String, String, String)>, depth: usize| {
        let mut seen = Vec::new();
        let space = "  ".repeat(depth);
        let mut text = String::new();
        for (comment, key, value) in entries {
            if !seen.contains(&key) {
                text.push_str(&format!("{space}{comment}{space}{key}:{}\n", value.replace('@', &space)));
                seen.push(key);
            }
        }
        text
    };
    let inner = prop::collection::vec(entry(value.clone().boxed()), 1..4)
        .prop_map(move |entries| format!("\n{}", block(entries, 1).trim_end_matches('\n')));
    let outer = prop_oneof![value, inner].boxed();
    (prop::collection::vec(entry(outer), 0..5), any::<bool>(), any::<bool>()).prop_map(
        move |(entries, windows, cut)| {
            let mut text = block(entries, 0);
            if windows {
                text = text.replace('\n', "\r\n");
            }
            if cut { text.trim_end().to_owned() } else { text }
        },
    )
}

proptest! {
    #[test]
    fn every_document_is_written_as_it_was_read(text in document()) {
        if let Ok(document) = Document::parse(&text) {
            prop_assert_eq!(document.text(), text);
        }
    }

    #[test]
    fn editing_twice_is_editing_once(text in document()) {
        if let Ok(once) = edit(&text) {
            prop_assert_eq!(edit(&once), Ok(once.clone()));
            prop_assert!(same(&once, &edit(&once).unwrap()));
        }
    }

    #[test]
    fn foreign_lines_and_their_order_survive(text in document()) {
        if let Ok(written) = edit(&text) {
            let (before, after) = (Document::parse(&text).unwrap(), Document::parse(&written).unwrap());
            let foreign = |it: &Document| -> Vec<String> {
                let entries = it.root.entries.iter().filter(|entry| entry.key != "ours");
                entries.map(|entry| { let mut text = String::new(); entry.write(&mut text); text.trim_end().to_owned() }).collect()
            };
            prop_assert_eq!(foreign(&before), foreign(&after));
        }
    }

    #[test]
    fn what_the_person_added_after_us_is_all_that_differs_from_the_original(text in document()) {
        if let Ok(written) = edit(&text) {
            let end = if written.contains("\r\n") { "\r\n" } else { "\n" };
            let gap = if written.ends_with('\n') { "" } else { end };
            let edited = format!("{written}{gap}theirs-alone: 1{end}");
            let back = restore(&edited, &written, Some(&text)).unwrap();
            let mut back = Document::parse(&back).unwrap();
            prop_assert!(back.root.get("theirs-alone").is_some());
            back.root.remove("theirs-alone");
            prop_assert!(same(&back.text(), &text), "{:?} became {:?}", text, back.text());
        }
    }
}

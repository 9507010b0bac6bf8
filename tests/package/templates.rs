//! What other systems' installers and device management are given, as far as it can be checked here: it is well formed,
//! it says nothing that the enrollment manual does not know, and names that point somewhere arrive.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use roxmltree::{Document, Node, ParsingOptions};

/// The keys of an enrollment, as the manual's tables list them; a test of the enrollment holds them to the code.
fn known() -> BTreeSet<String> {
    let manual = read("docs/enrollment.md");
    let rows = manual.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    rows.map(str::to_owned).collect()
}

#[test]
fn a_profile_for_macos_says_only_what_an_enrollment_may() {
    let text = read("packaging/macos/io.pullgate.mobileconfig");
    let document = parse(&text);
    let mut settings = document
        .descendants()
        .filter(|node| node.has_tag_name("string") && node.text() == Some("io.pullgate"));
    let settings = settings.next_back().and_then(|node| node.parent()).expect("the profile has our settings");
    let (known, mut said) = (known(), BTreeSet::new());
    collect(settings, "", &known, &mut said);
    for key in [
        "organization",
        "identity.issuer",
        "identity.membership",
        "policy.url",
        "policy.keys",
        "contact.name",
    ] {
        assert!(said.contains(key), "{key}: {said:?}");
    }
    let unknown: Vec<&String> = said.difference(&known).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

/// The keys of a dictionary by their whole names; one that is known as a whole is not looked into.
fn collect(dictionary: Node<'_, '_>, above: &str, known: &BTreeSet<String>, said: &mut BTreeSet<String>) {
    for key in dictionary.children().filter(|node| node.has_tag_name("key")) {
        let name = key.text().unwrap_or_default();
        let value = key.next_sibling_element().expect("every key has a value");
        let whole = format!("{above}{name}");
        if name.starts_with("Payload") {
            continue;
        }
        if value.has_tag_name("dict") && !known.contains(&whole) {
            collect(value, &format!("{whole}."), known, said);
        } else {
            said.insert(whole);
        }
    }
}

#[test]
fn daemons_of_macos_are_told_what_the_units_are_told() {
    for (file, command, sockets) in [
        ("service", "service", &["control", "proxy", "mirror"][..]),
        ("steward", "steward", &["steward"][..]),
    ] {
        let text = read(&format!("packaging/macos/io.pullgate.{file}.plist"));
        let document = parse(&text);
        let value = |name: &str| {
            let mut keys =
                document.descendants().filter(|node| node.has_tag_name("key") && node.text() == Some(name));
            keys.next()
                .and_then(|key| key.next_sibling_element())
                .unwrap_or_else(|| panic!("{file} has no `{name}`"))
        };
        assert_eq!(value("Label").text(), Some(format!("io.pullgate.{file}").as_str()));
        assert_eq!(
            value("ProgramArguments").last_element_child().and_then(|node| node.text()),
            Some(command)
        );
        let named: Vec<_> = value("Sockets")
            .children()
            .filter(|node| node.has_tag_name("key"))
            .map(|node| node.text())
            .collect();
        assert_eq!(named, sockets.iter().copied().map(Some).collect::<Vec<_>>());
        for socket in sockets {
            assert!(
                read(&format!("packaging/systemd/pullgate-{socket}.socket"))
                    .contains(&format!("FileDescriptorName={socket}\n"))
            );
        }
    }
}

#[test]
fn group_policy_has_every_key_of_an_enrollment_and_no_other() {
    let text = read("packaging/windows/pullgate.admx");
    let document = parse(&text);
    let mut said = BTreeSet::new();
    for policy in document.descendants().filter(|node| node.has_tag_name("policy")) {
        let key = policy.attribute("key").expect("a policy has a key");
        let below = key.strip_prefix(r"SOFTWARE\Policies\Pullgate").expect("it lies where the service reads");
        let values = policy.descendants().filter_map(|node| node.attribute("valueName"));
        said.extend(
            values.map(|value| format!("{below}\\{value}").trim_start_matches('\\').replace('\\', ".")),
        );
    }
    // The rule of membership is one value for an enrollment. Here it may be several, for each of its tests.
    for test in ["claim", "contains", "equals", "has-key"] {
        assert!(said.remove(&format!("identity.membership.{test}")), "{test}: {said:?}");
    }
    let tables = document.descendants().filter(|node| node.has_tag_name("list"));
    said.extend(tables.filter_map(|list| {
        let key = list.attribute("key")?.strip_prefix(r"SOFTWARE\Policies\Pullgate\")?;
        Some(key.replace('\\', "."))
    }));
    let named: BTreeSet<String> = known().into_iter().filter(|key| !key.starts_with("stand-in.")).collect();
    assert_eq!(said, named);
}

#[test]
fn group_policy_has_words_and_a_field_for_everything() {
    let (policies, words) =
        (read("packaging/windows/pullgate.admx"), read("packaging/windows/en-US/pullgate.adml"));
    let (policies, words) = (parse(&policies), parse(&words));
    let ids = |tag: &str| -> BTreeSet<String> {
        let nodes = words.descendants().filter(|node| node.has_tag_name(tag));
        nodes.filter_map(|node| node.attribute("id")).map(str::to_owned).collect()
    };
    let referred = |kind: &str| -> BTreeSet<String> {
        let attributes = policies.descendants().flat_map(|node| node.attributes());
        let names = attributes
            .filter_map(|attribute| attribute.value().strip_prefix(&format!("$({kind}."))?.strip_suffix(')'));
        names.map(str::to_owned).collect()
    };
    assert_eq!(referred("string"), ids("string"));
    assert_eq!(referred("presentation"), ids("presentation"));
    let elements =
        policies.descendants().filter(|node| node.has_tag_name("elements")).flat_map(|node| node.children());
    let elements: BTreeSet<&str> = elements.filter_map(|node| node.attribute("id")).collect();
    let fields: BTreeSet<&str> = words.descendants().filter_map(|node| node.attribute("refId")).collect();
    assert_eq!(elements, fields);
}

#[test]
fn the_installer_for_windows_has_both_services_and_gives_engines_back() {
    let text = read("packaging/windows/pullgate.wxs");
    let document = parse(&text);
    let of = |tag: &str, attribute: &str| -> Vec<String> {
        let nodes = document.descendants().filter(|node| node.tag_name().name() == tag);
        nodes.filter_map(|node| node.attribute(attribute)).map(str::to_owned).collect()
    };
    assert_eq!(of("ServiceInstall", "Arguments"), ["service", "steward"]);
    assert_eq!(of("ServiceInstall", "Account"), [r"NT SERVICE\Pullgate", "LocalSystem"]);
    assert_eq!(of("CustomAction", "ExeCommand"), ["engines restore"]);
    let components = of("Component", "Id");
    assert_eq!(of("ComponentRef", "Id").iter().collect::<BTreeSet<_>>(), components.iter().collect());
}

#[test]
fn polkit_knows_every_command_that_only_an_administrator_may_give() {
    let text = read("packaging/polkit/io.pullgate.policy");
    let document = parse(&text);
    let commands = cli::command();
    for action in document.descendants().filter(|node| node.has_tag_name("action")) {
        let id = action.attribute("id").unwrap_or_default();
        let noted: Vec<_> = action
            .children()
            .filter(|node| node.has_tag_name("annotate"))
            .filter_map(|node| node.text())
            .collect();
        let command = id.strip_prefix("io.pullgate.").unwrap_or_default();
        assert_eq!(noted, ["/usr/bin/pullgate", command], "{id}");
        assert!(commands.find_subcommand(command).is_some(), "`{command}` is no command");
    }
}

fn parse(text: &str) -> Document<'_> {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).expect("it is well-formed XML")
}

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src-tauri").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

//! Who may ask for what: everybody for the status, a person for their own rows, administrators for the rest.

use std::fmt::Write;

use acceptance::laptop::{Laptop, Options, Person};
use acceptance::product::{enrolled, policy};
use acceptance::pull::Flavor;
use serde_json::json;

use crate::network::lab::{denied, entries, masked, status};

const ADMINISTRATORS: [&str; 8] = [
    "pullgate pause --for 1h --reason mine",
    "pullgate resume",
    "pullgate engines apply",
    "pullgate engines apply --dry-run",
    "pullgate engines restore",
    "pullgate enroll /etc/pullgate/enrollment.toml",
    "pullgate unenroll --yes",
    "pullgate doctor --bundle /tmp/bundle.json",
];

#[test]
fn administrators_verbs_are_refused_to_others_with_a_hint() {
    let laptop = enrolled(Options::daemonless(), &policy(json!({})));
    let before = status(&laptop);
    let mut text = String::new();
    for command in ADMINISTRATORS {
        for person in [Person::Ada, Person::Bob] {
            let output = laptop.run_as(person, command);
            assert_eq!(output.code, 1, "{person:?} {command}: {}", output.terminal);
            assert!(output.terminal.contains("sudo"), "{person:?} {command}: {}", output.terminal);
            if person == Person::Bob {
                writeln!(text, "$ {command}\n{}", output.terminal).expect("memory does not fail");
            }
        }
    }
    insta::with_settings!({ filters => masked(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("refused_to_others", text);
    });
    assert_eq!(status(&laptop), before);
    for command in ["status", "explain official:1", "engines", "policy show", "log", "blocked"] {
        assert_eq!(laptop.run_as(Person::Bob, &format!("pullgate {command}")).code, 0, "{command}");
    }
    for person in [Person::Ada, Person::Bob] {
        let steward = "perl -MIO::Socket::UNIX -e \
            'IO::Socket::UNIX->new(Peer => q{/run/pullgate/steward.sock}) or die qq{$!\\n}'";
        let refused = laptop.run_as(person, steward);
        assert!(refused.terminal.contains("Permission denied"), "{}", refused.terminal);
        assert_ne!(laptop.run_as(person, "ls /var/lib/pullgate").code, 0);
        assert_ne!(laptop.run_as(person, "ls /var/lib/pullgate-steward").code, 0);
    }
}

#[test]
fn a_person_sees_their_own_rows_and_those_of_root_alone() {
    let laptop = enrolled(Options::daemonless(), &policy(json!({})));
    for person in [Person::Root, Person::Ada, Person::Bob] {
        let image = format!("docker.io/someuser/of-{}:1", person.name());
        denied(&Flavor::SkopeoCopy.attempt_as(person, &laptop, &image));
    }
    let id = |laptop: &Laptop, person: Person| {
        let all = entries(laptop, &format!("docker.io/someuser/of-{}", person.name()));
        let last = all.last().expect("root sees every row");
        assert_eq!(last["asker"]["uid"], person.uid(), "{last}");
        last["verdict"]["id"].as_str().unwrap_or_default().to_owned()
    };
    let (roots, adas, bobs) = (id(&laptop, Person::Root), id(&laptop, Person::Ada), id(&laptop, Person::Bob));
    for command in ["pullgate log", "pullgate log --json", "pullgate blocked", "pullgate blocked --json"] {
        let seen = laptop.run_as(Person::Bob, command).stdout;
        assert!(seen.contains(&bobs) && seen.contains(&roots) && !seen.contains(&adas), "{command}: {seen}");
        assert!(!seen.contains("of-ada"), "{command}: {seen}");
    }
    assert_eq!(laptop.run_as(Person::Bob, &format!("pullgate why {adas}")).code, 1);
    assert_eq!(laptop.run_as(Person::Ada, &format!("pullgate why {adas}")).code, 0);
    assert_eq!(laptop.run(&format!("pullgate why {adas}")).code, 0);
    let last = laptop.run_as(Person::Ada, "pullgate why").stdout;
    assert!(last.contains(&adas) || last.contains(&roots), "{last}");
    let spoken =
        laptop.run_as(Person::Bob, &format!("pullgate why {}", bobs.to_lowercase().replace('0', "o")));
    assert_eq!(spoken.code, 0, "{}", spoken.terminal);
}

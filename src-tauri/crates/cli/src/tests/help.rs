//! The help texts, as they are printed.

use clap::{CommandFactory, Parser};
use insta::assert_snapshot;

use crate::arguments::Arguments;

#[test]
fn every_command_helps_with_an_example() {
    let mut root = Arguments::command();
    root.build();
    let mut pages = vec![root.clone().render_help().to_string()];
    for command in root.get_subcommands() {
        pages.push(command.clone().render_help().to_string());
        pages.extend(command.get_subcommands().map(|deeper| deeper.clone().render_help().to_string()));
    }
    for page in &pages {
        assert!(page.contains("Example: ") || page.contains("credentials"), "{page}");
    }
    assert_snapshot!(pages.join("\n----\n"));
}

#[test]
fn no_command_has_an_option_of_the_whole_program_as_its_own() {
    fn commands(of: &clap::Command) -> Vec<&clap::Command> {
        of.get_subcommands().flat_map(|command| [vec![command], commands(command)].concat()).collect()
    }
    let root = Arguments::command();
    for command in commands(&root) {
        let clash =
            command.get_arguments().find(|own| root.get_arguments().any(|arg| arg.get_id() == own.get_id()));
        assert!(clash.is_none(), "`{}` has {clash:?}", command.get_name());
    }
}

#[test]
fn the_version_is_an_answer() {
    let version = Arguments::try_parse_from(["pullgate", "--version"]).unwrap_err();
    assert_eq!(version.to_string(), format!("pullgate {}\n", env!("CARGO_PKG_VERSION")));
    assert!(!version.use_stderr());
}

#[test]
fn a_wrong_value_is_named_with_the_right_ones() {
    let lines = [
        "pullgate blocked --since soon",
        "pullgate pause --for 60 --reason x",
        "pullgate why pg-7F3A",
        "pullgate explain NGINX",
        "pullgate statsu",
    ];
    let said = lines.map(|line| Arguments::try_parse_from(line.split(' ')).unwrap_err().to_string());
    assert_snapshot!(said.join("\n----\n"));
}

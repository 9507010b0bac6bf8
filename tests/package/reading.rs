//! What there is to read and to type: manual pages, completions, and the words in which somebody is asked for a password.

use std::fs;
use std::path::Path;
use std::process::Command;

use acceptance::laptop::Laptop;
use tempfile::TempDir;

use crate::packages::{ask, find, unpack};

#[test]
fn every_command_has_a_manual_page_that_renders_without_a_complaint() {
    let package = unpack(&find("pullgate_", ".deb"));
    let folder = package.path().join("usr/share/man/man1");
    let entries = fs::read_dir(&folder).expect("there are pages").flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let pages: Vec<String> = names.filter_map(|name| name.strip_suffix(".1.gz").map(str::to_owned)).collect();
    for command in cli::command().get_subcommands() {
        let page = format!("pullgate-{}", command.get_name());
        assert_eq!(pages.contains(&page), !command.is_hide_set(), "{page}");
    }
    for page in &pages {
        let text = render(&folder.join(format!("{page}.1.gz")));
        assert!(text.contains("SYNOPSIS") && text.contains(&format!("{page} - ")), "{page}:\n{text}");
    }
    println!("manual pages: {}", pages.len());
}

fn render(page: &Path) -> String {
    let script = "zcat \"$0\" | groff -k -man -Tutf8 -ww -P-cbou";
    let output = Command::new("sh").args(["-c", script]).arg(page).output().expect("there is a shell");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{}", page.display());
    String::from_utf8_lossy(&output.stdout).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn shells_complete_commands_and_nothing_that_is_not_for_people() {
    let package = unpack(&find("pullgate_", ".deb"));
    assert_eq!(complete(&package, "pullgate en", 1), "engines enroll\n");
    assert_eq!(complete(&package, "pullgate engines re", 2), "restore\n");
    assert_eq!(complete(&package, "pullgate stor", 1), "\n");
    for file in ["zsh/vendor-completions/_pullgate", "fish/vendor_completions.d/pullgate.fish"] {
        let text = fs::read_to_string(package.path().join("usr/share").join(file)).unwrap_or_default();
        assert!(text.contains("unenroll") && !text.contains("credentials"), "{file}");
    }
}

/// What bash offers for the last of these words.
fn complete(package: &TempDir, words: &str, last: usize) -> String {
    let script = format!(
        "source \"$0\"; COMP_WORDS=({words}); COMP_CWORD={last}
         _pullgate pullgate \"${{COMP_WORDS[{last}]}}\" pullgate; echo ${{COMPREPLY[@]}}"
    );
    ask("bash", &["-c", &script], &package.path().join("usr/share/bash-completion/completions/pullgate"))
}

/// Every command that needs an administrator has its own words for `pkexec`.
pub(crate) fn an_administrator_is_asked_in_words(laptop: &Laptop) {
    let known = laptop.must("pkaction --verbose").stdout;
    let actions: Vec<&str> = known.split("\n\n").filter(|one| one.starts_with("io.pullgate.")).collect();
    assert!(actions.len() >= 8, "{known}");
    for action in actions {
        let (id, words) = action.split_once(':').expect("it begins with its name");
        let command = id.trim_start_matches("io.pullgate.");
        assert!(words.contains("Authentication is needed to"), "{action}");
        assert!(words.contains(&format!("exec.argv1 -> {command}")), "{action}");
        assert_eq!(words.matches("auth_admin\n").count(), 3, "{action}");
    }
}

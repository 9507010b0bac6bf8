//! How the story looks in a terminal: captions, commands as somebody types them, and what they print.

use std::io::IsTerminal;

use acceptance::laptop::{Laptop, Person};

/// The terminal of a laptop, shared by those who type.
pub(crate) struct Terminal<'a> {
    laptop: &'a Laptop,
    chapter: u32,
}

/// What engines print while content moves; it is no part of the story.
const PROGRESS: [&str; 11] = [
    "Pulling fs layer",
    "Verifying Checksum",
    "Download complete",
    "Pull complete",
    "Waiting",
    "Untagged: ",
    "Deleted: ",
    "Copying blob",
    "Copying config",
    "Getting image source",
    "Writing manifest",
];

impl<'a> Terminal<'a> {
    pub(crate) fn of(laptop: &'a Laptop) -> Self {
        Self { laptop, chapter: 0 }
    }

    /// Begins the next part of the story.
    pub(crate) fn chapter(&mut self, title: &str) {
        self.chapter += 1;
        println!("\n\n{}", bold(&format!("{}  {title}", self.chapter)));
    }

    /// Somebody types a command; the story breaks off unless it ends with this exit code.
    pub(crate) fn types(&self, person: Person, command: &str, code: i32) {
        let output = self.laptop.run_as(person, &format!("exec 2>&1; {command}"));
        self.typed(person, command, &output.terminal);
        assert!(output.code == code, "`{command}` ended with exit code {} instead of {code}", output.code);
    }
}

impl Terminal<'_> {
    /// Shows what somebody typed, and what it printed.
    pub(crate) fn typed(&self, person: Person, command: &str, printed: &str) {
        let sign = if person == Person::Root { '#' } else { '$' };
        println!("\n  {} {}", dim(&format!("{} {sign}", person.name())), bold(command));
        let lines = printed.trim_end().lines();
        for line in lines.filter(|line| !PROGRESS.iter().any(|progress| line.contains(progress))) {
            println!("{}", format!("    {line}").trim_end());
        }
    }
}

/// Says something about what is seen.
pub(crate) fn say(text: &str) {
    println!("\n  {}", dim(text));
}

pub(crate) fn bold(text: &str) -> String {
    painted("1", text)
}

fn dim(text: &str) -> String {
    painted("2", text)
}

fn painted(style: &str, text: &str) -> String {
    let plain = !std::io::stdout().is_terminal() || std::env::var_os("NO_COLOR").is_some();
    if plain { text.to_owned() } else { format!("\x1b[{style}m{text}\x1b[0m") }
}

//! A terminal window in which `pullgate` answers.

use std::process::{Command, Stdio};

/// Programs that open a terminal, each with the word after which the command stands.
const TERMINALS: [(&str, Option<&str>); 6] = [
    ("xdg-terminal-exec", None),
    ("x-terminal-emulator", Some("-e")),
    ("gnome-terminal", Some("--")),
    ("konsole", Some("-e")),
    ("xfce4-terminal", Some("-x")),
    ("xterm", Some("-e")),
];
/// Keeps the answer on the screen until the person has read it.
const READ_IT: &str = r#""$@"; printf '\nPress Enter to close this window. '; read -r _"#;

/// Runs `pullgate` with these words in the first terminal there is.
pub(super) fn run(words: &[String]) -> bool {
    TERMINALS.into_iter().any(|(program, flag)| {
        let mut command = Command::new(program);
        command.args(flag).args(["sh", "-c", READ_IT, "sh", "pullgate"]).args(words);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        match command.spawn() {
            Ok(mut child) => {
                std::thread::spawn(move || child.wait());
                true
            }
            Err(_) => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_reach_the_program_as_they_are_and_never_the_shell() {
        let hostile = ["$(id)", "`id`", "; id", "a  b", "\"'"];
        let mut command = Command::new("sh");
        command.args(["-c", READ_IT, "sh", "printf", "<%s>"]).args(hostile).stdin(Stdio::null());
        let shown = String::from_utf8(command.output().unwrap().stdout).unwrap();
        assert_eq!(shown, "<$(id)><`id`><; id><a  b><\"'>\nPress Enter to close this window. ");
    }
}

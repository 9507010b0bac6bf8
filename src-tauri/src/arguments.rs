//! What tray and window are started with, and what they say about it in a terminal.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use demo::Scene;
use desktop::page::Place;

/// One of the two programs of the desktop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// The icon with its menu, and notifications.
    Tray,
    /// The window.
    Window,
}

/// What the person wants of the program.
#[derive(Debug, PartialEq)]
pub enum Parsed {
    /// It shall run.
    Start(Arguments),
    /// Help or version were wanted, and were said.
    Done,
}

/// How it is started.
#[derive(Debug, Default, PartialEq)]
pub struct Arguments {
    /// The invented organization, if one is played.
    pub demo: Option<Scene>,
    /// Where the tray plays it already, for the window that the tray opens.
    pub demo_socket: Option<PathBuf>,
    /// Where the window shall open.
    pub place: Option<Place>,
}

const TRAY: &str = "\
Shows how Pullgate stands: an icon with a menu, a notification when an image is blocked, and a window when one is wanted.

Usage: pullgate-tray [--demo[=SCENE]] [LINK]
";

const WINDOW: &str = "\
The window of Pullgate: how things stand, what was blocked and why, and what is allowed.

Usage: pullgate-window [--demo[=SCENE]] [LINK]
";

const OPTIONS: &str = "
  LINK               opens the window there: `pullgate://status`, `pullgate://blocked/pg-7F3A9C2K`
  --demo[=SCENE]     plays an invented organization; scenes: acme, troubled, sign-in, fresh, unenrolled
";

const WINDOW_OPTIONS: &str = "  --demo-socket=PATH  shows the demo that a tray plays there
";

const COMMON_OPTIONS: &str = "  --help             says this
  --version          says which version this is
";

const TRAY_NOTES: &str = "
Enforcement does not depend on it. A second start calls the first one.
What it has to say beside that goes to standard error; PULLGATE_LOG=debug says more.
";

const WINDOW_NOTES: &str = "
The tray opens it; by hand it works without one. It goes where the links say that it reads from standard input.
What it has to say beside that goes to standard error; PULLGATE_LOG=debug says more.
";

impl Program {
    fn name(self) -> &'static str {
        match self {
            Self::Tray => "pullgate-tray",
            Self::Window => "pullgate-window",
        }
    }

    fn help(self) -> String {
        match self {
            Self::Tray => [TRAY, OPTIONS, COMMON_OPTIONS, TRAY_NOTES].concat(),
            Self::Window => [WINDOW, OPTIONS, WINDOW_OPTIONS, COMMON_OPTIONS, WINDOW_NOTES].concat(),
        }
    }
}

/// Reads this process's arguments and begins its log; what is wrong with them has been said when this fails.
pub fn read(program: Program) -> Result<Parsed, ExitCode> {
    host::log::begin(tracing::Level::WARN);
    match parse(program, std::env::args().skip(1)) {
        Ok(Invocation::Start(arguments)) => return Ok(Parsed::Start(arguments)),
        Ok(Invocation::Help) => print(&program.help()),
        Ok(Invocation::Version) => print(&format!("{} {}\n", program.name(), env!("CARGO_PKG_VERSION"))),
        Err(sentence) => {
            let words = format!("{}: {sentence}; `{0} --help` says what can be asked\n", program.name());
            let _ = std::io::stderr().write_all(words.as_bytes());
            return Err(ExitCode::from(2));
        }
    }
    Ok(Parsed::Done)
}

fn print(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

#[derive(Debug, PartialEq)]
enum Invocation {
    Start(Arguments),
    Help,
    Version,
}

fn parse(program: Program, words: impl Iterator<Item = String>) -> Result<Invocation, String> {
    let mut arguments = Arguments::default();
    for word in words {
        match word.as_str() {
            "--help" | "-h" => return Ok(Invocation::Help),
            "--version" | "-V" => return Ok(Invocation::Version),
            "--demo" => arguments.demo = Some(Scene::Acme),
            other => match other.split_once('=') {
                Some(("--demo", name)) => arguments.demo = Some(scene(name)?),
                Some(("--demo-socket", path)) if program == Program::Window => {
                    arguments.demo_socket = Some(PathBuf::from(path));
                }
                _ if other.starts_with('-') => return Err(format!("`{other}` is not known here")),
                _ => arguments.place = Some(other.parse().map_err(|no_place| format!("{no_place}"))?),
            },
        }
    }
    Ok(Invocation::Start(arguments))
}

fn scene(name: &str) -> Result<Scene, String> {
    Scene::parse(name).ok_or_else(|| {
        let names: Vec<&str> = Scene::ALL.into_iter().map(Scene::name).collect();
        format!("`{name}` is no scene; there are {}", names.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(words: &[&str]) -> Result<Invocation, String> {
        parse(Program::Window, words.iter().map(|&word| word.to_owned()))
    }

    #[test]
    fn a_scene_and_a_link_can_be_asked_for() {
        let place = Some(Place::verdict("pg-7F3A9C2K"));
        let all = Arguments { demo: Some(Scene::Fresh), place, ..Arguments::default() };
        assert_eq!(said(&["--demo=fresh", "pullgate://blocked/pg-7F3A9C2K"]), Ok(Invocation::Start(all)));
        assert_eq!(said(&[]), Ok(Invocation::Start(Arguments::default())));
        assert_eq!(said(&["--demo", "-h"]), Ok(Invocation::Help));
    }

    #[test]
    fn the_window_joins_the_demo_of_a_tray_and_no_tray_joins_another() {
        let words = || ["--demo-socket=/tmp/a b/control.sock".to_owned()].into_iter();
        let demo_socket = Some(PathBuf::from("/tmp/a b/control.sock"));
        let joined = Arguments { demo_socket, ..Arguments::default() };
        assert_eq!(parse(Program::Window, words()), Ok(Invocation::Start(joined)));
        assert!(parse(Program::Tray, words()).is_err());
        assert!(
            Program::Window.help().contains("--demo-socket")
                && !Program::Tray.help().contains("--demo-socket")
        );
    }

    #[test]
    fn what_is_not_known_is_said_with_what_is() {
        for words in [["--widow"], ["--demo=rome"], ["status"]] {
            assert!(said(&words).unwrap_err().contains('`'), "{words:?}");
        }
    }

    #[test]
    fn every_scene_is_in_the_help() {
        let names: Vec<&str> = Scene::ALL.into_iter().map(Scene::name).collect();
        assert!(OPTIONS.contains(&names.join(", ")));
    }
}

//! What the tray is started with.

use tray::demo::Scene;
use tray::page::Place;

pub(crate) const HELP: &str = "\
Shows how Pullgate stands: an icon with a menu, a notification when an image is blocked, and a window.

Usage: pullgate-tray [OPTIONS] [LINK]

  LINK            opens the window there: `pullgate://status`, `pullgate://blocked/pg-7F3A9C2K`

Options:
  --window        only the window, without an icon
  --demo[=SCENE]  plays an invented organization; scenes: acme, troubled, sign-in, fresh, unenrolled
  --help          says this
  --version       says which version this is

Enforcement does not depend on it. A second start calls the first one.
What it has to say beside that goes to standard error; PULLGATE_LOG=debug says more.
";

/// What the person wants of the program.
pub(crate) enum Wish {
    Start(Arguments),
    Help,
    Version,
}

/// How it is started.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Arguments {
    /// Whether only the window is wanted.
    pub(crate) window: bool,
    /// The invented organization, if one is played.
    pub(crate) demo: Option<Scene>,
    /// Where the window shall open.
    pub(crate) place: Option<Place>,
}

/// Reads the arguments; an error is a sentence that says what to do.
pub(crate) fn read(words: impl Iterator<Item = String>) -> Result<Wish, String> {
    let mut arguments = Arguments::default();
    for word in words {
        match word.as_str() {
            "--help" | "-h" => return Ok(Wish::Help),
            "--version" | "-V" => return Ok(Wish::Version),
            "--window" => arguments.window = true,
            "--demo" => arguments.demo = Some(Scene::Acme),
            other => match other.strip_prefix("--demo=") {
                Some(name) => arguments.demo = Some(scene(name)?),
                None if other.starts_with('-') => {
                    return Err(format!("`{other}` is not known here; run `pullgate-tray --help`"));
                }
                None => arguments.place = Some(other.parse().map_err(|no_place| format!("{no_place}"))?),
            },
        }
    }
    Ok(Wish::Start(arguments))
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

    fn said(words: &[&str]) -> Result<Arguments, String> {
        match read(words.iter().map(|&word| word.to_owned()))? {
            Wish::Start(arguments) => Ok(arguments),
            Wish::Help | Wish::Version => Err("no start".to_owned()),
        }
    }

    #[test]
    fn a_window_can_be_asked_for_with_a_scene_and_a_link() {
        let place = Some(Place::verdict("pg-7F3A9C2K"));
        let all = Arguments { window: true, demo: Some(Scene::Fresh), place };
        assert_eq!(said(&["--window", "--demo=fresh", "pullgate://blocked/pg-7F3A9C2K"]), Ok(all));
        assert_eq!(said(&[]), Ok(Arguments::default()));
    }

    #[test]
    fn what_is_not_known_is_said_with_what_is() {
        for words in [["--widow"], ["--demo=rome"], ["status"]] {
            assert!(said(&words).unwrap_err().contains('`'), "{words:?}");
        }
    }
}

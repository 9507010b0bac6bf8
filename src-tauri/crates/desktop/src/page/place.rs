//! Where in the window somebody is or wants to be.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The scheme of links into the window.
const SCHEME: &str = "pullgate://";

/// A place in the window; its text is a link: `pullgate://blocked/pg-7F3A9C2K`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// The page.
    pub tab: Tab,
    /// The verdict that is open on the page of what was blocked.
    pub id: Option<String>,
}

/// A page of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum Tab {
    /// How things stand.
    Status,
    /// What was blocked.
    Blocked,
    /// What is allowed here.
    Policy,
    /// The engines of this machine.
    Engines,
    /// The images that are here already.
    Images,
    /// The settings in force.
    Settings,
    /// The installation, checked.
    Checks,
}

impl Tab {
    /// Every page, in the order in which they are listed.
    pub const ALL: [Self; 7] = [
        Self::Status,
        Self::Blocked,
        Self::Policy,
        Self::Engines,
        Self::Images,
        Self::Settings,
        Self::Checks,
    ];

    /// Its word in a link.
    pub fn word(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Blocked => "blocked",
            Self::Policy => "policy",
            Self::Engines => "engines",
            Self::Images => "images",
            Self::Settings => "settings",
            Self::Checks => "checks",
        }
    }
}

impl Place {
    /// A page as a whole.
    pub fn of(tab: Tab) -> Self {
        Self { tab, id: None }
    }

    /// One verdict.
    pub fn verdict(id: impl Into<String>) -> Self {
        Self { tab: Tab::Blocked, id: Some(id.into()) }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SCHEME}{}", self.tab.word())?;
        self.id.iter().try_for_each(|id| write!(f, "/{id}"))
    }
}

/// A link that leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "`{0}` is no place in Pullgate's window; one is `pullgate://blocked/pg-7F3A9C2K` or `pullgate://status`"
)]
pub struct NoPlace(String);

impl FromStr for Place {
    type Err = NoPlace;

    /// Links come from anywhere: of a verdict's id only letters, digits and hyphens are taken.
    fn from_str(text: &str) -> Result<Self, NoPlace> {
        let no_place = || NoPlace(text.chars().filter(|letter| !letter.is_control()).take(80).collect());
        let path = text.trim_end_matches('/').strip_prefix(SCHEME).ok_or_else(no_place)?;
        let (word, id) = path.split_once('/').map_or((path, None), |(word, id)| (word, Some(id)));
        let tab = Tab::ALL.into_iter().find(|tab| tab.word() == word).ok_or_else(no_place)?;
        let is_plain =
            |id: &str| id.len() <= 32 && id.chars().all(|one| one.is_ascii_alphanumeric() || one == '-');
        match id {
            None => Ok(Self::of(tab)),
            Some(id) if tab == Tab::Blocked && is_plain(id) => Ok(Self::verdict(id)),
            Some(_) => Err(no_place()),
        }
    }
}

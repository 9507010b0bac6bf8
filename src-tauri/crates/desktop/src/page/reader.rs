//! Who reads a page, and when.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// When and where a page is read, and how people of this machine are called.
#[derive(Clone, Debug)]
pub struct Reader {
    /// The moment of reading.
    pub now: Timestamp,
    /// The reader's time zone.
    pub zone: TimeZone,
    /// The login name of a user.
    pub login: fn(u32) -> Option<String>,
}

impl Reader {
    /// A user as people know them.
    pub(super) fn user(&self, uid: u32) -> String {
        (self.login)(uid).unwrap_or_else(|| format!("user {uid}"))
    }

    /// Something of an engine's, with the person it belongs to where it belongs to one.
    pub(super) fn owned(&self, what: &str, uid: Option<u32>) -> String {
        uid.map_or_else(|| what.to_owned(), |uid| format!("{what} ({})", self.user(uid)))
    }
}

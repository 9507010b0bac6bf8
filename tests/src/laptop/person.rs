//! The people of a laptop.

/// Somebody who can run commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Person {
    /// The administrator.
    Root,
    /// A developer, uid 1000, in the group `docker`.
    Ada,
    /// Another developer, uid 1001, in no special group.
    Bob,
}

impl Person {
    /// The login name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Ada => "ada",
            Self::Bob => "bob",
        }
    }

    /// The user id.
    pub fn uid(self) -> u32 {
        match self {
            Self::Root => 0,
            Self::Ada => 1000,
            Self::Bob => 1001,
        }
    }

    /// The home folder.
    pub fn home(self) -> &'static str {
        match self {
            Self::Root => "/root",
            Self::Ada => "/home/ada",
            Self::Bob => "/home/bob",
        }
    }
}

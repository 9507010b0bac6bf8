//! The situations that can be shown.

/// A situation of the invented organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scene {
    /// All is well, and a few images were blocked in the last days.
    Acme,
    /// Out of reach of the organization for days, with a full disk, and paused.
    Troubled,
    /// The session has ended.
    SignIn,
    /// Enrolled a moment ago; nothing has happened.
    Fresh,
    /// A machine of no organization.
    Unenrolled,
}

impl Scene {
    /// Every scene.
    pub const ALL: [Self; 5] = [Self::Acme, Self::Troubled, Self::SignIn, Self::Fresh, Self::Unenrolled];

    /// Its word on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Acme => "acme",
            Self::Troubled => "troubled",
            Self::SignIn => "sign-in",
            Self::Fresh => "fresh",
            Self::Unenrolled => "unenrolled",
        }
    }

    /// The scene of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scene| scene.name() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scene_is_found_by_its_word_and_no_other_word_is_one() {
        assert_eq!(Scene::ALL.map(|scene| Scene::parse(scene.name())), Scene::ALL.map(Some));
        assert_eq!(Scene::parse("Acme"), None);
    }
}

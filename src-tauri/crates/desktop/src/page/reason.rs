//! The kinds of reasons, as far as a sign and a word can say them.

use policy::{Class, RuleKind};
use serde::{Deserialize, Serialize};

/// Why an image was blocked, as far as a sign can say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) enum ReasonKind {
    /// Who publishes it.
    Class,
    /// Where it comes from.
    Registry,
    /// Its tag or digest.
    Version,
    /// A rule that denies it by name.
    Name,
    /// A push.
    Push,
    /// Nobody is signed in.
    SignIn,
    /// The policy is not there, or too old.
    Policy,
    /// Something that holds for some, or for a while.
    Exception,
}

/// How many were blocked for one kind of reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReasonCount {
    /// The kind; none for all that are left over.
    pub(crate) reason: Option<ReasonKind>,
    /// The same in a word.
    pub(crate) name: String,
    /// How many.
    pub(crate) count: u32,
}

impl ReasonKind {
    const ALL: [Self; 8] = [
        Self::Class,
        Self::Registry,
        Self::Version,
        Self::Name,
        Self::Push,
        Self::SignIn,
        Self::Policy,
        Self::Exception,
    ];

    /// The kind of reason of a rule.
    pub(crate) fn of(rule: Option<RuleKind>) -> Self {
        match rule {
            None | Some(RuleKind::Class) => Self::Class,
            Some(RuleKind::Registry) => Self::Registry,
            Some(RuleKind::Pin) => Self::Version,
            Some(RuleKind::Deny) => Self::Name,
            Some(RuleKind::Push) => Self::Push,
            Some(RuleKind::SignIn) => Self::SignIn,
            Some(RuleKind::Presence | RuleKind::Staleness) => Self::Policy,
            Some(
                RuleKind::Allow | RuleKind::Grant | RuleKind::Exemption | RuleKind::Pause | RuleKind::Canary,
            ) => Self::Exception,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Class => "publisher",
            Self::Registry => "registry",
            Self::Version => "version",
            Self::Name => "by name",
            Self::Push => "push",
            Self::SignIn => "sign-in",
            Self::Policy => "policy",
            Self::Exception => "exception",
        }
    }
}

/// How many there are of each kind, the most frequent first; beyond `most` kinds the rest is one. Where all are of
/// community publishers, that is the word.
pub(crate) fn count_reasons(
    all: impl Iterator<Item = (ReasonKind, Option<Class>, u32)>,
    most: usize,
) -> Vec<ReasonCount> {
    let mut counts = ReasonKind::ALL.map(|reason| (reason, 0_u32));
    let mut is_community = true;
    for (reason, class, count) in all {
        is_community &= reason != ReasonKind::Class || class == Some(Class::Community);
        counts
            .iter_mut()
            .filter(|(kind, _)| *kind == reason)
            .for_each(|(_, sum)| *sum = sum.saturating_add(count));
    }
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let name = |reason: ReasonKind| {
        if reason == ReasonKind::Class && is_community { "community" } else { reason.name() }
    };
    let mut found: Vec<ReasonCount> = (counts.iter().filter(|(_, count)| *count > 0))
        .map(|&(reason, count)| ReasonCount { reason: Some(reason), name: name(reason).to_owned(), count })
        .collect();
    if found.len() > most {
        let rest = found.split_off(most.saturating_sub(1));
        let count = rest.iter().map(|one| one.count).fold(0, u32::saturating_add);
        found.push(ReasonCount { reason: None, name: "other".to_owned(), count });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(all: &[(ReasonKind, Option<Class>, u32)], most: usize) -> String {
        let counts = count_reasons(all.iter().copied(), most);
        let one = |one: &ReasonCount| format!("{} {}", one.name, one.count);
        counts.iter().map(one).collect::<Vec<_>>().join(" · ")
    }

    #[test]
    fn the_most_frequent_reason_comes_first_and_the_rest_is_one() {
        use ReasonKind::{Class as Publisher, Name, Push, Registry, Version};
        let all = [
            (Push, None, 1),
            (Registry, None, 3),
            (Publisher, Some(Class::Community), 9),
            (Registry, None, 1),
            (Version, None, 2),
            (Name, None, 1),
        ];
        assert_eq!(said(&all, 8), "community 9 · registry 4 · version 2 · by name 1 · push 1");
        assert_eq!(said(&all, 4), "community 9 · registry 4 · version 2 · other 2");
        assert_eq!(said(&[(Publisher, Some(Class::SponsoredOss), 1)], 4), "publisher 1");
        assert_eq!(said(&[], 4), "");
    }
}

//! Which images pass or stop with another edition, found by asking both about the names that differ.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::Hash;

use image_ref::{Registry, Repository};
use jiff::Timestamp;
use policy::{AllowRule, Anybody, DenyRule, Glob, Outcome, Policy, Target};

use super::clauses::Clause;

/// Names that changed sides.
#[derive(Default)]
struct Moved {
    allowed: BTreeSet<String>,
    blocked: BTreeSet<String>,
}

/// What to say on single images.
pub(super) fn clauses(before: &Policy, after: &Policy) -> Vec<Clause> {
    let mut moved = Moved::default();
    let people = [before, after].map(Anybody::under);
    for (name, probe) in candidates(before, after) {
        match (stops(&people[0], &probe), stops(&people[1], &probe)) {
            (true, false) => _ = moved.allowed.insert(name),
            (false, true) => _ = moved.blocked.insert(name),
            (true, true) | (false, false) => {}
        }
    }
    let mut clauses = Vec::new();
    clauses.extend(said(&moved.allowed, "newly allowed"));
    clauses.extend(said(
        &moved.blocked,
        if moved.allowed.is_empty() { "no longer allowed" } else { "no longer" },
    ));
    clauses.into_iter().map(Clause::plain).collect()
}

/// Whether people notice that an image stops.
fn stops(people: &Anybody<'_>, repository: &Repository) -> bool {
    people.ruling(repository, Target::Repository).0 == Outcome::Blocked
}

fn said(names: &BTreeSet<String>, what: &str) -> Option<String> {
    match (names.first(), names.len()) {
        (None, _) => None,
        (Some(name), 1) if name.len() <= 60 => Some(format!("`{name}` is {what}")),
        (Some(_), 1) => Some(format!("1 image is {what}")),
        (Some(_), count) => Some(format!("{count} images are {what}")),
    }
}

/// Names on which the editions differ, each with a repository to ask about.
fn candidates(before: &Policy, after: &Policy) -> BTreeMap<String, Repository> {
    let (old, new) = (before.document(), after.document());
    let allow = differing(&old.allow, &new.allow).into_iter().map(|rule| &rule.matches);
    let deny = differing(&old.deny, &new.deny).into_iter().map(|rule| &rule.matches);
    let mut found: BTreeMap<String, Repository> = allow.chain(deny).filter_map(probe).collect();
    let hub = |path: String| Repository::new(Registry::docker_hub(), &path).ok();
    let (was, is) = (before.catalog(), after.catalog());
    for name in was.repositories.keys().chain(is.repositories.keys()) {
        if was.repositories.get(name) != is.repositories.get(name) {
            found.extend(hub(name.clone()).map(|repository| (repository.familiar(), repository)));
        }
    }
    for name in was.namespaces.keys().chain(is.namespaces.keys()) {
        if was.namespaces.get(name) != is.namespaces.get(name) {
            found.extend(hub(format!("{name}/any")).map(|repository| (format!("{name}/*"), repository)));
        }
    }
    found
}

/// Rules that only one of two lists has.
fn differing<'a, T: Alike>(one: &'a [T], other: &'a [T]) -> Vec<&'a T> {
    let of_one: HashSet<T::Key<'a>> = one.iter().map(Alike::key).collect();
    let of_other: HashSet<T::Key<'a>> = other.iter().map(Alike::key).collect();
    let gone = one.iter().filter(|rule| !of_other.contains(&rule.key()));
    gone.chain(other.iter().filter(|rule| !of_one.contains(&rule.key()))).collect()
}

/// What makes two rules the same for people.
trait Alike {
    type Key<'a>: Eq + Hash
    where
        Self: 'a;

    fn key(&self) -> Self::Key<'_>;
}

impl Alike for AllowRule {
    type Key<'a> = (&'a Glob, Option<&'a Vec<String>>, Option<&'a Vec<String>>, Option<Timestamp>);

    fn key(&self) -> Self::Key<'_> {
        (&self.matches, self.tags.as_ref(), self.groups.as_ref(), self.expires)
    }
}

impl Alike for DenyRule {
    type Key<'a> = &'a Glob;

    fn key(&self) -> Self::Key<'_> {
        &self.matches
    }
}

/// A repository that stands for a pattern: itself, or one that the pattern matches.
fn probe(glob: &Glob) -> Option<(String, Repository)> {
    if let Some(repository) = glob.literal() {
        return Some((repository.familiar(), repository));
    }
    let text = glob.to_string();
    let filled = text.replace("**", "any").replace('*', "any");
    let repository = Repository::parse(&filled).ok().filter(|repository| glob.matches(repository))?;
    Some((text, repository))
}

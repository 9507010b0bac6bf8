//! Rules by repository, so that a policy of fifty thousand exceptions answers as fast as one of five.

use std::collections::HashMap;

use image_ref::Repository;

use crate::glob::Glob;

/// The positions of rules, found by repository.
#[derive(Clone, Debug, Default)]
pub(crate) struct Index {
    literal: HashMap<Repository, Vec<usize>>,
    patterns: Vec<(usize, Glob)>,
}

impl Index {
    /// Takes the rules' patterns in the document's order.
    pub(crate) fn new<'a>(globs: impl Iterator<Item = &'a Glob>) -> Self {
        let mut index = Self::default();
        for (position, glob) in globs.enumerate() {
            match glob.literal() {
                Some(repository) => index.literal.entry(repository).or_default().push(position),
                None => index.patterns.push((position, glob.clone())),
            }
        }
        index
    }

    /// The positions of the rules that match, in the document's order.
    pub(crate) fn find(&self, repository: &Repository) -> Vec<usize> {
        let mut found = self.literal.get(repository).cloned().unwrap_or_default();
        found.extend(self.patterns.iter().filter(|(_, glob)| glob.matches(repository)).map(|(at, _)| *at));
        found.sort_unstable();
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matching_rules_come_in_the_order_of_the_document() {
        let globs = ["docker.io/**", "nginx", "ghcr.io/**", "docker.io/library/*", "nginx"]
            .map(|text| Glob::parse(text).unwrap());
        let index = Index::new(globs.iter());
        assert_eq!(index.find(&Repository::parse("nginx").unwrap()), [0, 1, 3, 4]);
        assert_eq!(index.find(&Repository::parse("quay.io/a/b").unwrap()), Vec::<usize>::new());
    }
}

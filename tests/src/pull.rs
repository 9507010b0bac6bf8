//! The many ways in which an image gets onto a laptop, each reduced to one outcome.

mod flavor;
mod mask;

pub use flavor::Flavor;
pub use mask::masks;

use std::fmt;

use crate::internet::Count;
use crate::laptop::{Laptop, Person};

/// What came of one attempt to bring in an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The command's exit code.
    pub code: i32,
    /// What the person sees.
    pub terminal: String,
    /// Whether the engine's own list has the image, or what was built from it, afterwards.
    pub present: bool,
    /// What the attempt moved at the registry.
    pub asked: Count,
}

/// The outcome as a block of text for a snapshot: one line of facts, then what the person sees.
impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let presence = if self.present { "present" } else { "absent" };
        let moved =
            if self.asked.is_nothing() { "the registry was not asked" } else { "the registry was asked" };
        writeln!(formatter, "exit {}, {presence}, {moved}", self.code)?;
        self.terminal.lines().try_for_each(|line| writeln!(formatter, "{}", format!("  {line}").trim_end()))
    }
}

impl Flavor {
    /// Tries to bring in an image, named in full such as `docker.io/library/official:1`, as its usual person.
    pub fn attempt(self, laptop: &Laptop, image: &str) -> Outcome {
        self.attempt_as(self.usual_person(), laptop, image)
    }

    /// Tries to bring in an image as somebody.
    pub fn attempt_as(self, person: Person, laptop: &Laptop, image: &str) -> Outcome {
        let internet = laptop.internet();
        let repository = repository(image);
        let before = internet.count(repository);
        let folder = folder();
        for (name, content) in self.files(image) {
            laptop.write_file(&format!("{folder}/{name}"), content);
        }
        laptop.must(&format!("mkdir -p {folder} && chown -R {} {folder}", person.name()));
        let command = format!("cd {folder} && exec 2>&1 && {}", self.command(image));
        let output = laptop.run_as(person, &command);
        let check = format!("cd {folder} && {}", self.check(image));
        let present = laptop.run_as(person, &check).code == 0;
        let asked = internet.count(repository).since(before);
        Outcome { code: output.code, terminal: output.stdout, present, asked }
    }
}

/// The repository of a full image name.
pub fn repository(image: &str) -> &str {
    let name = image.split_once('@').map_or(image, |(name, _)| name);
    match name.rfind(':') {
        Some(colon) if !name[colon..].contains('/') => &name[..colon],
        Some(_) | None => name,
    }
}

/// A folder of its own for every attempt, so that none finds what another left.
fn folder() -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(1);
    format!("/var/tmp/attempt-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

#[cfg(test)]
mod tests {
    use super::repository;

    #[test]
    fn a_repository_is_the_name_without_tag_and_digest() {
        for (image, expected) in [
            ("docker.io/library/official", "docker.io/library/official"),
            ("docker.io/library/official:1", "docker.io/library/official"),
            ("203.0.113.20:5000/plain/app", "203.0.113.20:5000/plain/app"),
            ("203.0.113.20:5000/plain/app:1", "203.0.113.20:5000/plain/app"),
            ("ghcr.io/acme/app:1@sha256:00", "ghcr.io/acme/app"),
        ] {
            assert_eq!(repository(image), expected);
        }
    }
}

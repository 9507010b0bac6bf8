//! What programs say of their version: starting an engine's daemon for that takes more than everything else of a look.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::{Machine, Output, Stamp};

/// A program may be a script around another, whose file is not looked at: so it is asked anew after this time.
const KEPT: Duration = Duration::from_mins(10);
/// There are some ten engines.
const MOST: usize = 64;

/// The answers to `--version`, as long as the programs' files are as they were.
#[derive(Debug, Default)]
pub struct Versions(Mutex<Answers>);

#[derive(Debug, Default)]
struct Answers {
    /// Since the machine's start.
    since: Duration,
    of: BTreeMap<String, (Stamp, Output)>,
}

impl Versions {
    /// Forgets what was said long ago; `now` is the time since the machine's start.
    pub fn forget_old(&self, now: Duration) {
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if now.saturating_sub(answers.since) >= KEPT {
            *answers = Answers { since: now, of: BTreeMap::new() };
        }
    }

    /// What the program says. One that is not named by its whole path, or does not answer, is asked each time.
    pub(super) fn of(&self, machine: &dyn Machine, program: &str) -> Output {
        let stamp = machine.stamp(Path::new(program));
        let answers = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((seen, output)) = answers().of.get(program)
            && *seen == stamp
        {
            return output.clone();
        }
        let output = machine.run(&[program, "--version"]);
        let is_kept =
            output.ok() && Path::new(program).is_absolute() && machine.stamp(Path::new(program)) == stamp;
        let mut answers = answers();
        if is_kept && answers.of.len() < MOST {
            answers.of.insert(program.to_owned(), (stamp, output.clone()));
        }
        output
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;

    use super::*;
    use crate::machine::memory::Memory;

    const PROGRAM: &str = "/usr/bin/dockerd";

    fn machine(status: i32) -> (Memory, Rc<Cell<usize>>) {
        let (mut machine, count) = (Memory::with(&[(PROGRAM, "one")]), Rc::new(Cell::new(0)));
        let counted = Rc::clone(&count);
        machine.react = Some(Box::new(move |_, _| {
            counted.set(counted.get() + 1);
            Some(Output { status: Some(status), stdout: counted.get().to_string(), stderr: String::new() })
        }));
        (machine, count)
    }

    #[test]
    fn a_program_is_asked_again_when_its_file_has_changed_or_the_answer_is_old() {
        let ((machine, count), versions) = (machine(0), Versions::default());
        for _ in 0..3 {
            assert_eq!(versions.of(&machine, PROGRAM).stdout, "1");
        }
        machine.put(PROGRAM, b"another");
        assert_eq!(versions.of(&machine, PROGRAM).stdout, "2");
        versions.forget_old(KEPT.saturating_sub(Duration::from_secs(1)));
        assert_eq!(versions.of(&machine, PROGRAM).stdout, "2");
        versions.forget_old(KEPT);
        assert_eq!(versions.of(&machine, PROGRAM).stdout, "3");
        assert_eq!(count.get(), 3);
    }

    #[test]
    fn what_fails_or_is_found_by_the_search_path_is_asked_each_time() {
        for (status, program) in [(1, PROGRAM), (0, "dockerd")] {
            let ((machine, count), versions) = (machine(status), Versions::default());
            (0..3).for_each(|_| drop(versions.of(&machine, program)));
            assert_eq!(count.get(), 3, "{program}");
        }
    }
}

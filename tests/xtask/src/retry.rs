//! Tests with real engines: whoever failed beside others gets a second try alone, and is named for it.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Instant;

/// More than this many failures are no accident.
const MOST: usize = 6;

/// Runs the tests that a command made from these words runs. Returns which failed the first time and passed alone.
///
/// # Errors
/// When tests failed twice, or more than a few failed at once, or nothing could be run.
pub(crate) fn run(title: &str, command: impl Fn(&[String]) -> Command) -> Result<Vec<String>, String> {
    println!("── {title}");
    let started = Instant::now();
    let failed = failures(title, &mut command(&[]))?;
    println!("── {title}: {:.1} s", started.elapsed().as_secs_f32());
    if failed.is_empty() {
        return Ok(failed);
    }
    let names = failed.join("`, `");
    if failed.len() > MOST {
        return Err(format!("{title}: `{names}` failed"));
    }
    println!("── {title}, again and alone: `{names}`");
    let mut words = failed.clone();
    words.extend(["--exact".to_owned(), "--test-threads=1".to_owned()]);
    match failures(title, &mut command(&words))? {
        again if again.is_empty() => Ok(failed),
        again => Err(format!("{title}: `{}` failed twice", again.join("`, `"))),
    }
}

/// Runs a test program, shows what it says, and returns the names of the tests that failed.
fn failures(title: &str, command: &mut Command) -> Result<Vec<String>, String> {
    let cannot = |error| format!("{title}: cannot run: {error}");
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(cannot)?;
    let output = child.stdout.take().ok_or_else(|| format!("{title}: its output is no pipe"))?;
    let mut names = Names::default();
    for line in BufReader::new(output).split(b'\n') {
        let line = String::from_utf8_lossy(&line.map_err(cannot)?).into_owned();
        println!("{line}");
        names.read(&line);
    }
    let status = child.wait().map_err(cannot)?;
    match (status.success(), names.last.is_empty()) {
        (true, _) => Ok(Vec::new()),
        (false, false) => Ok(names.last),
        (false, true) => Err(format!("{title}: failed before its tests ended")),
    }
}

/// The list of names under the last line `failures:` of a test program.
#[derive(Default)]
struct Names {
    is_open: bool,
    last: Vec<String>,
}

impl Names {
    fn read(&mut self, line: &str) {
        match line.strip_prefix("    ") {
            _ if line == "failures:" => *self = Self { is_open: true, last: Vec::new() },
            Some(name) if self.is_open && !name.contains(' ') => self.last.push(name.to_owned()),
            Some(_) | None => self.is_open = false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(output: &str) -> Vec<String> {
        let mut names = Names::default();
        output.lines().for_each(|line| names.read(line));
        names.last
    }

    #[test]
    fn the_names_after_the_texts_of_failures_are_read() {
        let output = "running 2 tests\n..\nfailures:\n\n---- a::b stdout ----\n    left: 1\n\n\
                      failures:\n    a::b\n    c::d\n\ntest result: FAILED. 0 passed; 2 failed";
        assert_eq!(failed(output), ["a::b", "c::d"]);
    }

    #[test]
    fn nothing_failed_where_nothing_is_listed() {
        assert_eq!(failed("running 1 test\n.\ntest result: ok. 1 passed"), [""; 0]);
    }
}

//! The checks of the installation, a line each.

use wire::{Check, DoctorReport, Severity};

use super::text::{counted, one_line};
use super::words;

/// Every check, and how it ends.
pub(crate) fn doctor(report: &DoctorReport) -> String {
    let mark = |check: &Check| check.problem.map_or("ok", words::severity);
    let marks = report.checks.iter().map(|check| mark(check).len()).max().unwrap_or(0);
    let names = report.checks.iter().map(|check| check.name.chars().count()).max().unwrap_or(0);
    let line = |check: &Check| {
        let (name, sentence) = (one_line(&check.name), one_line(&check.sentence));
        let what = format!("{:marks$}  {name:names$}  {sentence}\n", mark(check));
        let action = check.action.iter().filter(|_| check.problem.is_some());
        let action = action.map(|action| format!("{:1$}  {2}\n", "", marks + 2 + names, one_line(action)));
        what + &action.collect::<String>()
    };
    let lines: String = report.checks.iter().map(line).collect();
    let wrong = report.checks.iter().filter(|check| check.problem > Some(Severity::Notice)).count();
    match wrong {
        0 => format!("{lines}\nAll is well\n"),
        wrong => format!("{lines}\n{} of {} a look\n", wrong, needing(report.checks.len(), wrong)),
    }
}

fn needing(all: usize, wrong: usize) -> String {
    format!("{} {}", counted(all, "check"), if wrong == 1 { "needs" } else { "need" })
}

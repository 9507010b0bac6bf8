//! A sign and a color before lines that are good or bad, for somebody at a terminal. A pipe or a file gets neither, so
//! that programs read the same text at all times.

use policy::{Entry, Finding, Outcome};
use wire::{DoctorReport, Severity, Standing, StatusReport};

use super::entries::is_audited;

/// What a line stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mark {
    /// It is as it should be.
    Good,
    /// Good to know.
    Plain,
    /// It needs somebody.
    Attention,
    /// It is stopped, or broken.
    Bad,
}

impl Mark {
    fn sign(self) -> &'static str {
        match self {
            Self::Good => "✓",
            Self::Plain => "·",
            Self::Attention => "!",
            Self::Bad => "✕",
        }
    }

    /// The color's number for a terminal (SGR of ECMA-48).
    fn color(self) -> u8 {
        match self {
            Self::Good => 32,
            Self::Plain => 2,
            Self::Attention => 33,
            Self::Bad => 31,
        }
    }

    fn of(severity: Severity) -> Self {
        match severity {
            Severity::Notice => Self::Plain,
            Severity::Attention => Self::Attention,
            Severity::Critical => Self::Bad,
        }
    }

    /// What a line says that begins with how bad it is.
    fn of_word(line: &str) -> Option<Self> {
        match line.split_once("  ")?.0 {
            "ok" => Some(Self::Good),
            "notice" => Some(Self::Plain),
            "attention" => Some(Self::Attention),
            "critical" => Some(Self::Bad),
            _ => None,
        }
    }
}

/// Whether a terminal is to have colors, by the settings of the person and what the terminal says that it is.
pub(crate) fn is_wanted(no_color: Option<&str>, term: Option<&str>) -> bool {
    no_color.is_none_or(str::is_empty) && term.is_some_and(|term| !term.is_empty() && term != "dumb")
}

/// The text with signs. It must be free of control characters already.
pub(crate) fn signed(text: &str, mark: impl Fn(usize, &str) -> Option<Mark>) -> String {
    let line = |(at, line): (usize, &str)| match mark(at, line) {
        Some(mark) => format!("\u{1b}[{}m{}\u{1b}[0m {line}\n", mark.color(), mark.sign()),
        None if line.is_empty() => "\n".to_owned(),
        None => format!("  {line}\n"),
    };
    text.lines().enumerate().map(line).collect()
}

/// The sign of a headline, which says how things stand.
fn of_standing(standing: Standing) -> Mark {
    match standing {
        Standing::Enforced => Mark::Good,
        Standing::NothingToCheck => Mark::Plain,
        Standing::NotEnrolled
        | Standing::Paused
        | Standing::Recording
        | Standing::PassingUntilPolicy
        | Standing::SignInNeeded
        | Standing::BlockedUntilPolicy
        | Standing::Attention => Mark::Attention,
        Standing::ServiceAway
        | Standing::EnrollmentUnusable
        | Standing::PolicyUnusable
        | Standing::Impaired => Mark::Bad,
    }
}

/// Of the status: the headline by how things stand, and each condition.
pub(crate) fn of_status(report: &StatusReport) -> impl Fn(usize, &str) -> Option<Mark> {
    let headline = of_standing(report.standing());
    move |at, line| if at == 0 { Some(headline) } else { Mark::of_word(line) }
}

/// Of the checks: each, and how they end.
pub(crate) fn of_doctor(report: &DoctorReport) -> impl Fn(usize, &str) -> Option<Mark> {
    let worst = report.checks.iter().filter_map(|check| check.problem).max().map_or(Mark::Good, Mark::of);
    let end = if worst == Mark::Plain { Mark::Good } else { worst };
    let last = report.checks.iter().map(|check| 1 + usize::from(has_action(check))).sum::<usize>() + 1;
    move |at, line| if at == last { Some(end) } else { Mark::of_word(line) }
}

fn has_action(check: &wire::Check) -> bool {
    check.problem.is_some() && check.action.is_some()
}

/// Of one image: its first line.
pub(crate) fn of_finding(finding: &Finding) -> impl Fn(usize, &str) -> Option<Mark> {
    let mark = match finding.outcome {
        Outcome::Allowed => Mark::Good,
        Outcome::Audited => Mark::Attention,
        Outcome::Blocked => Mark::Bad,
    };
    move |at, _| (at == 0).then_some(mark)
}

/// Of the table of what was blocked: a line each, under the heading.
pub(crate) fn of_blocked(entries: &[Entry]) -> impl Fn(usize, &str) -> Option<Mark> {
    let marks: Vec<Mark> =
        entries.iter().map(|entry| if is_audited(entry) { Mark::Attention } else { Mark::Bad }).collect();
    move |at, _| at.checked_sub(1).and_then(|row| marks.get(row).copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// "Enforced on 1 of 3 engines" had the sign of all is well while no condition told of it yet.
    #[test]
    fn only_what_is_enforced_everywhere_is_good() {
        assert_eq!(of_standing(Standing::Enforced), Mark::Good);
        for standing in
            [Standing::Attention, Standing::Paused, Standing::SignInNeeded, Standing::NothingToCheck]
        {
            assert_ne!(of_standing(standing), Mark::Good, "{standing:?}");
        }
        assert_eq!(of_standing(Standing::PolicyUnusable), Mark::Bad);
    }

    #[test]
    fn no_color_and_a_dumb_terminal_are_respected() {
        assert!(is_wanted(None, Some("xterm-256color")));
        assert!(is_wanted(Some(""), Some("xterm")));
        assert!(!is_wanted(Some("1"), Some("xterm")));
        assert!(!is_wanted(None, Some("dumb")));
        assert!(!is_wanted(None, None));
    }
}

//! The enrollment that stands, compared with the one that is offered.

use std::path::Path;

use host::files::read_limited;
use host::managed::LIMIT;

use super::offer::NewEnrollment;
use crate::exit::CliError;

/// What stands in the enrollment's place.
pub(super) struct CurrentEnrollment(Option<Vec<u8>>);

impl CurrentEnrollment {
    pub(super) fn read(path: &Path) -> Result<Self, CliError> {
        read_limited(path, LIMIT).map(Self).map_err(CliError::failed)
    }

    /// The lines that would go and come; none when nothing stands there, or just this.
    pub(super) fn difference(&self, new: &NewEnrollment) -> Option<String> {
        let old = String::from_utf8_lossy(self.0.as_ref()?);
        let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.text().lines().collect());
        let gone = old.iter().filter(|line| !new.contains(line)).map(|line| format!("  - {line}\n"));
        let come = new.iter().filter(|line| !old.contains(line)).map(|line| format!("  + {line}\n"));
        let lines: String = gone.chain(come).collect();
        if old == new { None } else { Some(lines) }
    }

    /// What writing would do.
    pub(super) fn would(&self, new: &NewEnrollment) -> &'static str {
        match (&self.0, self.difference(new)) {
            (None, _) => "It would be written to",
            (Some(_), None) => "It stands already in",
            (Some(_), Some(_)) => "It would take the place of the one in",
        }
    }
}

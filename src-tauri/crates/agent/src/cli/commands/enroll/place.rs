//! The enrollment that is offered and the one that stands: read, compared, written.

use std::path::Path;

use host::files::{Mode, make_folder, read_limited, write_atomically};

use crate::cli::stop::Complaint;
use crate::enrollment::{self, Enrollment};

/// No enrollment is longer.
const LIMIT: u64 = 64 * 1024;

/// The enrollment that is offered, checked.
pub(super) struct New {
    pub(super) enrollment: Enrollment,
    text: String,
}

impl New {
    /// Reads and checks a file that anybody may have written: root vouches for it by enrolling it.
    pub(super) fn read(file: &Path) -> Result<Self, Complaint> {
        let bytes = read_limited(file, LIMIT).map_err(Complaint::failed)?;
        let shown = file.display();
        let bytes = bytes.ok_or_else(|| Complaint::failed(format!("there is no file `{shown}`")))?;
        let text = String::from_utf8(bytes).map_err(|_| {
            Complaint::failed(format!("`{shown}` is not an enrollment: it is not UTF-8 text"))
        })?;
        let enrollment = enrollment::parse(&text)
            .map_err(|error| Complaint::failed(format!("`{shown}` is not an enrollment: {error}")))?;
        Ok(Self { enrollment, text })
    }

    /// Puts it into its place, whole or not at all.
    pub(super) fn write(&self, path: &Path) -> Result<(), Complaint> {
        if let Some(folder) = path.parent() {
            make_folder(folder, Mode::PUBLIC_FOLDER).map_err(Complaint::failed)?;
        }
        write_atomically(path, self.text.as_bytes(), Mode::PUBLIC).map_err(Complaint::failed)
    }
}

/// What stands in the enrollment's place.
pub(super) struct Standing(Option<Vec<u8>>);

impl Standing {
    pub(super) fn read(path: &Path) -> Result<Self, Complaint> {
        read_limited(path, LIMIT).map(Self).map_err(Complaint::failed)
    }

    /// The lines that would go and come; none when nothing stands there, or just this.
    pub(super) fn difference(&self, new: &New) -> Option<String> {
        let old = String::from_utf8_lossy(self.0.as_ref()?);
        let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.text.lines().collect());
        let gone = old.iter().filter(|line| !new.contains(line)).map(|line| format!("  - {line}\n"));
        let come = new.iter().filter(|line| !old.contains(line)).map(|line| format!("  + {line}\n"));
        let lines: String = gone.chain(come).collect();
        if old == new { None } else { Some(lines) }
    }

    /// What writing would do.
    pub(super) fn would(&self, new: &New) -> &'static str {
        match (&self.0, self.difference(new)) {
            (None, _) => "It would be written to",
            (Some(_), None) => "It stands already in",
            (Some(_), Some(_)) => "It would take the place of the one in",
        }
    }
}

//! The enrollment that is offered: read from a file or from the web, checked, written.

use std::path::Path;

use enrollment::Enrollment;
use host::files::{Mode, make_folder, read_limited, write_atomically};
use host::managed::LIMIT;

use crate::exit::{CliError, Exit};

/// An enrollment that is offered, checked.
pub(super) struct NewEnrollment {
    pub(super) enrollment: Enrollment,
    text: String,
    of_the_web: bool,
}

impl NewEnrollment {
    /// Reads and checks what anybody may have written: root vouches for it by enrolling it.
    pub(super) fn read(
        from: &Path,
        fetch: &dyn Fn(&str) -> Result<Vec<u8>, String>,
    ) -> Result<Self, CliError> {
        let shown = from.display();
        let address = from.to_str().filter(|text| text.contains("://"));
        let bytes = match address {
            Some(address) => web(address, fetch)?,
            None => read_limited(from, LIMIT)
                .map_err(CliError::failed)?
                .ok_or_else(|| CliError::failed(format!("there is no file `{shown}`")))?,
        };
        let not = |why: String| CliError::failed(format!("`{shown}` is not an enrollment: {why}"));
        if bytes.trim_ascii_start().starts_with(b"<") {
            let hint =
                "Open it in a browser: there may be a sign-in before the file, or another address for it";
            return Err(not("it is a web page".into()).hint(hint));
        }
        let text = String::from_utf8(bytes).map_err(|_| not("it is not UTF-8 text".into()))?;
        let enrollment = enrollment::parse(&text).map_err(|error| not(error.to_string()))?;
        Ok(Self { enrollment, text, of_the_web: address.is_some() })
    }

    /// Accepts only the file that somebody else described.
    pub(super) fn refuse_other(&self, sha256: Option<&str>) -> Result<(), CliError> {
        match sha256 {
            Some(wanted) if wanted != self.sha256() => Err(CliError::failed(format!(
                "this is another file than the one you expect: its SHA-256 is `{}`",
                self.sha256()
            ))
            .hint("Ask your organization which of the two is right")),
            Some(_) | None => Ok(()),
        }
    }

    /// Puts it into its place, whole or not at all.
    pub(super) fn write(&self, path: &Path) -> Result<(), CliError> {
        if let Some(folder) = path.parent() {
            make_folder(folder, Mode::PUBLIC_FOLDER).map_err(CliError::failed)?;
        }
        write_atomically(path, self.text.as_bytes(), Mode::PUBLIC).map_err(CliError::failed)
    }

    /// The hash of its bytes, in hex.
    pub(super) fn sha256(&self) -> String {
        policy_bundle::sha256(self.text.as_bytes())
    }

    /// Whether it was fetched.
    pub(super) fn is_of_the_web(&self) -> bool {
        self.of_the_web
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }
}

fn web(address: &str, fetch: &dyn Fn(&str) -> Result<Vec<u8>, String>) -> Result<Vec<u8>, CliError> {
    if !enrollment::is_web_address(address) {
        return Err(CliError::failed("an enrollment cannot come from that address")
            .hint("Give an `https://…` address without a login, or a file")
            .exit(Exit::Usage));
    }
    fetch(address).map_err(|why| {
        CliError::failed(format!("the enrollment did not arrive: {why}"))
            .hint("You can also download the file and run `sudo pullgate enroll FILE`")
    })
}

//! The secret of the client at the organization's provider, for a service that is not root. Which file it is says the
//! enrollment, which is root's own, and never the asker.

use std::path::Path;

use host::files::{OwnershipError, read_root_secret};
use ipc::{Code, Failure};
use secret::Secret;
use tokio::task::spawn_blocking;

use super::handler::failed;
use crate::enrollment::ReadEnrollment;

/// No secret is longer.
const LARGEST: u64 = 4096;

/// Reads it anew: whoever manages the machine may exchange it at any time.
pub(super) async fn read(enrollment: ReadEnrollment) -> Result<Secret, Failure> {
    spawn_blocking(move || of_the_enrollment(enrollment)).await.map_err(failed)?
}

fn of_the_enrollment(read: ReadEnrollment) -> Result<Secret, Failure> {
    let refuse = |why: String| Failure::new(Code::Failed, why);
    let path = read().map_err(refuse)?.client_secret.ok_or_else(named_none)?;
    secret_in(&path, read_root_secret).map_err(refuse)
}

fn named_none() -> Failure {
    Failure::new(Code::NotFound, "the enrollment names no file with a client secret")
}

/// The one line of the file.
fn secret_in(
    path: &Path,
    read: impl Fn(&Path, u64) -> Result<Vec<u8>, OwnershipError>,
) -> Result<Secret, String> {
    let bytes = read(path, LARGEST).map_err(|error| error.to_string())?;
    let text = String::from_utf8(bytes).unwrap_or_default();
    match text.trim() {
        "" => Err(format!("`{}` is empty or no text; write the secret into it, on one line", path.display())),
        secret if secret.chars().any(char::is_control) => {
            Err(format!("`{}` has more than one line; it must hold the secret alone", path.display()))
        }
        secret => Ok(Secret::new(secret.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<String, String> {
        let secret = secret_in(Path::new("/etc/pullgate/secret"), |_, _| Ok(bytes.to_vec()));
        secret.map(|secret| secret.expose().to_owned())
    }

    #[test]
    fn a_file_with_one_line_is_the_secret() {
        assert_eq!(read(b"GOCSPX-word\n"), Ok("GOCSPX-word".to_owned()));
        assert_eq!(read(b"  two words \r\n"), Ok("two words".to_owned()));
    }

    #[test]
    fn a_file_that_holds_no_secret_is_named() {
        for (bytes, why) in [
            (&b" \n"[..], "is empty"),
            (b"\xff\xfe", "is empty or no text"),
            (b"a\nb\n", "more than one line"),
        ] {
            let said = read(bytes).unwrap_err();
            assert!(said.starts_with("`/etc/pullgate/secret` ") && said.contains(why), "{said}");
        }
    }
}

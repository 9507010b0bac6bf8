//! Credential helpers: programs of the person, `docker-credential-NAME`, that keep logins elsewhere. They run as the
//! person; how long that may take is the affair of whoever started this process.

use std::{
    ffi::OsString,
    io::{self, Read, Write},
    process::{Command, ExitStatus, Stdio},
};

use serde::Deserialize;
use thiserror::Error;
use wire::{Login, LoginKind, Secret};

/// No login is longer.
const LARGEST_ANSWER: u64 = 64 * 1024;

/// The user name by which a helper says that its secret is a token.
const TOKEN_USER: &str = "<token>";

/// The helpers of the calling person.
#[derive(Default)]
pub(super) struct Helpers {
    /// Where they are looked for; as the environment says where it is absent.
    pub(super) path: Option<OsString>,
}

/// Why a helper gave no answer.
#[derive(Debug, Error)]
pub(super) enum HelperError {
    /// Not a name, but a path or worse.
    #[error("the name of its credential helper has characters other than letters, digits, `.`, `-` and `_`")]
    Name,
    /// It could not be started or spoken to.
    #[error("the credential helper `docker-credential-{name}` cannot be run: {cause}")]
    Run {
        /// What its name ends with.
        name: String,
        /// The system's answer.
        cause: io::Error,
    },
    /// It said no.
    #[error("the credential helper `docker-credential-{name}` failed ({status})")]
    Failed {
        /// What its name ends with.
        name: String,
        /// How it ended.
        status: ExitStatus,
    },
    /// It said something else than a login.
    #[error("the credential helper `docker-credential-{name}` answered with something that is not a login")]
    Answer {
        /// What its name ends with.
        name: String,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    username: String,
    secret: String,
}

impl Helpers {
    /// Asks a helper for the login it keeps under this server name.
    pub(super) fn get(&self, name: &str, server: &str) -> Result<Option<Login>, HelperError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        if name.is_empty() || name.len() > 64 || !name.bytes().all(allowed) {
            return Err(HelperError::Name);
        }
        let (status, said) =
            self.run(name, server).map_err(|cause| HelperError::Run { name: name.to_owned(), cause })?;
        if !status.success() {
            let unknown = String::from_utf8_lossy(&said).contains("credentials not found");
            return if unknown {
                Ok(None)
            } else {
                Err(HelperError::Failed { name: name.to_owned(), status })
            };
        }
        let answer: Answer =
            serde_json::from_slice(&said).map_err(|_| HelperError::Answer { name: name.to_owned() })?;
        Ok(login(answer))
    }

    fn run(&self, name: &str, server: &str) -> io::Result<(ExitStatus, Vec<u8>)> {
        let mut command = Command::new(format!("docker-credential-{name}"));
        command.arg("get").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        if let Some(path) = &self.path {
            command.env("PATH", path);
        }
        let mut child = command.spawn()?;
        if let Some(mut input) = child.stdin.take() {
            match input.write_all(server.as_bytes()) {
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(error),
                Ok(()) | Err(_) => {}
            }
        }
        let mut said = Vec::new();
        if let Some(output) = child.stdout.take() {
            output.take(LARGEST_ANSWER).read_to_end(&mut said)?;
        }
        Ok((child.wait()?, said))
    }
}

fn login(answer: Answer) -> Option<Login> {
    if answer.secret.is_empty() {
        return None;
    }
    let token = answer.username == TOKEN_USER;
    let kind = if token { LoginKind::IdentityToken } else { LoginKind::Password };
    Some(Login { username: answer.username, secret: Secret::new(answer.secret), kind })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn helpers() -> Helpers {
        Helpers { path: Some(concat!(env!("CARGO_MANIFEST_DIR"), "/src/credentials/testdata").into()) }
    }

    fn said(name: &str, server: &str) -> String {
        match helpers().get(name, server) {
            Ok(login) => format!(
                "{:?}",
                login.map(|login| (login.username, login.secret.expose().to_owned(), login.kind))
            ),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_helper_is_asked_by_the_servers_name() {
        assert_eq!(said("sample", "quay.io"), r#"Some(("ada", "of-the-helper", Password))"#);
        assert_eq!(said("sample", "token.example"), r#"Some(("<token>", "refresh-me", IdentityToken))"#);
    }

    #[test]
    fn a_helper_that_knows_nothing_is_no_failure() {
        assert_eq!(said("sample", "unknown.example"), "None");
        assert_eq!(said("sample", "empty.example"), "None");
    }

    #[test]
    fn a_helper_that_fails_is_named_and_not_quoted() {
        let failed = "the credential helper `docker-credential-sample` failed (exit status: 3)";
        assert_eq!(said("sample", "locked.example"), failed);
        let strange =
            "the credential helper `docker-credential-sample` answered with something that is not a login";
        assert_eq!(said("sample", "strange.example"), strange);
        assert!(said("absent", "quay.io").contains("`docker-credential-absent` cannot be run: "));
    }

    #[test]
    fn a_helper_is_a_name_and_never_a_path() {
        for name in ["", "../sample", "/bin/sh", "a b", "sample\n"] {
            assert!(matches!(helpers().get(name, "quay.io"), Err(HelperError::Name)), "{name:?}");
        }
    }
}

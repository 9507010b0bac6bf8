//! Credential helpers: programs of the person, `docker-credential-NAME`, that keep logins elsewhere. They run as the
//! person, found on the PATH of the process that asked, and have a while together.

use std::{
    env,
    ffi::OsString,
    io::{self, Read, Write},
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process_group};
use secret::Secret;
use serde::Deserialize;
use steward_protocol::{Login, LoginKind};
use thiserror::Error;

/// No login is longer.
const LARGEST_ANSWER: u64 = 64 * 1024;

/// The user name by which a helper says that its secret is a token.
const TOKEN_USER: &str = "<token>";

/// How much of what a helper says of its failure is told, and how long one word of it may be: whatever is longer could
/// be a secret.
const LONGEST_LINE: usize = 160;
const LONGEST_WORD: usize = 32;

const SETUID: u32 = 0o4000;

/// The helpers of the calling person.
pub(super) struct Helpers {
    /// Where they are looked for.
    pub(super) path: OsString,
    /// When their time is over.
    pub(super) until: Instant,
}

/// Why a helper gave no answer.
#[derive(Debug, Error)]
pub(super) enum HelperError {
    /// Not a name, but a path or worse.
    #[error("the name of a credential helper has characters other than letters, digits, `.`, `-` and `_`")]
    Name,
    /// It is nowhere.
    #[error("`docker-credential-{name}` is not on the `PATH` of the command that asked")]
    Absent {
        /// What its name ends with.
        name: String,
    },
    /// It could not be started or spoken to.
    #[error("`docker-credential-{name}` cannot be run: {cause}")]
    Run {
        /// What its name ends with.
        name: String,
        /// The system's answer.
        cause: io::Error,
    },
    /// It took too long.
    #[error("`docker-credential-{name}` did not answer within {} s", super::PATIENCE.as_secs())]
    Silent {
        /// What its name ends with.
        name: String,
    },
    /// It said no.
    #[error("`docker-credential-{name}` failed: {said}")]
    Failed {
        /// What its name ends with.
        name: String,
        /// Its own first line, or how it ended.
        said: String,
    },
    /// It said no, and begins with a program that needs rights which nobody has here.
    #[error("`docker-credential-{name}` failed ({said}): it is started by a setuid program (`{}`), which cannot get its rights here; install the helper outside of it", launcher.display())]
    Launcher {
        /// What its name ends with.
        name: String,
        /// Its own first line, or how it ended.
        said: String,
        /// The program that starts it.
        launcher: PathBuf,
    },
    /// It said something else than a login.
    #[error("`docker-credential-{name}` answered with something that is not a login")]
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

/// How a run ended, and what it said on either way.
struct Run {
    status: ExitStatus,
    output: Vec<u8>,
    complaints: Vec<u8>,
}

impl Helpers {
    /// Those on the `PATH` of this process, until a time.
    pub(super) fn until(until: Instant) -> Self {
        Self { path: env::var_os("PATH").unwrap_or_default(), until }
    }

    /// Asks a helper for the login it keeps under this server name.
    pub(super) fn get(&self, name: &str, server: &str) -> Result<Option<Login>, HelperError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        if name.is_empty() || name.len() > 64 || !name.bytes().all(allowed) {
            return Err(HelperError::Name);
        }
        let name = name.to_owned();
        let Some(program) = self.locate(&name) else { return Err(HelperError::Absent { name }) };
        let run = match self.run(&program, server) {
            Ok(Some(run)) => run,
            Ok(None) => return Err(HelperError::Silent { name }),
            Err(cause) => return Err(HelperError::Run { name, cause }),
        };
        if !run.status.success() {
            if String::from_utf8_lossy(&run.output).contains("credentials not found") {
                return Ok(None);
            }
            let said = first_line(&run).unwrap_or_else(|| run.status.to_string());
            return Err(match launcher(&program) {
                Some(launcher) => HelperError::Launcher { name, said, launcher },
                None => HelperError::Failed { name, said },
            });
        }
        let answer: Answer = serde_json::from_slice(&run.output).map_err(|_| HelperError::Answer { name })?;
        Ok(login(answer))
    }

    /// Where Go would find it: the first program of that name on the path.
    fn locate(&self, name: &str) -> Option<PathBuf> {
        let is_program = |path: &PathBuf| {
            path.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
        };
        let folders = env::split_paths(&self.path).filter(|folder| folder.is_absolute());
        folders.map(|folder| folder.join(format!("docker-credential-{name}"))).find(is_program)
    }

    /// Runs a helper; none where its time is over, and then nothing of it is left.
    fn run(&self, program: &Path, server: &str) -> io::Result<Option<Run>> {
        let mut command = Command::new(program);
        command.arg("get").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.env("PATH", &self.path).process_group(0);
        let mut child = command.spawn()?;
        let (output, complaints) = (collect(child.stdout.take()), collect(child.stderr.take()));
        if let Some(mut input) = child.stdin.take() {
            match input.write_all(server.as_bytes()) {
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                    end(&mut child)?;
                    return Err(error);
                }
                Ok(()) | Err(_) => {}
            }
        }
        let gathered = self.wait(&output).zip(self.wait(&complaints));
        let status = self.wait_for(&mut child)?;
        let (Some((output, complaints)), Some(status)) = (gathered, status) else {
            end(&mut child)?;
            return Ok(None);
        };
        Ok(Some(Run { status, output, complaints }))
    }

    fn left(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }

    fn wait(&self, from: &mpsc::Receiver<Vec<u8>>) -> Option<Vec<u8>> {
        from.recv_timeout(self.left()).ok()
    }

    /// A program that closed its outputs ends in a moment.
    fn wait_for(&self, child: &mut Child) -> io::Result<Option<ExitStatus>> {
        loop {
            match child.try_wait()? {
                None if !self.left().is_zero() => thread::sleep(Duration::from_millis(5)),
                status => return Ok(status),
            }
        }
    }
}

/// Reads to the end, as far as anybody wants to know.
fn collect(source: Option<impl Read + Send + 'static>) -> mpsc::Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(source) = source {
            // What came until it broke off is what it said.
            let _read = source.take(LARGEST_ANSWER).read_to_end(&mut bytes);
        }
        // Whoever waited may have gone.
        let _sent = sender.send(bytes);
    });
    receiver
}

fn end(child: &mut Child) -> io::Result<()> {
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        // Not waited for yet, so the number is still that of the group.
        let _ended = kill_process_group(group, Signal::KILL);
    }
    child.wait().map(drop)
}

/// Helpers say why they failed on their standard output; programs in general on the other one.
fn first_line(run: &Run) -> Option<String> {
    [&run.output, &run.complaints].into_iter().find_map(|bytes| {
        let text = String::from_utf8_lossy(bytes);
        text.lines().map(presentable).find(|line| !line.is_empty())
    })
}

/// One line of plain characters without what could be a secret.
fn presentable(line: &str) -> String {
    if line.to_ascii_lowercase().contains("\"secret\"") {
        return "it printed a login".to_owned();
    }
    let plain = |letter: char| if letter.is_control() || letter == '`' { ' ' } else { letter };
    let line: String = line.chars().map(plain).collect();
    let word = |word: &str| {
        let is_secret = word.chars().count() > LONGEST_WORD || (word.contains("://") && word.contains('@'));
        if is_secret { "…".to_owned() } else { word.to_owned() }
    };
    let words: Vec<String> = line.split_whitespace().map(word).collect();
    words.join(" ").chars().take(LONGEST_LINE).collect()
}

/// The setuid program behind a helper: one of Snap's, which all begin with its own, or the helper itself.
fn launcher(program: &Path) -> Option<PathBuf> {
    let found = program.canonicalize().ok()?;
    let is_snap = program.starts_with("/snap/bin") || found.file_name().is_some_and(|name| name == "snap");
    let is_setuid = found.metadata().is_ok_and(|found| found.permissions().mode() & SETUID != 0);
    (is_snap || is_setuid).then_some(found)
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
    //! Helpers as they answer and fail, as real programs.

    use super::*;

    fn helpers() -> Helpers {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/testdata:/usr/bin:/bin");
        Helpers { path: path.into(), until: Instant::now() + Duration::from_secs(60) }
    }

    fn said(name: &str, server: &str) -> String {
        match helpers().get(name, server) {
            Ok(login) => {
                let shown = |login: Login| (login.username, login.secret.expose().to_owned(), login.kind);
                format!("{:?}", login.map(shown))
            }
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
    fn a_helper_that_fails_is_named_with_its_own_first_line() {
        let failed =
            "`docker-credential-sample` failed: error: your SSO session has expired. Run: aws sso login";
        assert_eq!(said("sample", "locked.example"), failed);
        let failed = "`docker-credential-sample` failed: complained elsewhere";
        assert_eq!(said("sample", "complaint.example"), failed);
        assert_eq!(said("sample", "mute.example"), "`docker-credential-sample` failed: exit status: 4");
        let strange = "`docker-credential-sample` answered with something that is not a login";
        assert_eq!(said("sample", "strange.example"), strange);
        let absent = "`docker-credential-absent` is not on the `PATH` of the command that asked";
        assert_eq!(said("absent", "quay.io"), absent);
    }

    #[test]
    fn nothing_that_could_be_a_secret_is_told() {
        let sentence = said("sample", "leaky.example");
        assert_eq!(sentence, "`docker-credential-sample` failed: token … of … has ended");
        assert_eq!(
            said("sample", "blurting.example"),
            "`docker-credential-sample` failed: it printed a login"
        );
        assert_eq!(presentable(&"a ".repeat(500)).chars().count(), LONGEST_LINE);
        assert_eq!(presentable("a\u{1b}[31m`b`\tc"), "a [31m b c");
    }

    #[test]
    fn a_helper_that_hangs_is_ended_with_everything_it_started() {
        let short = Helpers { until: Instant::now() + Duration::from_millis(300), ..helpers() };
        let started = Instant::now();
        let error = short.get("sample", "slow.example").unwrap_err();
        assert_eq!(error.to_string(), "`docker-credential-sample` did not answer within 30 s");
        assert!(started.elapsed() < Duration::from_secs(20));
    }

    #[test]
    fn a_helper_is_a_name_and_never_a_path() {
        for name in ["", "../sample", "/bin/sh", "a b", "sample\n"] {
            assert!(matches!(helpers().get(name, "quay.io"), Err(HelperError::Name)), "{name:?}");
        }
        let relative = Helpers { path: "src/credentials/testdata:".into(), ..helpers() };
        assert!(matches!(relative.get("sample", "quay.io"), Err(HelperError::Absent { .. })));
    }

    #[test]
    fn a_helper_behind_a_setuid_program_is_told_as_one() {
        let folder = tempfile::tempdir().unwrap();
        let helper = folder.path().join("docker-credential-sample");
        let script = folder.path().join("script");
        let content = b"#!/bin/sh\necho cannot set groups\nexit 1\n";
        host::files::write_atomically(&script, content, host::files::Mode(0o644)).unwrap();
        // By another process: a program that this one has open for writing in some other test's child cannot be started.
        let install = Command::new("install").args(["-m", "4755"]).args([&script, &helper]).status().unwrap();
        assert!(install.success());
        let path = format!("{}:/usr/bin:/bin", folder.path().display());
        let error =
            Helpers { path: path.into(), ..helpers() }.get("sample", "quay.io").unwrap_err().to_string();
        assert!(
            error.starts_with("`docker-credential-sample` failed (cannot set groups): it is started"),
            "{error}"
        );
    }
}

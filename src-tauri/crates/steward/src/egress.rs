//! Proxies that only root can tell of: the login of the enrollment's own, and those of other people's processes.

use std::{path::PathBuf, time::Duration};

use egress::{Egress, ProxyLogin};
use engines::{ContainersEnv, Linux, OwnFiles, ProcessEnvironment};
use host::{
    files::{read_limited, read_private},
    peer::{self, Owner},
    people::{self, Person},
};
use ipc::{Code, Failure};
use secret::Secret;
use tokio::task::spawn_blocking;

use super::{child, handler::failed};
use crate::EnrolledProxy;
use crate::enrollment::ReadEnrollment;

const LARGEST_ENVIRONMENT: u64 = 4 << 20;
const LARGEST_LOGIN: u64 = 4096;
/// Files of a person, read by a process of theirs.
const PATIENCE: Duration = Duration::from_secs(5);
const LARGEST_OUTPUT: u64 = 256 * 1024;
/// What names other files than the usual ones.
const NAMING: [&str; 3] = ["CONTAINERS_CONF", "CONTAINERS_CONF_OVERRIDE", "XDG_CONFIG_HOME"];

/// Reads proxies.
#[derive(Clone, Debug)]
pub(super) struct Proxies {
    /// This program.
    pub(super) program: PathBuf,
    /// Reads the enrollment.
    pub(super) enrollment: ReadEnrollment,
}

impl Proxies {
    /// By this program, and by the enrollment as it is whenever somebody asks.
    pub(super) fn new(enrollment: ReadEnrollment) -> Self {
        Self { program: "/proc/self/exe".into(), enrollment }
    }

    /// The enrollment's proxy with its login; none where it names none, or where there is no enrollment.
    pub(super) async fn enrolled(&self) -> Result<Option<Secret>, Failure> {
        let read = self.enrollment;
        spawn_blocking(move || {
            let Ok(enrollment) = read() else { return Ok(None) };
            enrollment.proxy.map(with_login).transpose()
        })
        .await
        .map_err(failed)?
    }

    /// The way out of the process that holds a socket; none where it is gone, or has what we gave it.
    pub(super) async fn of_process(&self, owner: Owner) -> Result<Option<Egress>, Failure> {
        let Some((process, person)) = spawn_blocking(move || of_holder(owner)).await.map_err(failed)? else {
            return Ok(None);
        };
        let Some(person) = person else { return Ok(Some(process.egress(None))) };
        let given = match process.containers_env(&Linux, &person.home, person.uid) {
            Ok(given) => given,
            Err(OwnFiles) => self.own_files(&process, &person).await,
        };
        Ok(Some(process.egress(given.as_ref())))
    }

    async fn own_files(&self, process: &ProcessEnvironment, person: &Person) -> Option<ContainersEnv> {
        let mut command = child::command_of(person, &self.program).ok()?;
        command.arg("containers-env");
        command.envs(NAMING.into_iter().filter_map(|name| Some((name, process.value(name)?.to_owned()))));
        let said = child::run(command, PATIENCE, LARGEST_OUTPUT).await;
        let said =
            said.map_err(|error| tracing::info!(uid = person.uid, %error, "containers.conf was not read"));
        serde_json::from_slice::<Option<ContainersEnv>>(&said.ok()?.output).ok().flatten()
    }
}

fn with_login(proxy: EnrolledProxy) -> Result<Secret, Failure> {
    let Some(path) = proxy.login else { return Ok(Secret::new(proxy.url.with_secret())) };
    let refused = |why: String| {
        let shown = path.display();
        Failure::new(Code::Failed, format!("the login of the proxy, `{shown}`, cannot be used: {why}"))
    };
    let bytes = read_private(&path, LARGEST_LOGIN).map_err(|error| refused(error.to_string()))?;
    let bytes = bytes.ok_or_else(|| refused("there is no such file".to_owned()))?;
    let login = ProxyLogin::from_pair(&bytes);
    let login = login.ok_or_else(|| refused("it is not `name:password` on one line".to_owned()))?;
    Ok(Secret::new(proxy.url.with_login(login).with_secret()))
}

fn of_holder(owner: Owner) -> Option<(ProcessEnvironment, Option<Person>)> {
    let pid = peer::holder(owner)?;
    let folder = PathBuf::from("/proc").join(pid.to_string());
    let read = |name: &str| read_limited(&folder.join(name), LARGEST_ENVIRONMENT).ok().flatten();
    let status = read("status")?;
    let status = String::from_utf8_lossy(&status);
    let uid = status.lines().find_map(|line| line.strip_prefix("Uid:"))?.split_whitespace().next()?;
    // The number may be another process's by now.
    if uid.parse() != Ok(owner.uid) {
        return None;
    }
    let process = ProcessEnvironment::read(&peer::program(pid)?, &read("environ")?)?;
    Some((process, people::by_uid(owner.uid).ok().flatten()))
}

#[cfg(test)]
mod tests {
    use host::files::{Mode, write_atomically};

    use super::*;

    fn login(text: &[u8], mode: u32) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("login");
        write_atomically(&path, text, Mode(mode)).unwrap();
        let url = egress::ProxyUrl::parse("proxy.acme.example:3128").unwrap();
        let proxy = EnrolledProxy { url, login: Some(path.clone()) };
        let shown = path.display().to_string();
        let read = with_login(proxy).map(|url| url.expose().to_owned());
        read.map_err(|failure| failure.message.replace(&shown, "FILE"))
    }

    #[test]
    fn a_login_file_is_read_as_it_stands_and_must_be_nobody_elses() {
        assert_eq!(
            login(b"corp\\ada:p#1%25\n", 0o600).as_deref(),
            Ok("http://corp%5Cada:p%231%2525@proxy.acme.example:3128")
        );
        let refused = [login(b"hunter2", 0o600), login(b"ada:hunter2\n", 0o644)].map(Result::unwrap_err);
        assert!(!refused.join("").contains("hunter2"), "{refused:?}");
        assert!(refused[0].ends_with("cannot be used: it is not `name:password` on one line"), "{refused:?}");
        assert!(refused[1].starts_with("the login of the proxy, `FILE`, cannot be used: "), "{refused:?}");
    }
}

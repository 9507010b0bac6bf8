//! The proof that routing works: what the running engine says of itself, and a pull that must be denied.
//!
//! The pull has three ends: the gateway denied it, it went round the gateway, or it tells nothing, as when a network
//! is silent or an engine has no tool to pull with. Only a pull that arrived, or a registry's own word about the image,
//! shows a way round: whatever else an engine says is no proof of anything.

use std::path::Path;

use config_edit::lines::without_passwords;
use serde::{Deserialize, Serialize};

use crate::{Answer, EngineId, Found, Machine, Output};

/// Repository of the image that no policy allows.
pub(crate) const CANARY: &str = "docker.io/pullgate-canary/deny";
/// Its tag.
pub(crate) const CANARY_TAG: &str = "check";
/// How the gateway's own word begins.
const DENIAL: &str = "image access denied: ";
/// The gateway's word for a pull that it let through and that failed behind it.
const PASSED: &str = "not blocked by policy";
/// What registries say of an image that is not there, or not for everybody: the pull came as far as a registry.
const OF_A_REGISTRY: [&str; 7] = [
    "requested access to the resource is denied",
    "pull access denied",
    "manifest unknown",
    "name unknown",
    "insufficient_scope",
    "unauthorized",
    "not found: ",
];
/// A denial comes within a second or two; a tool that gets none waits for its own registry, or for a dead network.
const PATIENCE: &str = "20";
/// As much of an engine's words as a line holds.
const MOST: usize = 200;

/// One thing the running engine was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Probe {
    /// What was asked.
    pub what: String,
    /// The answer of an engine that is routed.
    pub expected: String,
    /// Its answer.
    pub seen: String,
    /// Whether that will do.
    pub ok: bool,
}

impl Probe {
    /// Anybody may have an engine asked, and its proxy may have a login.
    fn without_passwords(self) -> Self {
        let Self { what, expected, seen, ok } = self;
        Self { what, expected: without_passwords(&expected), seen: without_passwords(&seen), ok }
    }

    /// What is wrong below a folder, where nothing should be.
    pub(crate) fn flaws(folder: &Path, flaws: &[String]) -> Self {
        let seen = if flaws.is_empty() { "none".to_owned() } else { flaws.join("; ") };
        Self::equal(&format!("flaws below {}", folder.display()), "none", &seen)
    }

    /// Folders with certificates, among which ours has to be.
    pub(crate) fn certificate_folders(ours: &Path, seen: &str) -> Self {
        let ours = ours.to_string_lossy();
        let ok = seen.split(':').any(|folder| folder == ours);
        Self { what: "certificate folders".into(), expected: ours.into(), seen: seen.into(), ok }
    }

    pub(crate) fn equal(what: &str, expected: &str, seen: &str) -> Self {
        Self { what: what.into(), expected: expected.into(), seen: seen.into(), ok: expected == seen }
    }
}

/// How a pull that must be denied ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Canary {
    /// By the gateway, in these words.
    Denied(String),
    /// It went round the gateway: the image arrived, or a registry answered.
    NotDenied(String),
    /// It was tried and shows neither.
    Undecided(String),
    /// It could not be tried.
    NotTried(String),
    /// Nothing was pulled: the engine's own configuration does not lead to the gateway.
    #[serde(rename = "notLed")]
    NotRouted,
    /// The engine is not running.
    NotRunning,
}

impl Canary {
    /// Pulls by a command of the engine, for as long as a denial may take.
    pub(crate) fn pull(machine: &dyn Machine, command: &[&str]) -> Self {
        Self::judge(&machine.run(&limited(command)))
    }

    fn without_passwords(self) -> Self {
        match self {
            Self::Denied(words) => Self::Denied(without_passwords(&words)),
            Self::NotDenied(words) => Self::NotDenied(without_passwords(&words)),
            Self::Undecided(words) => Self::Undecided(without_passwords(&words)),
            Self::NotTried(words) => Self::NotTried(without_passwords(&words)),
            silent @ (Self::NotRouted | Self::NotRunning) => silent,
        }
    }

    /// Judges how a command ended that pulled.
    pub(crate) fn judge(output: &Output) -> Self {
        let said = format!("{}\n{}", output.stderr, output.stdout);
        if output.status == Some(124) {
            return Self::Undecided(format!("no answer within {PATIENCE} s"));
        }
        Self::of(output.ok(), &said)
    }

    /// Judges the answer of an engine that was asked to pull.
    pub(crate) fn judge_answer(answer: &Answer) -> Self {
        let messages = messages(&answer.body);
        let pulled = answer.status == 200 && messages.is_empty();
        let said = if messages.is_empty() { answer.body.clone() } else { messages.join("\n") };
        Self::of(pulled, &said)
    }

    fn of(pulled: bool, said: &str) -> Self {
        let line = relevant_line(said);
        if let Some(at) = said.find(DENIAL) {
            return Self::Denied(clipped(said.get(at..).and_then(|it| it.lines().next()).unwrap_or(DENIAL)));
        }
        if said.contains(PASSED) {
            return Self::Undecided(clipped(line));
        }
        if pulled {
            return Self::NotDenied("it arrived".into());
        }
        if OF_A_REGISTRY.iter().any(|words| said.contains(words)) {
            return Self::NotDenied(format!("a registry answered: {}", clipped(line)));
        }
        Self::Undecided(if line.is_empty() { "it ended without a word".into() } else { clipped(line) })
    }
}

/// The command with an end.
pub(crate) fn limited<'a>(command: &[&'a str]) -> Vec<&'a str> {
    [&["timeout", "--kill-after=2", PATIENCE], command].concat()
}

/// The line that tells why a command failed: tools print their progress before it and their advice behind it.
fn relevant_line(said: &str) -> &str {
    let lines = || said.lines().map(str::trim).filter(|line| !line.is_empty());
    let tells = |line: &&str| {
        let lower = line.to_lowercase();
        ["error", "fatal", "denied", "failed"].iter().any(|word| lower.contains(word))
    };
    lines().rfind(tells).or_else(|| lines().next()).unwrap_or_default()
}

fn clipped(line: &str) -> String {
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MOST) {
        None => line,
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default().trim_end()),
    }
}

/// The errors in an answer of Docker's interface: one object, or one a line after a pull has begun.
fn messages(body: &str) -> Vec<String> {
    let objects = body.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let message =
        |value: serde_json::Value| Some(value["message"].as_str().or(value["error"].as_str())?.to_owned());
    objects.filter_map(message).collect()
}

/// What a running engine showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Verified {
    /// The engine.
    pub engine: EngineId,
    /// What it was asked.
    pub probes: Vec<Probe>,
    /// The pull that must be denied.
    pub canary: Canary,
}

impl Verified {
    /// Whether every answer is right and the canary was denied.
    pub fn ok(&self) -> bool {
        self.probes.iter().all(|probe| probe.ok) && matches!(self.canary, Canary::Denied(_))
    }

    /// The evidence of an engine; nothing is pulled while the engine itself says that it goes elsewhere, which would
    /// only ask strangers over the network for what is known.
    pub(crate) fn of(
        engine: EngineId,
        probes: Vec<Probe>,
        is_routed: bool,
        pull: impl FnOnce() -> Canary,
    ) -> Self {
        let canary = if is_routed { pull().without_passwords() } else { Canary::NotRouted };
        Self { engine, probes: probes.into_iter().map(Probe::without_passwords).collect(), canary }
    }

    pub(crate) fn not_running(engine: EngineId) -> Self {
        Self { engine, probes: Vec::new(), canary: Canary::NotRunning }
    }

    pub(crate) fn not_routed(found: &Found) -> Self {
        let why = found.routable.as_ref().err().map_or_else(String::new, ToString::to_string);
        let canary = Canary::NotTried(why).without_passwords();
        Self { engine: found.engine, probes: Vec::new(), canary }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(status: Option<i32>, stderr: &str) -> Output {
        Output { status, stdout: String::new(), stderr: stderr.into() }
    }

    fn failed(stderr: &str) -> Canary {
        Canary::judge(&output(Some(1), stderr))
    }

    fn docker(status: u16, body: &str) -> Canary {
        Canary::judge_answer(&Answer { status, body: body.into() })
    }

    #[test]
    fn a_denial_of_the_gateway_is_told_without_what_stands_around_it() {
        let podman = "Error: reading manifest check in 127.0.0.1:858/docker.io/pullgate-canary/deny: denied: image access denied: pullgate-canary/deny:check is blocked (pg-1)\n";
        let denied =
            Canary::Denied("image access denied: pullgate-canary/deny:check is blocked (pg-1)".into());
        assert_eq!(failed(podman), denied);
        let body = "{\"status\":\"Pulling\"}\n{\"error\":\"unknown: image access denied: pullgate-canary/deny:check is blocked (pg-1)\"}\n";
        assert_eq!(docker(200, body), denied);
    }

    /// Each was told as "not blocked by the gateway" once.
    #[test]
    fn a_network_that_is_silent_is_no_way_round_the_gateway() {
        let docker_says = |words: &str| docker(500, &serde_json::json!({ "message": words }).to_string());
        for words in [
            "Get \"https://registry-1.docker.io/v2/\": context deadline exceeded",
            "Get \"https://registry-1.docker.io/v2/\": net/http: request canceled (Client.Timeout exceeded while awaiting headers)",
            "received unexpected HTTP status: 502 not blocked by policy: registry-1.docker.io cannot be reached (it did not answer in time). Check the network",
            "error parsing HTTP 503 response body: invalid character '<'",
            "received unexpected HTTP status: 503 Service Unavailable",
            "toomanyrequests: You have reached your pull rate limit",
            "denied: the token has expired",
            "dial tcp: lookup registry-1.docker.io: no such host",
            "proxyconnect tcp: dial tcp 127.0.0.1:859: connect: connection refused",
        ] {
            assert!(matches!(docker_says(words), Canary::Undecided(_)), "{words}");
            assert!(matches!(failed(&format!("Error: {words}\n")), Canary::Undecided(_)), "{words}");
        }
        assert_eq!(Canary::judge(&output(Some(124), "")), Canary::Undecided("no answer within 20 s".into()));
        assert!(matches!(Canary::judge(&output(None, "cannot run `timeout`")), Canary::Undecided(_)));
    }

    #[test]
    fn an_image_that_arrived_and_a_registry_that_answered_are_a_way_round() {
        assert_eq!(Canary::judge(&output(Some(0), "")), Canary::NotDenied("it arrived".into()));
        assert_eq!(
            docker(200, "{\"status\":\"Status: Downloaded newer image\"}\n"),
            Canary::NotDenied("it arrived".into())
        );
        for words in [
            "pull access denied for pullgate-canary/deny, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
            "reading manifest check in docker.io/pullgate-canary/deny: unauthorized: authentication required",
            "failed to resolve reference \"docker.io/pullgate-canary/deny:check\": docker.io/pullgate-canary/deny:check: not found: manifest unknown",
        ] {
            assert!(matches!(failed(words), Canary::NotDenied(_)), "{words}");
        }
    }

    /// The whole of it stood in a cell of a table.
    #[test]
    fn of_a_failed_build_one_line_is_told_and_not_its_whole_output() {
        let build = "#1 [internal] load build definition from Dockerfile\n#1 transferring dockerfile: 72B done\n#1 DONE 0.0s\n\
                 #2 [internal] load metadata for docker.io/pullgate-canary/deny:check\n#2 ERROR: failed to do request: Head \"https://x\": EOF\n\
                 ------\nDockerfile:1\n--------------------\n   1 | >>> FROM docker.io/pullgate-canary/deny:check\n--------------------\n\
                 error: failed to solve: failed to do request: Head \"https://x\": EOF\n";
        let expected =
            Canary::Undecided("error: failed to solve: failed to do request: Head \"https://x\": EOF".into());
        assert_eq!(failed(build), expected);
        let Canary::Undecided(long) = failed(&format!("error: {}", "wide ".repeat(400))) else { panic!() };
        assert!(long.chars().count() <= MOST + 1 && long.ends_with('…'), "{long}");
    }
}

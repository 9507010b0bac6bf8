//! The proxies that a daemon has in its environment: its process tells where it is not ours, its unit otherwise, and
//! what the process had before us is kept for as long as the person leaves the unit as it was then.

use std::fmt;
use std::path::PathBuf;

use config_edit::Proxies;
use serde::{Deserialize, Serialize};

use crate::machine::text;
use crate::systemd::Unit;
use crate::{Attributes, EngineId, Machine, Originals, OriginalsError, Plan, drop_in};

/// What is known of a daemon's environment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DaemonProxies {
    /// What the service manager gives it at its next start, ours left out.
    pub(crate) unit: Proxies,
    /// The unit, or the environment file that says so.
    pub(crate) place: String,
    /// What its process was started with; none where it does not run, or was started with ours.
    pub(crate) process: Option<Proxies>,
}

/// What a process had before us, and what its unit said then.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Remembered {
    schema: u32,
    unit: Proxies,
    process: Proxies,
}

impl fmt::Debug for Remembered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").field("process", &self.process).finish_non_exhaustive()
    }
}

const SCHEMA: u32 = 1;

/// Proxies among variables, upper case before lower case as in Go; an empty one is none.
pub(crate) fn proxies<'a>(value: impl Fn(&str) -> Option<&'a str>) -> Proxies {
    let one = |upper: &str, lower: &str| {
        let mut values = [upper, lower].into_iter().filter_map(&value);
        values.find(|value| !value.is_empty()).map(str::to_owned)
    };
    Proxies {
        http: one("HTTP_PROXY", "http_proxy"),
        https: one("HTTPS_PROXY", "https_proxy"),
        no_proxy: one("NO_PROXY", "no_proxy"),
    }
}

/// What a process was started with; nothing where there is none.
pub(crate) fn of_process(machine: &dyn Machine, pid: u32) -> Option<Vec<(String, String)>> {
    if pid == 0 {
        return None;
    }
    let environment = text(machine, &PathBuf::from(format!("/proc/{pid}/environ")))?;
    let pair = |it: &str| it.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    Some(environment.split('\0').filter_map(pair).collect())
}

/// A variable of a process. Of two with the same name the first counts, as getenv(3) has it.
pub(crate) fn variable<'a>(environment: &'a [(String, String)], name: &str) -> Option<&'a str> {
    environment.iter().find(|(set, _)| set == name).map(|(_, value)| value.as_str())
}

impl DaemonProxies {
    /// What the unit and its process say.
    pub(crate) fn of(machine: &dyn Machine, unit: &Unit) -> Self {
        Self::by(machine, unit, |name| vec![name.to_owned()])
    }

    /// The same where the daemon goes by other names of the variables first.
    pub(crate) fn by(machine: &dyn Machine, unit: &Unit, names: impl Fn(&str) -> Vec<String>) -> Self {
        let environment = &unit.environment;
        let first = |name: &str| names(name).into_iter().find(|name| environment.value(name).is_some());
        let said = proxies(|name| environment.value(&first(name)?));
        let file = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"]
            .into_iter()
            .find_map(|name| environment.file_of(&first(name)?));
        let place = file.map_or_else(|| unit.name.clone(), |file| file.display().to_string());
        let running = if unit.active { of_process(machine, unit.main_pid) } else { None };
        let process = running
            .filter(|it| !drop_in::is_ours(variable(it, "NO_PROXY")))
            .map(|running| proxies(|name| names(name).iter().find_map(|name| variable(&running, name))));
        Self { unit: said, place, process }
    }

    /// What the daemon has without us.
    pub(crate) fn effective(
        &self,
        engine: EngineId,
        machine: &dyn Machine,
        originals: &Originals,
    ) -> Result<Proxies, OriginalsError> {
        if let Some(process) = &self.process {
            return Ok(process.clone());
        }
        let kept = load(engine, machine, originals)?.filter(|kept| kept.unit == self.unit);
        Ok(kept.map_or_else(|| self.unit.clone(), |kept| kept.process))
    }

    /// Where these effective proxies were read: the unit where only its process had them.
    pub(crate) fn place_of(&self, proxies: &Proxies, unit: &str) -> String {
        if *proxies == self.unit { self.place.clone() } else { unit.to_owned() }
    }
}

/// Keeps what the process of an engine has, before it gets ours.
fn remember(
    engine: EngineId,
    known: &DaemonProxies,
    machine: &dyn Machine,
    originals: &Originals,
) -> Result<(), OriginalsError> {
    let Some(process) = known.process.clone() else { return Ok(()) };
    let kept = Remembered { schema: SCHEMA, unit: known.unit.clone(), process };
    if kept.unit == kept.process {
        return forget(engine, machine, originals);
    }
    if load(engine, machine, originals)?.as_ref() == Some(&kept) {
        return Ok(());
    }
    let path = path(engine, originals);
    let text = serde_json::to_vec_pretty(&kept)
        .map_err(|error| OriginalsError::Damaged { path: path.clone(), problem: error.to_string() })?;
    if machine.entry(originals.folder())?.is_none() {
        machine.make_folder(originals.folder())?;
    }
    Ok(machine.write(&path, &text, Attributes::SECRET)?)
}

/// Before a plan is carried out that leads an engine through the gateway. `known` is the environment that it changes;
/// none where it changes none.
pub(crate) fn before(
    plan: &Plan,
    known: Option<DaemonProxies>,
    machine: &dyn Machine,
    originals: &Originals,
) -> Result<(), OriginalsError> {
    known.map_or(Ok(()), |known| remember(plan.engine, &known, machine, originals))
}

/// After a plan was carried out: an engine that is the person's again tells by itself what it has.
pub(crate) fn after(plan: &Plan, machine: &dyn Machine, originals: &Originals) -> Result<(), OriginalsError> {
    let is_restored = !plan.edits.is_empty() && plan.edits.iter().all(|edit| edit.restores);
    if is_restored { forget(plan.engine, machine, originals) } else { Ok(()) }
}

fn forget(engine: EngineId, machine: &dyn Machine, originals: &Originals) -> Result<(), OriginalsError> {
    let path = path(engine, originals);
    if machine.entry(&path)?.is_some() {
        machine.remove(&path)?;
    }
    Ok(())
}

fn load(
    engine: EngineId,
    machine: &dyn Machine,
    originals: &Originals,
) -> Result<Option<Remembered>, OriginalsError> {
    let path = path(engine, originals);
    let Some(bytes) = machine.read(&path)? else { return Ok(None) };
    let read = serde_json::from_slice::<Remembered>(&bytes).map_err(|error| error.to_string());
    let known = read.and_then(|kept| match kept.schema {
        SCHEMA => Ok(kept),
        other => Err(format!("its schema is {other}, this version knows {SCHEMA}")),
    });
    known.map(Some).map_err(|problem| OriginalsError::Damaged { path, problem })
}

fn path(engine: EngineId, originals: &Originals) -> PathBuf {
    originals.folder().join(format!("{engine}.environment.json"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desired_routing::tests::desired;
    use crate::machine::memory::Memory;
    use crate::machine::simulated::{self, units};
    use crate::{apply, find, plan, restore, upstream_facts};

    const STATE: &str = "/var/lib/pullgate-steward/originals";
    const DROP_IN: &str = "/etc/systemd/system/docker.service.d/http-proxy.conf";

    fn docker(machine: &Memory) -> Option<String> {
        let facts = upstream_facts(machine, &Originals::at(STATE));
        facts.engines.into_iter().find(|it| it.engine == EngineId::Docker)?.egress.settings.https
    }

    fn route(machine: &Memory) {
        let plan = plan(&find(machine)[0], machine, &Originals::at(STATE), &desired()).unwrap();
        apply(&plan, machine, &Originals::at(STATE)).unwrap();
    }

    #[test]
    fn what_only_the_process_had_is_known_until_the_person_changes_the_unit() {
        let machine =
            simulated::machine(&[(DROP_IN, "[Service]\nEnvironment=HTTPS_PROXY=http://unit:1\n")], 0);
        machine.put("/proc/7/environ", b"HTTPS_PROXY=http://ada:%31@wrapper:1\0");
        assert_eq!(docker(&machine).as_deref(), Some("http://ada:%31@wrapper:1"));
        route(&machine);
        assert!(machine.text("/proc/7/environ").unwrap().contains("NO_PROXY=pullgate.invalid"));
        assert_eq!(docker(&machine).as_deref(), Some("http://ada:%31@wrapper:1"));
        route(&machine);
        assert_eq!(docker(&machine).as_deref(), Some("http://ada:%31@wrapper:1"));
        let kept = Originals::at(STATE).folder().join("docker.environment.json");
        assert_eq!(machine.entry(&kept).unwrap().unwrap().attributes, Attributes::SECRET);
        machine.put(DROP_IN, b"[Service]\nEnvironment=HTTPS_PROXY=http://ada:%%32@other:1\n");
        machine.run(&["systemctl", "daemon-reload"]);
        assert_eq!(docker(&machine).as_deref(), Some("http://ada:%32@other:1"));
        restore(EngineId::Docker, &machine, &Originals::at(STATE), false).unwrap();
        assert_eq!(machine.entry(&kept), Ok(None));
    }

    #[test]
    fn an_engine_that_went_out_directly_still_does() {
        let machine = simulated::machine(&[("/etc/environment", "HTTPS_PROXY=http://ada:p@machine:1\n")], 0);
        route(&machine);
        assert_eq!(docker(&machine), None);
        let facts = upstream_facts(&machine, &Originals::at(STATE));
        assert_eq!(facts.machine.settings.https.as_deref(), Some("http://ada:p@machine:1"));
        assert_eq!(facts.machine.source.to_string(), "`/etc/environment`");
        assert!(facts.engines.iter().all(|it| it.egress.settings.is_direct()), "{facts:?}");
    }

    #[test]
    fn two_engines_keep_the_ways_that_each_had() {
        let files = [
            ("/etc/docker/daemon.json", r#"{"proxies":{"https-proxy":"socks5://127.0.0.1:1080"}}"#),
            (
                "/etc/systemd/system/containerd.service.d/p.conf",
                "[Service]\nEnvironment=HTTPS_PROXY=http://c:1\n",
            ),
            ("/etc/containers/containers.conf.d/p.conf", "[engine]\nenv = [\"https_proxy=http://p:1\"]\n"),
        ];
        let mut machine = simulated::machine(&files, 0);
        let play = machine.react.take().unwrap();
        machine.react = Some(Box::new(move |machine, command| {
            let mut output = play(machine, command)?;
            if let ["systemctl", "show", "containerd.service", ..] = command {
                output.stdout = output.stdout.replace("MainPID=7", "MainPID=8");
            }
            Some(output)
        }));
        machine.put("/proc/8/environ", units::started_with(&machine, "containerd.service").as_bytes());
        let known_proxies = |machine: &Memory| {
            let facts = upstream_facts(machine, &Originals::at(STATE));
            let one =
                |it: &crate::EngineEgress| format!("{:?} by {}", it.egress.settings.https, it.egress.source);
            facts.engines.iter().map(one).collect::<Vec<_>>()
        };
        let before = known_proxies(&machine);
        assert_eq!(
            before,
            [
                "Some(\"socks5://127.0.0.1:1080\") by Docker Engine, `/etc/docker/daemon.json`",
                "Some(\"http://p:1\") by Podman family, `/etc/containers/containers.conf.d/p.conf`",
                "Some(\"http://c:1\") by containerd, `containerd.service`",
            ]
        );
        for found in find(&machine) {
            let plan = plan(&found, &machine, &Originals::at(STATE), &desired()).unwrap();
            apply(&plan, &machine, &Originals::at(STATE)).unwrap();
        }
        assert_eq!(known_proxies(&machine), before);
    }
}

//! Where an engine itself sends logs and telemetry, by its own configuration: no image comes from there by it.
//!
//! Whoever writes that configuration decides what runs as root on the machine: it is a file of root, a container
//! that somebody with access to the engine has made, or the environment of the engine's own process.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::Machine;
use crate::docker_packaging;
use crate::machine::variable;

/// More containers are not looked at.
const CONTAINERS: usize = 4096;
/// What OpenTelemetry's libraries read, of which dockerd and `buildkitd` have one.
const ENDPOINTS: [&str; 4] = [
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
    "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
];

/// Whether the engine that runs as this process sends logs or telemetry to that place.
pub fn sends_logs_to(machine: &dyn Machine, pid: u32, host: &str, port: u16) -> bool {
    let is_it =
        |value: &str| address(value).is_some_and(|(its, at)| its.eq_ignore_ascii_case(host) && at == port);
    let mut endpoints = ENDPOINTS.iter().filter_map(|name| variable(machine, pid, name));
    endpoints.any(|value| is_it(&value)) || log_options(machine).iter().any(|value| is_it(value))
}

/// The values of all options of log drivers: those of the daemon, and those of each container.
fn log_options(machine: &dyn Machine) -> Vec<String> {
    let mut found = Vec::new();
    for (file, standard) in docker_packaging::stores() {
        let daemon = json(machine, Path::new(file));
        if daemon.is_none() && machine.entry(Path::new(standard)).ok().flatten().is_none() {
            continue;
        }
        let daemon = daemon.unwrap_or_default();
        found.extend(values(&daemon["log-opts"]));
        let root = daemon["data-root"].as_str().unwrap_or(standard);
        let containers = PathBuf::from(root).join("containers");
        for id in machine.names(&containers).unwrap_or_default().into_iter().take(CONTAINERS) {
            let container = json(machine, &containers.join(id).join("hostconfig.json")).unwrap_or_default();
            found.extend(values(&container["LogConfig"]["Config"]));
        }
    }
    found
}

fn json(machine: &dyn Machine, path: &Path) -> Option<Value> {
    serde_json::from_slice(&machine.read(path).ok()??).ok()
}

fn values(options: &Value) -> Vec<String> {
    let options = options.as_object().into_iter().flatten();
    options.filter_map(|(_, value)| Some(value.as_str()?.to_owned())).collect()
}

/// Host and port of `https://host[:port]/…`; anything else names no place that a proxy is asked for by CONNECT.
fn address(value: &str) -> Option<(&str, u16)> {
    let rest = value.trim().strip_prefix("https://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
    let (host, port) = match place.strip_prefix('[') {
        Some(inside) => {
            let (host, after) = inside.split_once(']')?;
            (host, after.strip_prefix(':'))
        }
        None => place.rsplit_once(':').map_or((place, None), |(host, port)| (host, Some(port))),
    };
    let port = port.map_or(Some(443), |port| port.parse().ok())?;
    (!host.is_empty()).then_some((host, port))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::memory::Memory;

    const SPLUNK: &str = r#"{ "LogConfig": { "Type": "splunk", "Config": {
        "splunk-url": "https://splunk.lab.example:8088", "splunk-token": "secret" } } }"#;

    fn sends(machine: &Memory, host: &str, port: u16) -> bool {
        sends_logs_to(machine, 7, host, port)
    }

    #[test]
    fn a_log_drivers_place_is_that_of_a_container_or_of_the_daemon() {
        let machine = Memory::with(&[
            ("/var/lib/docker/containers/0a/hostconfig.json", SPLUNK),
            ("/var/lib/docker/containers/0b/hostconfig.json", r#"{ "LogConfig": { "Type": "json-file" } }"#),
            ("/var/lib/docker/containers/0c/hostconfig.json", "not JSON"),
            ("/etc/docker/daemon.json", r#"{ "log-opts": { "splunk-url": "https://logs.example/in" } }"#),
        ]);
        assert!(sends(&machine, "splunk.lab.example", 8088) && sends(&machine, "logs.example", 443));
        assert!(!sends(&machine, "splunk.lab.example", 443) && !sends(&machine, "registry.example", 443));
    }

    #[test]
    fn containers_are_looked_for_where_the_daemon_keeps_them() {
        let machine = Memory::with(&[
            ("/srv/docker/containers/0a/hostconfig.json", SPLUNK),
            ("/etc/docker/daemon.json", r#"{ "data-root": "/srv/docker" }"#),
        ]);
        assert!(sends(&machine, "splunk.lab.example", 8088));
    }

    #[test]
    fn telemetry_goes_where_the_engines_own_environment_says() {
        let environment = "A=b\0OTEL_EXPORTER_OTLP_ENDPOINT=https://otel.example:4318\0";
        let machine = Memory::with(&[("/proc/7/environ", environment)]);
        assert!(sends(&machine, "otel.example", 4318) && !sends_logs_to(&machine, 8, "otel.example", 4318));
    }

    #[test]
    fn an_address_is_read_in_every_notation_and_nothing_else_is_one() {
        for (text, found) in [
            ("https://a.example", Some(("a.example", 443))),
            ("https://me:pass@a.example:8088/x?y", Some(("a.example", 8088))),
            ("https://[2001:db8::1]:8088", Some(("2001:db8::1", 8088))),
            ("http://a.example", None),
            ("tcp://a.example:12201", None),
            ("https://", None),
            ("https://a:b", None),
        ] {
            assert_eq!(address(text), found, "{text}");
        }
    }
}

//! policy.json as a second lock. Registries that lead to the gateway keep the requirements they had, so that an
//! administrator's signatures stay required; every other name of the `docker` transport is refused.

use serde_json::{Map, Value, json};

use crate::json::{Broken, Document, set};

const HUB_ALIASES: [&str; 3] =
    ["registry-1.docker.io", "registry.hub.docker.com", "registry.ipv6.docker.com"];
/// A scope names one port; these are where development registries listen.
const LOOPBACK_HOSTS: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];
const LOOPBACK_PORTS: [&str; 16] = [
    "80", "443", "5000", "5001", "5002", "5003", "5005", "5010", "5050", "5555", "8000", "8080", "8081",
    "8082", "8443", "32000",
];

/// The text with the lock; unchanged where unlisted names are refused already.
pub fn locked(text: &[u8], named: &[String], loopback: bool) -> Result<Vec<u8>, Broken> {
    let document = Document::parse_bytes(text)?;
    let value = document.value();
    let scopes = value.get("transports").and_then(|it| it.get("docker")).and_then(Value::as_object);
    let scopes = scopes.cloned().unwrap_or_default();
    let Some(required) = scopes.get("").or_else(|| value.get("default")).cloned() else {
        return Ok(text.to_vec());
    };
    if rejects(&required) {
        return Ok(text.to_vec());
    }
    let object = document.object().object_value_or_create("transports").ok_or(Broken::NotAnObject)?;
    let docker = object.object_value_or_create("docker").ok_or(Broken::NotAnObject)?;
    for scope in wanted(named, loopback).iter().filter(|scope| !is_ruled(&scopes, scope)) {
        set(&docker, scope, &required);
    }
    set(&docker, "", &json!([{ "type": "reject" }]));
    Ok(document.text().into_bytes())
}

fn wanted(named: &[String], loopback: bool) -> Vec<String> {
    let mut scopes = named.to_vec();
    scopes.extend(HUB_ALIASES.iter().map(|alias| (*alias).to_owned()));
    if loopback {
        for host in LOOPBACK_HOSTS {
            scopes.push(host.to_owned());
            scopes.extend(LOOPBACK_PORTS.iter().map(|port| format!("{host}:{port}")));
        }
    }
    scopes
}

/// Whether the person has a rule for this host: by its name, or by a `*.domain` around it.
fn is_ruled(scopes: &Map<String, Value>, host: &str) -> bool {
    let bare = host.split(':').next().unwrap_or(host);
    let around = |scope: &str| scope.strip_prefix('*').is_some_and(|domain| bare.ends_with(domain));
    scopes.keys().any(|scope| scope == host || around(scope))
}

fn rejects(requirements: &Value) -> bool {
    requirements.as_array().into_iter().flatten().any(|requirement| requirement["type"] == "reject")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock(text: &str) -> Value {
        let locked = locked(text.as_bytes(), &["docker.io".into(), "quay.io".into()], false).unwrap();
        serde_json::from_slice(&locked).unwrap()
    }

    #[test]
    fn unlisted_names_are_refused_and_the_rest_stays_as_it_was() {
        let accept = json!([{ "type": "insecureAcceptAnything" }]);
        let policy = json!({ "default": accept, "transports": { "docker-daemon": { "": accept } } });
        assert_eq!(
            lock(&policy.to_string()),
            json!({ "default": accept, "transports": {
                "docker-daemon": { "": accept },
                "docker": {
                    "docker.io": accept, "quay.io": accept, "registry-1.docker.io": accept,
                    "registry.hub.docker.com": accept, "registry.ipv6.docker.com": accept, "": [{ "type": "reject" }],
                },
            } })
        );
    }

    #[test]
    fn signatures_an_administrator_requires_stay_required() {
        let signed = json!([{ "type": "sigstoreSigned", "keyPath": "/k" }]);
        let accept = json!([{ "type": "insecureAcceptAnything" }]);
        let docker = json!({ "": signed, "*.io": accept, "docker.io/acme": accept });
        let policy = json!({ "default": accept, "transports": { "docker": docker } });
        let locked = lock(&policy.to_string());
        let scopes = &locked["transports"]["docker"];
        assert_eq!(scopes["registry.hub.docker.com"], signed);
        assert_eq!(scopes["docker.io/acme"], accept);
        assert_eq!((&scopes["docker.io"], &scopes["quay.io"]), (&Value::Null, &Value::Null));
        assert_eq!(scopes[""], json!([{ "type": "reject" }]));
    }

    #[test]
    fn a_policy_that_refuses_already_is_left_alone() {
        let policy = "{\"default\":[{\"type\":\"reject\"}]}";
        assert_eq!(locked(policy.as_bytes(), &[], true).unwrap(), policy.as_bytes());
    }

    #[test]
    fn development_registries_on_loopback_stay_usable() {
        let policy = "{\"default\":[{\"type\":\"insecureAcceptAnything\"}]}";
        let locked: Value = serde_json::from_slice(&locked(policy.as_bytes(), &[], true).unwrap()).unwrap();
        let accept = json!([{ "type": "insecureAcceptAnything" }]);
        for scope in ["localhost", "localhost:5000", "127.0.0.1:5000", "[::1]:8080"] {
            assert_eq!(locked["transports"]["docker"][scope], accept, "{scope}");
        }
    }
}

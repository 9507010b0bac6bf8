//! What the gateway must know of this machine to stand in an engine's place: whom registries trust, which are
//! reached without encryption, the proxy on the way out, and the redirects that were taken over.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::containerd::{self, docker_layout, persons_folders, roots};
use crate::machine::Kind;
use crate::plan::{Proxies, Redirect};
use crate::podman::{self, persons_entries};
use crate::{Facts, Machine, Originals, buildkit, docker};

const CERTS_D: [&str; 2] = ["/etc/docker/certs.d", "/etc/containers/certs.d"];

/// A certificate to show, with its key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientPair {
    /// The certificate.
    pub certificate_pem: String,
    /// Its key.
    pub key_pem: String,
}

impl fmt::Debug for ClientPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientPair(..)")
    }
}

/// Whom to trust at one host, and what to show it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HostTrust {
    /// Authorities to trust beside the system's.
    pub ca_pem: Vec<String>,
    /// Certificates to show.
    pub clients: Vec<ClientPair>,
    /// The files all this comes from.
    pub sources: Vec<PathBuf>,
}

/// Everything the upstream leg needs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpstreamFacts {
    /// By host, with its port where one is given.
    pub hosts: BTreeMap<String, HostTrust>,
    /// Hosts or address ranges reached without certificate or encryption.
    pub insecure_registries: Vec<String>,
    /// The proxy on the way out.
    pub proxies: Proxies,
    /// Mirrors to ask for Docker Hub first.
    pub mirrors: Vec<String>,
    /// Redirects of the Podman family and containerd.
    pub redirects: Vec<Redirect>,
}

/// Reads the machine as its person configured it, our part taken out. What is not root's own is left out.
pub fn upstream_facts(machine: &dyn Machine, originals: &Originals) -> UpstreamFacts {
    let mut facts = UpstreamFacts::default();
    if let Some(Facts::Docker(docker)) = docker::find(machine).map(|found| found.facts) {
        let (taken_over, insecure) = docker::persons_file(&docker, machine, originals);
        facts.proxies = taken_over.proxies;
        facts.mirrors = taken_over.mirrors;
        facts.insecure_registries.extend(insecure);
    }
    if facts.proxies.is_empty() {
        facts.proxies = buildkit::persons_proxies(machine).unwrap_or_default();
    }
    for folder in CERTS_D.map(Path::new) {
        for host in machine.names(folder).unwrap_or_default() {
            if let Some(trust) = docker_layout(machine, &folder.join(&host), &host) {
                facts.add(machine, originals, &trust);
            }
        }
    }
    let entries = persons_entries(machine).unwrap_or_default();
    facts.redirects.extend(podman::redirects(&entries));
    facts.insecure_registries.extend(entries.into_iter().flat_map(|entry| entry.insecure));
    facts.add_containerd(machine, originals);
    facts.insecure_registries.sort();
    facts.insecure_registries.dedup();
    facts
}

impl UpstreamFacts {
    fn add_containerd(&mut self, machine: &dyn Machine, originals: &Originals) {
        let found = containerd::find(machine).map(|found| found.facts);
        let Some(Facts::Containerd(containerd)) = found else { return };
        for folder in persons_folders(machine, originals, &roots(&containerd)).unwrap_or_default() {
            folder.trust.iter().for_each(|trust| self.add(machine, originals, trust));
            self.redirects.extend(folder.redirect);
            self.insecure_registries.extend(folder.insecure);
        }
    }

    fn add(&mut self, machine: &dyn Machine, originals: &Originals, trust: &containerd::Trust) {
        let mut found = HostTrust::default();
        let is_ours = |path: &Path| matches!(originals.load(machine, path), Ok(Some(_)));
        for path in trust.ca.iter().filter(|path| !is_ours(path)) {
            if let Some(pem) = roots_own(machine, path) {
                found.ca_pem.push(pem);
                found.sources.push(path.clone());
            }
        }
        for (certificate, key) in &trust.clients {
            if let (Some(certificate_pem), Some(key_pem)) =
                (roots_own(machine, certificate), roots_own(machine, key))
            {
                found.clients.push(ClientPair { certificate_pem, key_pem });
                found.sources.extend([certificate.clone(), key.clone()]);
            }
        }
        if found == HostTrust::default() {
            return;
        }
        let known = self.hosts.entry(trust.host.clone()).or_default();
        let new = found.ca_pem.into_iter().filter(|pem| !known.ca_pem.contains(pem)).collect::<Vec<_>>();
        known.ca_pem.extend(new);
        known.clients.extend(found.clients);
        known.sources.extend(found.sources);
    }
}

/// The file, if only root could have put it there.
fn roots_own(machine: &dyn Machine, path: &Path) -> Option<String> {
    let is_roots = |path: &Path, kind: Kind| match machine.entry(path) {
        Ok(Some(entry)) => {
            entry.kind == kind && entry.attributes.uid == 0 && entry.attributes.mode & 0o022 == 0
        }
        Ok(None) | Err(_) => false,
    };
    let trusted = is_roots(path, Kind::File) && path.parent().is_some_and(|it| is_roots(it, Kind::Folder));
    if !trusted {
        tracing::warn!(path = %path.display(), "left out, since others than root could change it");
        return None;
    }
    crate::machine::text(machine, path)
}

#[cfg(test)]
mod tests;

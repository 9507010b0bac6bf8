//! What the gateway must know of this machine to stand in an engine's place: whom registries trust, which are
//! reached without encryption, the way out that each engine had, and the redirects that were taken over.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use config_edit::{Redirect, registries_d};
use egress::Egress;
use serde::{Deserialize, Serialize};

use crate::containerd::{self, docker_layout, persons_folders, roots};
use crate::docker::DockerFacts;
use crate::machine::Kind;
use crate::podman::{self, persons_entries};
use crate::{Found, Machine, Originals, docker};

mod engine_egress;
mod environment;
mod own;
mod process;
mod readers;
mod refusal;

pub use engine_egress::EngineEgress;
pub(crate) use engine_egress::of as egress_of;
pub use process::{OwnFiles, ProcessEnvironment, own_containers_env};
pub(crate) use refusal::{note, refuse};

const DOCKER_CERTS: &str = "/etc/docker/certs.d";
/// The engines made of containers/image look into the first that has the host.
const CONTAINERS_CERTS: [&str; 2] = ["/etc/containers/certs.d", DOCKER_CERTS];

/// Engines that read the same settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Family {
    /// Docker Engine and BuildKit.
    Docker,
    /// Podman, Buildah, Skopeo, CRI-O.
    Podman,
    /// containerd and K3s.
    Containerd,
}

/// A certificate to show, with its key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientPair {
    /// The file of the certificate.
    pub path: PathBuf,
    /// The certificate.
    pub certificate_pem: String,
    /// Its key.
    pub key_pem: String,
    /// Who can read the key besides root.
    #[serde(default)]
    pub readers: Readers,
}

/// Who can read a file besides root.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Readers {
    /// Whether everybody can.
    pub everybody: bool,
    /// Those who can where not everybody can.
    pub users: BTreeSet<u32>,
}

impl fmt::Debug for ClientPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClientPair({})", self.path.display())
    }
}

/// A file with certificates to trust.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthorityFile {
    /// The file.
    pub path: PathBuf,
    /// What stands in it.
    pub pem: String,
}

/// Whom to trust at one host, and what to show it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HostTrust {
    /// Authorities to trust beside the system's.
    pub ca: Vec<AuthorityFile>,
    /// Certificates of which one is shown.
    pub clients: Vec<ClientPair>,
}

/// Whom one family of engines trusts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FamilyTrust {
    /// For every host beside the system's, as by `SSL_CERT_FILE`.
    pub ca: Vec<AuthorityFile>,
    /// By host, with its port where one is given.
    pub hosts: BTreeMap<String, HostTrust>,
    /// Hosts or address ranges reached without certificate or encryption.
    pub insecure: Vec<String>,
    /// Whether what is below a prefix of registries.conf may be.
    pub prefixes: BTreeMap<String, bool>,
}

/// Everything the upstream leg needs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpstreamFacts {
    /// Whom the engines trust.
    pub trust: BTreeMap<Family, FamilyTrust>,
    /// The way out that each engine has without us; none of an engine goes out as its asking process does.
    pub engines: Vec<EngineEgress>,
    /// The way out that login sessions of this machine have.
    pub machine: Egress,
    /// Mirrors to ask for Docker Hub first.
    pub mirrors: Vec<String>,
    /// Redirects of the Podman family and containerd.
    pub redirects: Vec<Redirect>,
    /// Web folders with signatures, by the name under which the mirror front hands them out.
    pub lookasides: BTreeMap<String, String>,
}

/// Reads the machine as its person configured it, our part taken out. What is not root's own is left out.
pub fn upstream_facts(machine: &dyn Machine, originals: &Originals) -> UpstreamFacts {
    let found = crate::find(machine);
    let mut facts = UpstreamFacts::default();
    let docker = found.iter().find_map(|found| Some((found, found.facts_as::<DockerFacts>()?)));
    if let Some((docker, of_docker)) = docker {
        let persons = docker::persons_file(docker, of_docker, machine, originals);
        facts.mirrors = persons.taken_over.mirrors;
        facts.of(Family::Docker).insecure.extend(persons.insecure);
    }
    facts.engines = engine_egress::of_engines(&found, machine, originals);
    facts.machine = engine_egress::of_machine(machine);
    facts.add_certs_d(machine, originals);
    facts.add_registries_conf(machine);
    facts.add_containerd(machine, originals);
    for (family, files) in environment::certificates(machine) {
        facts.of(family).ca.extend(files);
    }
    facts.trust.retain(|_, trust| *trust != FamilyTrust::default());
    facts
}

impl UpstreamFacts {
    fn of(&mut self, family: Family) -> &mut FamilyTrust {
        self.trust.entry(family).or_default()
    }

    fn add_certs_d(&mut self, machine: &dyn Machine, originals: &Originals) {
        let names = |folder: &str| machine.names(Path::new(folder)).unwrap_or_default();
        // nerdctl and containerd 2 read Docker's folder too, and K3s is told to use it.
        for family in [Family::Docker, Family::Containerd] {
            for host in names(DOCKER_CERTS) {
                let trust = docker_layout(machine, &own::within(DOCKER_CERTS, &host), &host);
                self.add(family, machine, originals, trust);
            }
        }
        let mut known = Vec::new();
        for folder in CONTAINERS_CERTS {
            for host in names(folder) {
                if !known.contains(&host) {
                    let trust = docker_layout(machine, &own::within(folder, &host), &host);
                    self.add(Family::Podman, machine, originals, trust);
                    known.push(host);
                }
            }
        }
    }

    fn add_registries_conf(&mut self, machine: &dyn Machine) {
        let entries = persons_entries(machine).unwrap_or_default();
        self.redirects.extend(podman::redirects(&entries));
        let prefixes = &mut self.of(Family::Podman).prefixes;
        prefixes.extend(entries.iter().map(|entry| (entry.prefix.clone(), entry.is_insecure)));
        for name in entries.into_iter().flat_map(|entry| entry.insecure) {
            prefixes.entry(name).or_insert(true);
        }
        if !prefixes.values().any(|is_insecure| *is_insecure) {
            prefixes.clear();
        }
        self.lookasides =
            podman::persons_signatures(machine).map(|it| registries_d::web_folders(&it)).unwrap_or_default();
    }

    fn add_containerd(&mut self, machine: &dyn Machine, originals: &Originals) {
        let found = containerd::find(machine);
        let Some(containerd) = found.as_ref().and_then(Found::facts_as) else { return };
        for folder in persons_folders(machine, originals, &roots(containerd)).unwrap_or_default() {
            for trust in folder.trust {
                self.add(Family::Containerd, machine, originals, Some(trust));
            }
            self.redirects.extend(folder.redirect);
            self.of(Family::Containerd).insecure.extend(folder.insecure);
        }
    }

    fn add(
        &mut self,
        family: Family,
        machine: &dyn Machine,
        originals: &Originals,
        trust: Option<containerd::Trust>,
    ) {
        let Some(trust) = trust else { return };
        let mut found = HostTrust::default();
        let is_ours = |path: &Path| matches!(originals.load(machine, path), Ok(Some(_)));
        for path in trust.ca.into_iter().filter(|path| !is_ours(path)) {
            found.ca.extend(own::text(machine, &path).map(|pem| AuthorityFile { path, pem }));
        }
        for (path, key) in trust.clients {
            if let (Some(certificate_pem), Some(key_pem)) =
                (own::text(machine, &path), own::text(machine, &key))
            {
                let readers = readers::of(machine, &key);
                found.clients.push(ClientPair { path, certificate_pem, key_pem, readers });
            }
        }
        if found == HostTrust::default() {
            return;
        }
        let known = self.of(family).hosts.entry(trust.host).or_default();
        for new in found.ca {
            if !known.ca.iter().any(|old| old.pem == new.pem) {
                known.ca.push(new);
            }
        }
        known.clients.extend(found.clients);
    }
}

#[cfg(test)]
mod tests;

//! The folders of `certs.d`: `_default`, one a registry of the policy, and every one the person has, since a
//! folder without a `hosts.toml` of ours would shadow `_default` and pull directly.

use std::path::{Path, PathBuf};

use config_edit::containerd_toml::CERTS_D;
use config_edit::hosts_toml::{self, CA_FILE, Said};
use config_edit::{Format, Redirect};

use crate::machine::Kind;
use crate::plan::Unplannable;
use crate::plan_builder::PlanBuilder;
use crate::{DesiredRouting, EngineId, Machine, Originals};

const FILE: &str = "hosts.toml";
const DEFAULT: &str = "_default";

/// What a person's folder says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PersonsFolder {
    pub(crate) path: PathBuf,
    pub(crate) registry: String,
    pub(crate) redirect: Option<Redirect>,
    /// Hosts with files for trust: host, authorities, certificate and key, in absolute paths.
    pub(crate) trust: Vec<Trust>,
    /// Hosts reached without certificate or encryption.
    pub(crate) insecure: Vec<String>,
}

/// Files of a person for one host.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Trust {
    pub(crate) host: String,
    pub(crate) ca: Vec<PathBuf>,
    pub(crate) clients: Vec<(PathBuf, PathBuf)>,
}

/// Sets every file below the roots, and the authority they name.
pub(super) fn set_all(
    builder: &mut PlanBuilder<'_>,
    machine: &dyn Machine,
    roots: &[PathBuf],
    desired: &DesiredRouting,
) -> Result<(), Unplannable> {
    builder.set(Path::new(CA_FILE), Format::Lines, desired.mirror_ca_pem.clone().into_bytes())?;
    for root in roots {
        builder.set(
            &root.join(DEFAULT).join(FILE),
            Format::Toml,
            hosts_toml::text(&desired.mirror, None).into_bytes(),
        )?;
        for (folder, registry) in registries(builder, machine, root, desired)? {
            let text = hosts_toml::text(&desired.mirror, Some(&registry));
            builder.set(&root.join(folder).join(FILE), Format::Toml, text.into_bytes())?;
        }
    }
    Ok(())
}

/// Folder and registry of every file beside `_default`.
fn registries(
    builder: &PlanBuilder<'_>,
    machine: &dyn Machine,
    root: &Path,
    desired: &DesiredRouting,
) -> Result<Vec<(String, String)>, Unplannable> {
    let named = desired.named();
    let mut all: Vec<(String, String)> = named.into_iter().map(|it| (folder_name(&it), it)).collect();
    for name in machine.names(root)? {
        let folder = root.join(&name);
        let is_folder = machine.entry(&folder)?.is_some_and(|entry| entry.kind != Kind::File);
        let is_persons = !builder.made_folder(&folder) || machine.names(&folder)?.iter().any(|it| it != FILE);
        if is_folder && is_persons && name != DEFAULT && !all.iter().any(|(known, _)| *known == name) {
            all.push((name.clone(), registry_of(&name)));
        }
    }
    Ok(all)
}

/// Every folder's registry and address of the gateway, as it should stand there.
pub(super) fn expected(
    machine: &dyn Machine,
    root: &Path,
    desired: &DesiredRouting,
) -> Vec<(PathBuf, String)> {
    let names = machine.names(root).unwrap_or_default();
    let mut folders: Vec<(String, Option<String>)> = vec![(DEFAULT.into(), None)];
    folders.extend(desired.named().into_iter().map(|registry| (folder_name(&registry), Some(registry))));
    for name in names {
        let is_folder =
            matches!(machine.entry(&root.join(&name)), Ok(Some(entry)) if entry.kind != Kind::File);
        if is_folder && !folders.iter().any(|(known, _)| *known == name) {
            let registry = registry_of(&name);
            folders.push((name, Some(registry)));
        }
    }
    let file = |name: &str| root.join(name).join(FILE);
    folders
        .iter()
        .map(|(name, it)| (file(name), hosts_toml::gateway(&desired.mirror, it.as_deref())))
        .collect()
}

/// Every `hosts.toml` where containerd looks by itself.
pub(super) fn files_below_default_root(machine: &dyn Machine) -> Vec<PathBuf> {
    let root = Path::new(CERTS_D);
    let names = machine.names(root).unwrap_or_default();
    names.iter().map(|name| root.join(name).join(FILE)).collect()
}

/// What the person's own folders say, ours taken out.
pub(crate) fn persons_folders(
    machine: &dyn Machine,
    originals: &Originals,
    roots: &[PathBuf],
) -> Result<Vec<PersonsFolder>, Unplannable> {
    let builder =
        PlanBuilder::new(EngineId::Containerd, machine, originals, &files_below_default_root(machine))?;
    let mut folders = Vec::new();
    for root in roots {
        for name in machine.names(root)? {
            let path = root.join(&name);
            let text =
                builder.without_ours(&path.join(FILE))?.map(|it| String::from_utf8_lossy(&it).into_owned());
            if text.is_some() || !machine.names(&path)?.is_empty() {
                folders.push(read(machine, path, &registry_of(&name), text.as_deref()));
            }
        }
    }
    Ok(folders)
}

fn read(machine: &dyn Machine, path: PathBuf, registry: &str, text: Option<&str>) -> PersonsFolder {
    let said = text.map(hosts_toml::said).unwrap_or_default();
    let absolute = |file: &String| path.join(file);
    let mut trust: Vec<Trust> = said
        .hosts
        .iter()
        .map(|host| Trust {
            host: host_of(&host.url).unwrap_or(registry).to_owned(),
            ca: host.ca.iter().map(absolute).collect(),
            clients: host.clients.iter().map(|(cert, key)| (absolute(cert), absolute(key))).collect(),
        })
        .collect();
    trust.retain(|trust| !trust.ca.is_empty() || !trust.clients.is_empty());
    if text.is_none() {
        trust.extend(docker_layout(machine, &path, registry));
    }
    let insecure = said.hosts.iter().filter(|host| host.insecure);
    let mut insecure: Vec<String> =
        insecure.map(|host| host_of(&host.url).unwrap_or(registry).to_owned()).collect();
    let plain = said.server.as_deref().filter(|server| server.starts_with("http://"));
    insecure.extend(plain.and_then(host_of).map(str::to_owned));
    PersonsFolder {
        redirect: redirect(registry, &said),
        registry: registry.to_owned(),
        trust,
        insecure,
        path,
    }
}

/// `*.crt` are authorities, `*.cert` with `*.key` are ours to show.
pub(crate) fn docker_layout(machine: &dyn Machine, folder: &Path, host: &str) -> Option<Trust> {
    let names = machine.names(folder).unwrap_or_default();
    let ca = names.iter().filter(|name| name.ends_with(".crt")).map(|name| folder.join(name)).collect();
    let pairs = names.iter().filter_map(|name| {
        let key = format!("{}.key", name.strip_suffix(".cert")?);
        names.contains(&key).then(|| (folder.join(name), folder.join(key)))
    });
    let trust = Trust { host: host.to_owned(), ca, clients: pairs.collect() };
    (!trust.ca.is_empty() || !trust.clients.is_empty()).then_some(trust)
}

fn redirect(registry: &str, said: &Said) -> Option<Redirect> {
    let mirrors: Vec<String> =
        said.hosts.iter().filter(|host| !host.url.is_empty()).map(|host| host.url.clone()).collect();
    let is_itself =
        |host: &str| host == registry || (registry == "docker.io" && host.ends_with(".docker.io"));
    let location = said.server.clone().filter(|server| !host_of(server).is_some_and(is_itself));
    let prefix = if registry == DEFAULT { "*".to_owned() } else { registry.to_owned() };
    (location.is_some() || !mirrors.is_empty()).then_some(Redirect { prefix, location, mirrors })
}

/// containerd looks for `host_5000_` before `host:5000`.
fn folder_name(registry: &str) -> String {
    match registry.rsplit_once(':') {
        Some((host, port)) => format!("{host}_{port}_"),
        None => registry.to_owned(),
    }
}

fn registry_of(folder: &str) -> String {
    match folder.strip_suffix('_').and_then(|it| it.rsplit_once('_')) {
        Some((host, port)) if !host.is_empty() && !port.is_empty() => format!("{host}:{port}"),
        Some(_) | None => folder.to_owned(),
    }
}

fn host_of(url: &str) -> Option<&str> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split('/').next().filter(|host| !host.is_empty())
}

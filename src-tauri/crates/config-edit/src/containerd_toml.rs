//! containerd's own file: one key, `config_path`, and only where it is unset. Its place depends on the file's
//! version: the short plugin names of version 1, the long ones of 2, the divided ones of 3.

use toml_edit::{DocumentMut, Item, value};

use crate::toml;

/// The folder that our key names.
pub const CERTS_D: &str = "/etc/containerd/certs.d";
const CRI_1: &str = "cri";
const CRI_2: &str = "io.containerd.grpc.v1.cri";
const CRI_3: &str = "io.containerd.cri.v1.images";
const TRANSFER: &str = "io.containerd.transfer.v1.local";

/// What the configuration with all its parts comes to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Dump {
    /// Whether the CRI plugin is on.
    pub cri: bool,
    /// What `config_path` of the CRI plugin is set to.
    pub config_path: Option<String>,
    /// Whether the transfer plugin has a `config_path` of its own that is unset.
    pub transfer_unset: bool,
    /// Registry tables of the kind that excludes `config_path`.
    pub old_tables: Option<String>,
}

/// Reads what `containerd config dump` prints.
pub fn dump(text: &str) -> Result<Dump, String> {
    let document = &toml::parse(text)?;
    let disabled = toml::strings(document.get("disabled_plugins"));
    let plugin = [CRI_3, CRI_2, CRI_1]
        .into_iter()
        .find(|name| toml::get(document, &["plugins", name]).is_some_and(Item::is_table_like));
    let Some(plugin) = plugin else { return Ok(Dump::default()) };
    let registry = |key: &str| toml::get(document, &["plugins", plugin, "registry", key]);
    let text = |item: Option<&Item>| item.and_then(Item::as_str).unwrap_or_default().to_owned();
    let config_path = text(registry("config_path"));
    let transfer = toml::get(document, &["plugins", TRANSFER, "config_path"]);
    let old = ["mirrors", "configs"]
        .into_iter()
        .find(|key| registry(key).and_then(Item::as_table_like).is_some_and(|table| !table.is_empty()));
    Ok(Dump {
        cri: !disabled.iter().any(|name| [CRI_1, CRI_2, CRI_3].contains(&name.as_str())),
        config_path: (!config_path.is_empty()).then_some(config_path),
        transfer_unset: transfer.is_some() && text(transfer).is_empty(),
        old_tables: old.map(|key| format!("registry.{key}")),
    })
}

/// The file with our key where it was empty or missing; `major` is the first number of containerd's version.
pub fn with_config_path(persons: Option<&[u8]>, major: u32, transfer: bool) -> Result<String, String> {
    let text = match persons {
        Some(bytes) => std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".to_owned())?.to_owned(),
        None => format!("version = {}\n", if major >= 2 { 3 } else { 2 }),
    };
    let mut document = toml::parse(&text)?;
    let version = document.get("version").and_then(Item::as_integer).unwrap_or(1);
    let plugin = match version {
        1 => CRI_1,
        2 => CRI_2,
        _ => CRI_3,
    };
    set(&mut document, &["plugins", plugin, "registry"])?;
    if transfer && version >= 2 {
        set(&mut document, &["plugins", TRANSFER])?;
    }
    Ok(document.to_string())
}

fn set(document: &mut DocumentMut, table: &[&str]) -> Result<(), String> {
    let place = table.join(".");
    let table = toml::table(document, table).ok_or_else(|| format!("`{place}` is not a table"))?;
    match table.get_mut("config_path").and_then(Item::as_value_mut) {
        Some(set) if set.as_str().is_some_and(|path| !path.is_empty()) => {}
        Some(empty) => {
            let decor = empty.decor().clone();
            *empty = CERTS_D.into();
            *empty.decor_mut() = decor;
        }
        None => drop(table.insert("config_path", value(CERTS_D))),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(text: &str) -> String {
        with_config_path(Some(text.as_bytes()), 1, true).unwrap()
    }

    #[test]
    fn each_version_of_the_file_has_its_own_place_for_the_key() {
        insta::assert_snapshot!(
            [
                edited("# no version is version 1\noom_score = 0\n"),
                edited("version = 2\n\n[plugins.\"io.containerd.grpc.v1.cri\"]\n  sandbox_image = \"pause\" # ours\n"),
                edited("version = 3\nimports = [\"/etc/containerd/conf.d/*.toml\"]\n"),
                with_config_path(None, 2, false).unwrap(),
            ]
            .join("--------\n")
        );
    }

    #[test]
    fn an_empty_key_is_filled_where_it_stands() {
        let text =
            "version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".registry]\n  config_path = \"\" # later\n";
        assert!(edited(text).contains(
            "[plugins.\"io.containerd.grpc.v1.cri\".registry]\n  config_path = \"/etc/containerd/certs.d\""
        ));
    }

    #[test]
    fn a_dump_says_what_is_in_force() {
        let dump = |text: &str| dump(text).unwrap();
        let version_2 = "disabled_plugins = [\"cri\"]\n[plugins.\"io.containerd.grpc.v1.cri\".registry]\nconfig_path = \"\"\n[plugins.\"io.containerd.grpc.v1.cri\".registry.mirrors.\"docker.io\"]\nendpoint = []\n[plugins.\"io.containerd.transfer.v1.local\"]\nconfig_path = \"\"\n";
        assert_eq!(
            dump(version_2),
            Dump {
                cri: false,
                config_path: None,
                transfer_unset: true,
                old_tables: Some("registry.mirrors".into())
            }
        );
        let version_3 = "[plugins.'io.containerd.cri.v1.images'.registry]\nconfig_path = '/etc/containerd/certs.d:/etc/docker/certs.d'\n";
        assert_eq!(
            dump(version_3),
            Dump {
                cri: true,
                config_path: Some("/etc/containerd/certs.d:/etc/docker/certs.d".into()),
                transfer_unset: false,
                old_tables: None
            }
        );
    }
}

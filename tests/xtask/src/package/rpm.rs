//! The same tree as an `.rpm`, by `rpmbuild`, where there is one.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::contents::{Package, script};
use super::tree::Tree;
use super::{Build, folder};
use crate::machine::is_installed;
use crate::run::step;

/// Packs the tree; nothing where `rpmbuild` is missing, which is said.
pub(crate) fn build(
    package: &Package,
    tree: &Tree,
    version: &str,
    build: Build,
    epoch: u64,
) -> Result<Option<PathBuf>, String> {
    if !is_installed("rpmbuild") {
        println!("── {}.rpm: not made, since `rpmbuild` is not here; Debian has it in `rpm`", package.name);
        return Ok(None);
    }
    tree.date(epoch)?;
    let work = Tree::new(&tree.root().with_file_name("rpm"))?;
    work.write(&spec(package, tree, version)?, "pullgate.spec", 0o644)?;
    let architecture = std::env::consts::ARCH;
    let file = folder().join(format!("{}-{version}-1.{architecture}.rpm", package.name));
    let mut packing = Command::new("rpmbuild");
    packing.args(["-bb", "--quiet", "--target", architecture]);
    let settings = [
        format!("_topdir {}", work.root().display()),
        format!("_rpmdir {}", folder().display()),
        "_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm".to_owned(),
        "_buildhost pullgate.example".to_owned(),
        "use_source_date_epoch_as_buildtime 1".to_owned(),
        "clamp_mtime_to_source_date_epoch 1".to_owned(),
        format!("_binary_payload {}", if build == Build::Dev { "w1.gzdio" } else { "w6.xzdio" }),
    ];
    settings.iter().for_each(|setting| {
        packing.args(["--define", setting]);
    });
    packing.env("SOURCE_DATE_EPOCH", epoch.to_string());
    packing.arg(work.root().join("pullgate.spec")).stdout(Stdio::null());
    step(&format!("{}.rpm", package.name), &mut packing)?;
    Ok(Some(file))
}

fn spec(package: &Package, tree: &Tree, version: &str) -> Result<String, String> {
    let Package { name, summary, description, .. } = package;
    let needs = package.needs.rpm.replace("VERSION", version);
    let mut spec = format!(
        "%global debug_package %{{nil}}\n%global _build_id_links none\n%global __os_install_post %{{nil}}\n\
         Name: {name}\nVersion: {version}\nRelease: 1\nSummary: {summary}\nLicense: Apache-2.0\nRequires: {needs}\n\
         %description\n{description}\n\
         %install\nmkdir -p %{{buildroot}}\ncp -a {tree}/. %{{buildroot}}/\n{ZSH}\n",
        tree = tree.root().display()
    );
    if package.has_steps {
        for name in ["post", "preun", "postun"] {
            spec += &format!("%{name}\n{}\n", script("rpm", name)?.replace('%', "%%"));
        }
    }
    spec += &format!("%files\n%defattr(-,root,root)\n%dir /usr/share/doc/{name}\n");
    for file in tree.files()? {
        let kind = if package.settings.contains(&file.as_str()) { "%config(noreplace) " } else { "" };
        spec += &format!("{kind}{}\n", file.replace(DEBIAN, FEDORA));
    }
    Ok(spec)
}

/// Where a shell looks for completions is the one thing on which the systems do not agree.
const DEBIAN: &str = "/usr/share/zsh/vendor-completions";
const FEDORA: &str = "/usr/share/zsh/site-functions";
const ZSH: &str =
    "cd %{buildroot}/usr/share && if [ -d zsh ]; then mv zsh/vendor-completions zsh/site-functions; fi";

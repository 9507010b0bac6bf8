//! The tree as a `.deb`, by `dpkg-deb` and `dpkg-shlibdeps` of Debian.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::contents::{Package, script};
use super::tree::Tree;
use super::{Build, folder};
use crate::run::{step, told};

/// Packs the tree, which has the packager's own files in it afterwards.
pub(crate) fn build(
    package: &Package,
    tree: &Tree,
    version: &str,
    build: Build,
    epoch: u64,
) -> Result<PathBuf, String> {
    let architecture = told(Command::new("dpkg").arg("--print-architecture"))?.trim().to_owned();
    let sums = told(
        Command::new("sh")
            .args(["-c", "find . -type f -printf '%P\\0' | sort --zero-terminated | xargs -0 md5sum"])
            .current_dir(tree.root()),
    )?;
    let control = control(package, tree, version, &architecture)?;
    tree.write(&control, "DEBIAN/control", 0o644)?;
    tree.write(&sums, "DEBIAN/md5sums", 0o644)?;
    if !package.settings.is_empty() {
        let lines: String = package.settings.iter().map(|path| format!("{path}\n")).collect();
        tree.write(&lines, "DEBIAN/conffiles", 0o644)?;
    }
    if package.has_steps {
        for name in ["postinst", "prerm", "postrm"] {
            let text = format!("#!/bin/sh\nset -e\n{}", script("deb", name)?);
            tree.write(&text, &format!("DEBIAN/{name}"), 0o755)?;
        }
    }
    tree.date(epoch)?;
    let file = folder().join(format!("{}_{version}_{architecture}.deb", package.name));
    let mut packing = Command::new("dpkg-deb");
    packing.arg("--root-owner-group").args(match build {
        Build::Dev => ["-Zgzip", "-z1"],
        Build::Release => ["-Zxz", "-z6"],
    });
    packing.env("SOURCE_DATE_EPOCH", epoch.to_string());
    let title = format!("{}.deb", package.name);
    step(&title, packing.arg("--build").arg(tree.root()).arg(&file).stdout(std::process::Stdio::null()))?;
    Ok(file)
}

fn control(package: &Package, tree: &Tree, version: &str, architecture: &str) -> Result<String, String> {
    let Package { name, section, summary, .. } = package;
    let size = told(Command::new("du").args(["--summarize", "--block-size=1K"]).arg(tree.root()))?;
    let size = size.split_whitespace().next().unwrap_or("0");
    let libraries = libraries(package, tree.root())?;
    let needs = package.needs.deb.replace("VERSION", version);
    let description: String = package.description.lines().map(|line| format!(" {line}\n")).collect();
    Ok(format!(
        "Package: {name}\nVersion: {version}\nArchitecture: {architecture}\nSection: {section}\nPriority: optional\n\
         Maintainer: The Pullgate authors <packages@pullgate.example>\nInstalled-Size: {size}\n\
         Depends: {libraries}, {needs}\nRecommends: {}\nDescription: {summary}\n{description}",
        package.needs.deb_recommends
    ))
}

/// The packages of the libraries that its binaries are linked with, in the versions whose symbols they use.
fn libraries(package: &Package, root: &Path) -> Result<String, String> {
    let work = root.with_file_name("libraries");
    let source = Tree::new(&work)?;
    source.write("Source: pullgate\n\nPackage: pullgate\nArchitecture: any\n", "debian/control", 0o644)?;
    let binaries =
        package.binaries.iter().map(|binary| format!("-e{}", root.join("usr/bin").join(binary).display()));
    let said = told(Command::new("dpkg-shlibdeps").arg("-O").args(binaries).current_dir(&work))?;
    let found = said.lines().find_map(|line| line.strip_prefix("shlibs:Depends="));
    found.map(str::to_owned).ok_or_else(|| format!("`dpkg-shlibdeps` finds no libraries of {}", package.name))
}

//! `cargo xtask package`: one package for the service and one for the desktop, each as a `.deb` and as an `.rpm`. A
//! tree is laid out as it will lie on the machine, and the systems' own tools pack it.

mod contents;
mod deb;
mod rpm;
mod sbom;
mod source;
mod tree;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::machine::prepare;
use crate::programs;
use crate::run::{cargo, checkout, step, target, told};
use crate::ui;
use contents::{PACKAGES, Sources};
use tree::Tree;

/// What is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Build {
    /// The binaries that the tests run, packed quickly, under a version below the release's.
    Dev,
    /// What people get.
    Release,
}

pub(crate) fn package(arguments: &[String]) -> Result<(), String> {
    let build = match arguments {
        [] => Build::Dev,
        [flag] if flag == "--release" => Build::Release,
        other => return Err(format!("`{}` is not known here; there is `--release`", other.join(" "))),
    };
    prepare()?;
    ui::build()?;
    build.compile()?;
    let made = pack(build)?;
    made.iter().for_each(|path| println!("{}", path.display()));
    Ok(())
}

/// The folder that packages are put into.
pub(crate) fn folder() -> PathBuf {
    target().join("package")
}

/// Packs what is built already; the packages that were made.
pub(crate) fn pack(build: Build) -> Result<Vec<PathBuf>, String> {
    let work = folder().join("work");
    let epoch = source::epoch()?;
    let sources = Sources { checkout: checkout(), binaries: build.folder(), manual: work.join("manual") };
    let mut manual = Command::new(target().join("debug/manual"));
    step("manual pages and completions", manual.arg(&sources.manual))?;
    let version = build.version();
    let mut made = Vec::new();
    for package in PACKAGES {
        let tree = Tree::new(&work.join(package.name))?;
        package.fill(&tree, &sources)?;
        let document = sbom::document(package.name, package.crate_name, &version, epoch)?;
        tree.write(&document, &format!("/usr/share/doc/{0}/{0}.spdx.json", package.name), 0o644)?;
        made.extend(rpm::build(package, &tree, &version, build, epoch)?);
        made.push(deb::build(package, &tree, &version, build, epoch)?);
    }
    fs::remove_dir_all(&work).map_err(|error| format!("cannot remove {}: {error}", work.display()))?;
    Ok(made)
}

impl Build {
    fn compile(self) -> Result<(), String> {
        if self == Self::Dev {
            return programs::build_tested();
        }
        step("manual", &mut cargo(&["build", "--quiet", "--package", "acceptance", "--bin", "manual"]))?;
        let epoch = source::epoch()?;
        for package in [programs::SERVICE, programs::TRAY] {
            programs::build(package, |build| {
                build.arg("--release").env("CARGO_TARGET_DIR", release());
                source::hide_folders(build, epoch);
            })?;
        }
        Ok(())
    }

    fn folder(self) -> PathBuf {
        match self {
            Self::Dev => target().join("debug"),
            Self::Release => release().join("release"),
        }
    }

    /// A version that either packager sorts as it should be: `~` is before nothing.
    fn version(self) -> String {
        let version = env!("CARGO_PKG_VERSION");
        match self {
            Self::Dev => format!("{version}~dev"),
            Self::Release => version.to_owned(),
        }
    }
}

/// `cargo xtask reproduce`: builds the release twice, from the last commit and from nothing, in two folders, and compares
/// the packages.
pub(crate) fn reproduce() -> Result<(), String> {
    prepare()?;
    let (work, epoch) = (target().with_file_name("reproduce"), source::epoch()?);
    let mut sums = Vec::new();
    for name in ["one", "another-one"] {
        let copy = Tree::new(&work.join(name))?;
        let archive = format!("git archive HEAD | tar --extract --directory '{}'", copy.root().display());
        step(&format!("copy {name}"), Command::new("sh").args(["-c", &archive]).current_dir(checkout()))?;
        let mut package = cargo(&["xtask", "package", "--release"]);
        package.current_dir(copy.root()).env("CARGO_TARGET_DIR", copy.root().join("target/build"));
        step(name, package.env("SOURCE_DATE_EPOCH", epoch.to_string()))?;
        let packages = copy.root().join("target/build/package");
        sums.push(told(Command::new("sh").args(["-c", "sha256sum -- *"]).current_dir(&packages))?);
    }
    println!("{}", sums[0].trim_end());
    if sums[0] == sums[1] { Ok(()) } else { Err(format!("the second build is another one:\n{}", sums[1])) }
}

/// Beside the folder of the tests, so that neither waits for the other.
pub(super) fn release() -> PathBuf {
    target().with_file_name("release")
}

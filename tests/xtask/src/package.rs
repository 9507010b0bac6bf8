//! `cargo xtask package`: one package for the service and one for the desktop, each as a `.deb` and as an `.rpm`. A
//! tree is laid out as it will lie on the machine, and the systems' own tools pack it.

mod contents;
mod deb;
mod rpm;
mod tree;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::machine::prepare;
use crate::run::{cargo, checkout, step, target};
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
    let sources = Sources { checkout: checkout(), binaries: build.folder(), manual: work.join("manual") };
    let mut manual = Command::new(sources.binaries.join("manual"));
    step("manual pages and completions", manual.arg(&sources.manual))?;
    let version = build.version();
    let mut made = Vec::new();
    for package in PACKAGES {
        let tree = Tree::new(&work.join(package.name))?;
        package.fill(&tree, &sources)?;
        made.extend(rpm::build(package, &tree, &version, build)?);
        made.push(deb::build(package, &tree, &version, build)?);
    }
    fs::remove_dir_all(&work).map_err(|error| format!("cannot remove {}: {error}", work.display()))?;
    Ok(made)
}

impl Build {
    fn compile(self) -> Result<(), String> {
        match self {
            Self::Dev => step("binaries", &mut cargo(&["build", "--quiet", "--workspace", "--bins"])),
            Self::Release => {
                let mut build = cargo(&["build", "--quiet", "--release"]);
                build.args(["--package", "agent", "--package", "pullgate-tray", "--package", "acceptance"]);
                for binary in ["pullgate", "pullgate-tray", "pullgate-window", "manual"] {
                    build.args(["--bin", binary]);
                }
                step("release", build.env("CARGO_TARGET_DIR", release()))
            }
        }
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

/// Beside the folder of the tests, so that neither waits for the other.
fn release() -> PathBuf {
    target().with_file_name("release")
}

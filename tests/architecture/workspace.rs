//! The workspace as cargo describes it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The folder of the checkout.
pub(crate) fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the checkout exists")
}

/// Every crate of the workspace, with the crates of the workspace that it uses outside its own tests.
pub(crate) fn edges() -> BTreeMap<String, BTreeSet<String>> {
    let packages = metadata();
    let members: BTreeSet<&str> = packages.iter().filter_map(|package| package["name"].as_str()).collect();
    let known = |package: &Value| {
        let dependencies = package["dependencies"].as_array().expect("a package lists its dependencies");
        let used = dependencies.iter().filter(|dependency| dependency["kind"] != "dev");
        let names = used.filter_map(|dependency| dependency["name"].as_str());
        names.filter(|name| members.contains(name)).map(str::to_owned).collect()
    };
    let name = |package: &Value| package["name"].as_str().expect("a package has a name").to_owned();
    packages.iter().map(|package| (name(package), known(package))).collect()
}

/// Everything that is linked into these crates on any system, themselves included.
pub(crate) fn linked(selection: &[&str]) -> BTreeSet<String> {
    let shape = ["tree", "--locked", "--edges", "normal,build", "--target", "all", "--prefix", "none"];
    let text = cargo(&[&shape, selection].concat());
    text.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

fn metadata() -> Vec<Value> {
    let text = cargo(&["metadata", "--offline", "--no-deps", "--format-version", "1"]);
    let value: Value = serde_json::from_str(&text).expect("cargo speaks JSON");
    value["packages"].as_array().expect("the workspace has packages").clone()
}

fn cargo(arguments: &[&str]) -> String {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo).args(arguments).current_dir(checkout()).output();
    let output = output.expect("cargo is installed");
    assert!(output.status.success(), "cargo failed: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("cargo speaks UTF-8")
}

//! The packages of the development binaries, as `cargo xtask package` makes them.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// The folder they lie in.
pub(crate) fn folder() -> PathBuf {
    let given = env::var_os("PULLGATE_PACKAGES").map(PathBuf::from);
    given.unwrap_or_else(|| {
        let own = env::current_exe().expect("a running program has a path");
        own.ancestors().nth(3).expect("it lies below the target folder").join("package")
    })
}

/// One of them by the beginning and the end of its name.
pub(crate) fn find(beginning: &str, end: &str) -> PathBuf {
    let beginning = format!("{beginning}{}~dev", env!("CARGO_PKG_VERSION"));
    let entries = folder().read_dir().into_iter().flatten().flatten().map(|entry| entry.path());
    let mut found = entries.filter(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(&beginning) && name.ends_with(end)
    });
    found.next().unwrap_or_else(|| {
        panic!("there is no `{beginning}…{end}` in {}; run `cargo xtask package`", folder().display())
    })
}

/// What a program of this machine says about a package.
pub(crate) fn ask(program: &str, arguments: &[&str], package: &Path) -> String {
    let output = Command::new(program).args(arguments).arg(package).output();
    let output =
        output.unwrap_or_else(|error| panic!("cannot run `{program}`: {error}; run `cargo xtask package`"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("it speaks UTF-8")
}

/// The files of a package, in a folder of their own.
pub(crate) fn unpack(package: &Path) -> TempDir {
    let folder = tempfile::tempdir().expect("`/tmp` is writable");
    let status = Command::new("dpkg-deb").arg("--extract").arg(package).arg(folder.path()).status();
    assert!(status.expect("`dpkg-deb` is installed").success(), "{}", package.display());
    folder
}

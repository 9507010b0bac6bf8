//! Where the binaries that a laptop is given are found.

use std::env;
use std::path::PathBuf;

/// A binary of this crate, which cargo built beside the running test.
pub fn lab_binary(name: &str) -> PathBuf {
    let own = env::current_exe().expect("a running program has a path");
    let found = own.ancestors().skip(1).take(2).map(|folder| folder.join(name)).find(|path| path.is_file());
    found.unwrap_or_else(|| panic!("`{name}` is not built; run `cargo build --workspace --bins`"))
}

/// The product's binary, which the repository's own command names in `PULLGATE_BIN`.
pub fn product() -> PathBuf {
    env::var_os("PULLGATE_BIN").map_or_else(|| lab_binary("pullgate"), PathBuf::from)
}

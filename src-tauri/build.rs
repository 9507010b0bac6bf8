//! What Tauri makes of its configuration, once the window's page is there.

use std::path::Path;

fn main() {
    if !Path::new("../ui/dist/index.html").exists() {
        println!("cargo::error=the window's page is not built yet; run `cargo xtask ui` first");
        return;
    }
    let commands = tauri_build::AppManifest::new().commands(&["ask"]);
    if let Err(error) = tauri_build::try_build(tauri_build::Attributes::new().app_manifest(commands)) {
        println!("cargo::error={error:#}");
    }
}

//! Where the browser runs: processes and mounts of its own, the laptop's network, a folder for all it keeps.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::json;
use tempfile::TempDir;

use crate::laptop::Laptop;

const SCRIPT: &str = include_str!("place.sh");

/// A running chromedriver, and the folder of the browsers it starts.
#[derive(Debug)]
pub(super) struct Place {
    keeper: Child,
    port: u16,
    _folder: TempDir,
}

impl Place {
    pub(super) fn start(laptop: &Laptop) -> Self {
        let folder = tempfile::Builder::new().prefix("browser-").tempdir_in(laptop.lab());
        let folder = folder.expect("the scratch folder is writable");
        furnish(&folder, laptop);
        let mut keeper = Command::new("nsenter")
            .args(["--target", &laptop.pid().to_string(), "--net", "unshare", "--mount", "--pid", "--fork"])
            .args(["--kill-child=KILL", "--mount-proc", "/bin/bash"])
            .args([folder.path().join("place.sh").as_path(), folder.path()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("`nsenter` of util-linux is installed");
        let output = BufReader::new(keeper.stdout.take().expect("the output is a pipe"));
        let mut lines = output.lines().map_while(Result::ok);
        let port = lines.find_map(|line| {
            line.strip_prefix("ChromeDriver was started successfully on port ")?
                .trim_end_matches('.')
                .parse()
                .ok()
        });
        let complaint = || fs::read_to_string(folder.path().join("errors")).unwrap_or_default();
        let port = port.unwrap_or_else(|| {
            panic!(
                "chromedriver does not start; are Debian's `chromium` and `chromium-driver` installed?\n{}",
                complaint()
            )
        });
        Self { keeper, port, _folder: folder }
    }

    /// The port on the laptop's loopback.
    pub(super) fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// Lays down what the browser shall see of the laptop: its names, and the authority it trusts.
#[expect(clippy::disallowed_methods, reason = "a scratch folder that no one reads before it is complete")]
fn furnish(folder: &TempDir, laptop: &Laptop) {
    let authority = laptop.must("cat /etc/internet/ca.pem").stdout;
    let authority: String = authority.lines().filter(|line| !line.starts_with('-')).collect();
    let policies = json!({ "CACertificates": [authority] });
    let names = laptop.must("cat /etc/hosts").stdout;
    for (name, content) in [("place.sh", SCRIPT), ("hosts", &names), ("policies.json", &policies.to_string())]
    {
        fs::write(folder.path().join(name), content).expect("the scratch folder is writable");
    }
}

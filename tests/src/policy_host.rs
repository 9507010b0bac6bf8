//! The policy host `https://policy.acme.example/`: nginx serving a folder, behind the small internet.
//!
//! It misbehaves by `laptop.internet().behave("policy.acme.example", …)`, whole or for one path.

use crate::laptop::{Laptop, Options};

/// Where it is reached.
pub const POLICY_HOST: &str = "https://policy.acme.example";

const FOLDER: &str = "/srv/policy";
const UNIT: &str = include_str!("policy_host/policy-host.service");
const CONFIG: &str = include_str!("policy_host/nginx.conf");

/// A handle on the policy host of one laptop.
#[derive(Clone, Copy, Debug)]
pub struct PolicyHost<'a> {
    laptop: &'a Laptop,
}

impl Options {
    /// A policy host in front of the laptop.
    #[must_use]
    pub fn policy_host(self) -> Self {
        self.file("/etc/policy-host.conf", CONFIG)
            .file(&format!("{FOLDER}/index.html"), "Policies of Acme\n")
            .unit("policy-host.service", UNIT)
            .until("the policy host is up", |laptop| {
                laptop.run("curl -s -o /dev/null http://127.0.0.1:7002/").code == 0
            })
    }
}

impl<'a> PolicyHost<'a> {
    pub(crate) fn of(laptop: &'a Laptop) -> Self {
        Self { laptop }
    }

    /// Puts a file onto the host at once and whole, such as `v1/policy.json`; an existing one is replaced.
    pub fn put(&self, path: &str, content: impl AsRef<[u8]>) {
        let place = format!("{FOLDER}/{path}");
        self.laptop.write_file(&format!("{place}.new"), content);
        self.laptop.must(&format!("mv '{place}.new' '{place}'"));
    }

    /// Takes a file off the host.
    pub fn remove(&self, path: &str) {
        self.laptop.must(&format!("rm '{FOLDER}/{path}'"));
    }

    /// The address of a file.
    pub fn url(&self, path: &str) -> String {
        format!("{POLICY_HOST}/{path}")
    }
}

//! A company's firewall: no way leads to the small internet but by the company's proxy.

use super::{Laptop, Options};

/// What the firewall does with connections that are not the proxy's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Firewall {
    /// It says nothing.
    Drops,
    /// It refuses them at once.
    Rejects,
}

const UNIT: &str = "no-direct-way-out.service";

impl Firewall {
    fn unit(self) -> String {
        let verdict = match self {
            Self::Drops => "DROP",
            Self::Rejects => "REJECT --reject-with tcp-reset",
        };
        let rules = [
            "-d 203.0.113.14 -j ACCEPT".to_owned(),
            "-m owner --uid-owner tinyproxy -j ACCEPT".to_owned(),
            format!("-p tcp --syn -d 203.0.113.0/24 -j {verdict}"),
        ];
        let does = |order: &str, key: &str| {
            let line = |rule: &String| format!("{key}=/usr/sbin/iptables -w {order} OUTPUT {rule}\n");
            rules.iter().map(line).collect::<String>()
        };
        format!(
            "[Unit]\nDescription=No way out but by the proxy\n[Service]\nType=oneshot\nRemainAfterExit=yes\n{}{}",
            does("-A", "ExecStart"),
            does("-D", "ExecStop")
        )
    }
}

impl Options {
    /// Lets nobody reach the small internet but the company's proxy, from the start.
    #[must_use]
    pub fn no_direct_way_out(self, firewall: Firewall) -> Self {
        self.unit(UNIT, &firewall.unit())
    }
}

impl Laptop {
    /// Takes the firewall of [`Options::no_direct_way_out`] away, or puts it back.
    pub fn direct_way_out(&self, is_open: bool) {
        let order = if is_open { "stop" } else { "start" };
        self.must(&format!("systemctl {order} {UNIT}"));
    }
}

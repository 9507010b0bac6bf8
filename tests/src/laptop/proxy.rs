//! A corporate proxy with a password, in front of the small internet.

use super::Laptop;

/// A running proxy that lets only its user through.
#[derive(Debug)]
pub struct CorporateProxy<'a> {
    laptop: &'a Laptop,
}

/// Its address with the user's name and password, as engines are configured with it.
const URL: &str = "http://carol:s3cret@203.0.113.14:3128";
const CONFIG: &str = "\
User tinyproxy
Group tinyproxy
Port 3128
Listen 203.0.113.14
BasicAuth carol s3cret
LogFile \"/run/corporate-proxy/log\"
LogLevel Connect
ConnectPort 443
ConnectPort 5000
";

impl<'a> CorporateProxy<'a> {
    /// Starts the proxy in a laptop.
    pub fn start(laptop: &'a Laptop) -> Self {
        laptop.write_file("/etc/corporate-proxy.conf", CONFIG);
        laptop.must("install --directory --owner=tinyproxy /run/corporate-proxy");
        laptop.must("systemd-run --unit=corporate-proxy tinyproxy -d -c /etc/corporate-proxy.conf");
        laptop.wait_for("the corporate proxy listens", |laptop| {
            laptop.run("curl -s -o /dev/null http://203.0.113.14:3128").code == 0
        });
        Self { laptop }
    }

    /// The address to configure, name and password included.
    pub fn url(&self) -> &'static str {
        URL
    }

    /// The hosts that were asked for through it, with their ports, oldest first.
    pub fn hosts(&self) -> Vec<String> {
        let log = self.laptop.read_file("/run/corporate-proxy/log").unwrap_or_default();
        let lines = log.lines().filter_map(|line| line.split_once("): CONNECT "));
        lines.filter_map(|(_, rest)| rest.split(' ').next()).map(str::to_owned).collect()
    }
}

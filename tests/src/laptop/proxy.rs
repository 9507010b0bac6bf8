//! A company's forward proxy in front of the small internet, which remembers the logins it was shown.

use serde_json::Value;

use super::Laptop;

/// A running proxy.
#[derive(Debug)]
pub struct CorporateProxy<'a> {
    laptop: &'a Laptop,
}

/// How a proxy is spoken to, with or without a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyDoor {
    /// HTTP, with Basic.
    Http,
    /// HTTP for everybody.
    HttpOpen,
    /// HTTP inside TLS, with Basic. Its certificate is of the organization's private authority.
    Https,
    /// The same for everybody.
    HttpsOpen,
    /// SOCKS 5, with user name and password.
    Socks,
    /// SOCKS 5 for everybody.
    SocksOpen,
}

/// A question that the proxy was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyAsked {
    /// `connect`, `absolute` or `socks5`.
    pub form: String,
    /// What the asking program calls itself; empty with SOCKS.
    pub agent: String,
    /// `host:port`; empty where it came to no question.
    pub place: String,
    /// The user name that was shown.
    pub user: Option<String>,
    /// Whether it was let through.
    pub passed: bool,
}

const LOGINS: &str = "carol:s3cret\ncorp\\ada:p#1\nada:a@b:c\ndora:100%\n";

impl ProxyDoor {
    /// Every door.
    pub const ALL: [Self; 6] =
        [Self::Http, Self::HttpOpen, Self::Https, Self::HttpsOpen, Self::Socks, Self::SocksOpen];

    /// Its address with this `name:password@`, which a door for everybody leaves out.
    pub fn url(self, login: &str) -> String {
        match self {
            Self::Http => format!("http://{login}203.0.113.14:3128"),
            Self::HttpOpen => "http://203.0.113.14:3129".to_owned(),
            Self::Https => format!("https://{login}proxy.acme.example:8443"),
            Self::HttpsOpen => "https://proxy.acme.example:8444".to_owned(),
            Self::Socks => format!("socks5://{login}203.0.113.14:1080"),
            Self::SocksOpen => "socks5://203.0.113.14:1081".to_owned(),
        }
    }
}

impl<'a> CorporateProxy<'a> {
    /// Starts the proxy in a laptop.
    pub fn start(laptop: &'a Laptop) -> Self {
        laptop.write_file("/etc/forward-proxy/logins", LOGINS);
        laptop.must("install --directory --owner=tinyproxy /run/forward-proxy");
        laptop.must("systemd-run --unit=corporate-proxy --uid=tinyproxy /opt/lab/forward-proxy 203.0.113.14");
        laptop.wait_for("the company's proxy listens", |laptop| {
            laptop.run("ss -Hltn 'sport = :1081' | grep -q 1081").code == 0
        });
        Self { laptop }
    }

    /// Starts it once more after its unit was stopped.
    pub fn restart(laptop: &'a Laptop) -> Self {
        laptop.must("systemctl reset-failed corporate-proxy || true");
        Self::start(laptop)
    }

    /// The address of its first door, name and password included.
    pub fn url(&self) -> String {
        ProxyDoor::Http.url("carol:s3cret@")
    }

    /// Orders how it behaves: `usual`, `ntlm`, `forbid`, `unavailable`, `silent`, `close`, `garbage`.
    pub fn behave(&self, manner: &str) {
        self.laptop.write_file("/run/forward-proxy/manner", manner);
    }

    /// Everything it was asked, oldest first.
    pub fn asked(&self) -> Vec<ProxyAsked> {
        let log = self.laptop.read_file("/run/forward-proxy/log").unwrap_or_default();
        let read = |line: &str| {
            let line: Value = serde_json::from_str(line).expect("the proxy writes JSON");
            let text = |key: &str| line[key].as_str().map(str::to_owned);
            ProxyAsked {
                form: text("form").unwrap_or_default(),
                agent: text("agent").unwrap_or_default(),
                place: text("place").unwrap_or_default(),
                user: text("user"),
                passed: line["passed"] == true,
            }
        };
        log.lines().map(read).collect()
    }

    /// The hosts that were asked for through it, with their ports, oldest first.
    pub fn hosts(&self) -> Vec<String> {
        self.asked().into_iter().filter(|asked| asked.passed).map(|asked| asked.place).collect()
    }

    /// The questions with a login that it did not accept.
    pub fn wrong_logins(&self) -> Vec<ProxyAsked> {
        self.asked().into_iter().filter(|asked| asked.user.is_some() && !asked.passed).collect()
    }
}

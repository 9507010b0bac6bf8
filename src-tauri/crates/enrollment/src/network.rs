//! The way out of the organization's network, where an enrollment names one: it is everybody's on this machine.

use std::path::PathBuf;

use egress::{ProxyUrl, ProxyUrlError};

use super::layers::Merged;
use super::{EnrollmentError, text, value};

/// What the section `[network]` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Network {
    /// The proxy of every engine and of the service itself; each engine's own where it is not said.
    /// The proxy that everything goes by; none where the machine's own ways are used.
    pub proxy: Option<EnrolledProxy>,
    /// A PEM file of certificates to trust for a proxy that speaks TLS, and for TLS that a proxy opens.
    pub ca: Option<PathBuf>,
}

/// A proxy that an enrollment names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnrolledProxy {
    /// Its address, without the login.
    pub url: ProxyUrl,
    /// Where no proxy is used, in Go's notation.
    pub no_proxy: String,
    /// The file with its login, for root's eyes alone.
    pub login: Option<PathBuf>,
}

/// What the enrollment says.
pub(super) fn check(merged: &Merged) -> Result<Network, EnrollmentError> {
    let ca = text::authority(merged, "network.ca")?;
    let Some(written) = merged.text("network.proxy") else {
        let alone = ["no_proxy", "proxy_login"].map(|name| format!("network.{name}"));
        return match alone.iter().find(|key| merged.get(key).is_some()) {
            Some(key) => Err(value(key, "goes only with `network.proxy`")),
            None => Ok(Network { proxy: None, ca }),
        };
    };
    let login = match merged.text("network.proxy_login").map(PathBuf::from) {
        Some(path) if !path.is_absolute() => {
            return Err(value("network.proxy_login", "is not an absolute path"));
        }
        path => path,
    };
    let no_proxy = merged.text("network.no_proxy").unwrap_or_default().to_owned();
    Ok(Network { proxy: Some(EnrolledProxy { url: proxy(written)?, no_proxy, login }), ca })
}

/// An enrollment is no secret, so a login in it would be everybody's.
fn proxy(written: &str) -> Result<ProxyUrl, EnrollmentError> {
    let key = "network.proxy";
    if written.contains('@') {
        let problem = "has a login in it, and everybody may read an enrollment; write `name:password` into a file that \
                       only root may read, and name that file by `network.proxy_login`";
        return Err(value(key, problem));
    }
    let lower = written.to_ascii_lowercase();
    if lower.starts_with("pac+") || lower.ends_with(".pac") || lower.ends_with("/wpad.dat") {
        let problem =
            "is a script (PAC), which has to be run to say a proxy; write the proxy that it leads to";
        return Err(value(key, problem));
    }
    ProxyUrl::parse(written).map_err(|error| match error {
        ProxyUrlError::Malformed => value(key, "is not written as `http://HOST:PORT`"),
        ProxyUrlError::UnknownScheme(_) => value(key, &error.to_string()),
    })
}

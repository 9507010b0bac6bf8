//! Texts that name a place: addresses and paths.

use std::net::IpAddr;
use std::path::PathBuf;

use reqwest::Url;

use super::layers::Merged;
use super::{EnrollmentError, value};

/// An address of `https`, or of `http` on a loopback address, without a login, query or fragment.
pub(super) fn web_address(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let host = url.host_str()?;
    let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    let permitted = match url.scheme() {
        "https" => true,
        "http" => literal.is_ok_and(|address| address.is_loopback()),
        _ => false,
    };
    let plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    (permitted && plain).then_some(url)
}

/// Whether something can be fetched from there: a web address, which may have a query.
pub fn is_web_address(text: &str) -> bool {
    web_address(text.split('?').next().unwrap_or_default()).is_some() && !text.contains('#')
}

/// A file of certificates.
pub(super) fn authority(merged: &Merged, key: &str) -> Result<Option<PathBuf>, EnrollmentError> {
    match merged.text(key).map(PathBuf::from) {
        Some(path) if !path.is_absolute() => Err(value(key, "is not an absolute path")),
        path => Ok(path),
    }
}

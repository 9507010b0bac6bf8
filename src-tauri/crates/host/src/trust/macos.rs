//! The system's keychain, and the administrator's trust settings for what is in it.

use std::io;

use security_framework::base::Error;
use security_framework::certificate::SecCertificate;
use security_framework::os::macos::keychain::SecKeychain;
use security_framework::trust_settings::{Domain, TrustSettings};

const SYSTEM: &str = "/Library/Keychains/System.keychain";
/// `errSecDuplicateItem`.
const THERE: i32 = -25299;

pub(super) fn is_trusted(authority: &[u8]) -> io::Result<bool> {
    found(authority).map(|found| found.is_some())
}

pub(super) fn trust(authority: &[u8]) -> io::Result<()> {
    let certificate = SecCertificate::from_der(authority).map_err(io::Error::other)?;
    let keychain = SecKeychain::open(SYSTEM).map_err(io::Error::other)?;
    match certificate.add_to_keychain(Some(keychain)) {
        Err(error) if error.code() == THERE => {}
        added => added.map_err(io::Error::other)?,
    }
    TrustSettings::new(Domain::Admin).set_trust_settings_always(&certificate).map_err(io::Error::other)
}

/// Settings for a certificate that no keychain has are without effect.
pub(super) fn distrust(authority: &[u8]) -> io::Result<bool> {
    let Some(certificate) = found(authority)? else { return Ok(false) };
    certificate.delete().map_err(|error| io::Error::other(format!("{error:?}")))?;
    Ok(true)
}

fn found(authority: &[u8]) -> io::Result<Option<SecCertificate>> {
    let settings = TrustSettings::new(Domain::Admin);
    let mut trusted = settings.iter().map_err(|error: Error| io::Error::other(error))?;
    Ok(trusted.find(|certificate| certificate.to_der() == authority))
}

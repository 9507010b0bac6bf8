//! The authorities that every program of the machine believes. On Linux each engine is given its own instead.

#[cfg(target_os = "macos")]
use macos as system;
#[cfg(windows)]
use windows as system;

use std::io;

/// Whether the machine believes this authority, a certificate in DER.
pub fn is_trusted(authority: &[u8]) -> io::Result<bool> {
    system::is_trusted(authority)
}

/// Makes the machine believe an authority; it takes an administrator.
pub fn trust(authority: &[u8]) -> io::Result<()> {
    system::trust(authority)
}

/// Takes an authority away again; says whether it was believed.
pub fn distrust(authority: &[u8]) -> io::Result<bool> {
    system::distrust(authority)
}

#[cfg(target_os = "macos")]
mod macos {
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
}

#[cfg(windows)]
mod windows {
    //! The machine's store of root certificates.

    use std::io;

    use schannel::cert_context::CertContext;
    use schannel::cert_store::{CertAdd, CertStore};

    const STORE: &str = "ROOT";

    pub(super) fn is_trusted(authority: &[u8]) -> io::Result<bool> {
        let store = CertStore::open_local_machine(STORE)?;
        Ok(store.certs().any(|certificate| certificate.to_der() == authority))
    }

    pub(super) fn trust(authority: &[u8]) -> io::Result<()> {
        let mut store = CertStore::open_local_machine(STORE)?;
        store.add_cert(&CertContext::new(authority)?, CertAdd::ReplaceExisting).map(drop)
    }

    pub(super) fn distrust(authority: &[u8]) -> io::Result<bool> {
        let store = CertStore::open_local_machine(STORE)?;
        let found = store.certs().find(|certificate| certificate.to_der() == authority);
        found.map(CertContext::delete).transpose().map(|deleted| deleted.is_some())
    }
}

//! A key and its certificate in one file, so that neither can be on disk without the other.

use std::path::Path;

use host::files::{self, Mode};
use jiff::{SignedDuration, Timestamp};
use rcgen::{Issuer, KeyPair, PKCS_ECDSA_P256_SHA256, PublicKeyData};
use x509_parser::certificate::X509Certificate;

use crate::certificate::{self, BACKDATED, after};
use crate::{CaError, Kind};

const LARGEST_FILE: u64 = 64 * 1024;
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----";

pub(crate) struct Pair {
    pub(crate) issuer: Issuer<'static, KeyPair>,
    pub(crate) certificate_pem: String,
    /// When it was made: its certificate begins a little earlier.
    pub(crate) made: Timestamp,
    pub(crate) ends: Timestamp,
}

impl Pair {
    /// Makes a pair and keeps it in this file.
    pub(crate) fn create(
        path: &Path,
        kind: Kind,
        organization: &str,
        now: Timestamp,
        life: SignedDuration,
    ) -> Result<Self, CaError> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let params = certificate::authority(kind, organization, &key, now, after(now, life))?;
        let text = format!("{}{}", key.serialize_pem(), params.self_signed(&key)?.pem());
        files::write_atomically(path, text.as_bytes(), Mode::PRIVATE)?;
        Self::parse(&text, kind).map_err(|problem| CaError::broken(path, problem))
    }

    /// Reads the pair in this file; `None` when there is no file.
    pub(crate) fn read(path: &Path, kind: Kind) -> Result<Option<Self>, CaError> {
        let Some(bytes) = files::read_private(path, LARGEST_FILE)? else { return Ok(None) };
        let text = str::from_utf8(&bytes).map_err(|_| CaError::broken(path, "it is not text"))?;
        Self::parse(text, kind).map(Some).map_err(|problem| CaError::broken(path, problem))
    }

    fn parse(text: &str, kind: Kind) -> Result<Self, String> {
        let start = text.find(CERTIFICATE).ok_or("it holds no certificate")?;
        let (key, certificate_pem) = text.split_at(start);
        if key.trim().is_empty() {
            return Err("it holds a certificate without its private key".to_owned());
        }
        let key = KeyPair::from_pkcs8_pem_and_sign_algo(key, &PKCS_ECDSA_P256_SHA256)
            .map_err(|_| "its private key is damaged")?;
        let (made, ends) = examine(certificate_pem, kind, &key)?;
        let issuer = Issuer::from_ca_cert_pem(certificate_pem, key)
            .map_err(|error| format!("its certificate is damaged: {error}"))?;
        Ok(Self { issuer, certificate_pem: certificate_pem.to_owned(), made, ends })
    }
}

/// Reads a certificate kept for publication only, without its key.
pub(crate) fn read_certificate(path: &Path) -> Result<Option<(String, Timestamp)>, CaError> {
    let Some(bytes) = files::read_private(path, LARGEST_FILE)? else { return Ok(None) };
    let broken = |problem: String| CaError::broken(path, problem);
    let text = String::from_utf8(bytes).map_err(|_| broken("it is not text".to_owned()))?;
    let ends = with_certificate(&text, |certificate| time(certificate.validity().not_after.timestamp()));
    let ends = ends.map_err(broken)?;
    Ok(Some((text, ends)))
}

/// When it was made and when it ends, if it is an authority of this kind and of this key.
fn examine(pem: &str, kind: Kind, key: &KeyPair) -> Result<(Timestamp, Timestamp), String> {
    with_certificate(pem, |certificate| {
        if !certificate.is_ca() {
            return Err("its certificate is not an authority's".to_owned());
        }
        if certificate.public_key().subject_public_key.data.as_ref() != key.der_bytes() {
            return Err("its certificate belongs to another private key".to_owned());
        }
        let limits = certificate.name_constraints().map_err(|error| error.to_string())?;
        if limits.is_some() != kind.name_constraints().is_some() {
            return Err(format!("its certificate is not that of the {} authority", kind.title()));
        }
        let validity = certificate.validity();
        let (begins, ends) = (time(validity.not_before.timestamp())?, time(validity.not_after.timestamp())?);
        Ok((after(begins, BACKDATED), ends))
    })
}

fn with_certificate<T>(
    pem: &str,
    read: impl FnOnce(&X509Certificate<'_>) -> Result<T, String>,
) -> Result<T, String> {
    let (rest, pem) = x509_parser::pem::parse_x509_pem(pem.as_bytes())
        .map_err(|_| "its certificate is cut short or damaged".to_owned())?;
    if !rest.trim_ascii().is_empty() {
        return Err("something follows its certificate".to_owned());
    }
    let certificate = pem.parse_x509().map_err(|_| "its certificate is damaged".to_owned())?;
    read(&certificate)
}

fn time(seconds: i64) -> Result<Timestamp, String> {
    Timestamp::from_second(seconds).map_err(|error| error.to_string())
}

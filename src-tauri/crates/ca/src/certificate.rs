//! What stands in the certificates: an authority's own, and a leaf's.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, SerialNumber,
};

use crate::name::Name;
use crate::{CaError, Kind};

/// How long a leaf is valid: a server asks for a new one well before.
pub(crate) const LEAF_LIFE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Certificates begin a little in the past, for clients whose clock is behind.
pub(crate) const BACKDATED: SignedDuration = SignedDuration::from_hours(1);

/// X.509 limits the common name and the organization.
const LONGEST_TEXT: usize = 64;

/// The certificate of an authority itself. Servers only, no authority below it; the key's number in its name
/// keeps the current one and the next one apart where clients look issuers up by name.
pub(crate) fn authority(
    kind: Kind,
    organization: &str,
    key: &KeyPair,
    now: Timestamp,
    until: Timestamp,
) -> Result<CertificateParams, CaError> {
    let mut params = begin(now, until)?;
    let fixed = format!("Pullgate {} () on this machine", kind.title()).len();
    let shown = shortened(organization, LONGEST_TEXT - fixed);
    let mut name = DistinguishedName::new();
    name.push(DnType::OrganizationName, shortened(organization, LONGEST_TEXT));
    name.push(DnType::OrganizationalUnitName, number(&params.key_identifier(key)));
    name.push(DnType::CommonName, format!("Pullgate {} ({shown}) on this machine", kind.title()));
    params.distinguished_name = name;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.name_constraints = kind.name_constraints();
    Ok(params)
}

/// A server's certificate. Its common name cannot be taken for a host: some clients hold it against the limits
/// of the authority too.
pub(crate) fn leaf(names: &[Name], now: Timestamp, until: Timestamp) -> Result<CertificateParams, CaError> {
    let mut params = begin(now, until)?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "Pullgate gateway on this machine");
    params.subject_alt_names = names.iter().map(Name::alternative).collect::<Result<_, _>>()?;
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

/// A serial number is random: two certificates of one key are two certificates.
fn begin(now: Timestamp, until: Timestamp) -> Result<CertificateParams, CaError> {
    let mut serial = [0; 16];
    getrandom::fill(&mut serial).map_err(CaError::Random)?;
    // Positive, and of full length.
    serial[0] = serial[0] & 0x3f | 0x40;
    let mut params = CertificateParams::default();
    params.serial_number = Some(SerialNumber::from_slice(&serial));
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.not_before = rcgen::date_time_ymd(1970, 1, 1) + since_epoch(after(now, -BACKDATED));
    params.not_after = rcgen::date_time_ymd(1970, 1, 1) + since_epoch(until);
    Ok(params)
}

/// Time has an end, far away, and a damaged file may name it.
pub(crate) fn after(time: Timestamp, span: SignedDuration) -> Timestamp {
    time.checked_add(span).unwrap_or(Timestamp::MAX)
}

/// X.509 knows the years up to 9999.
fn since_epoch(time: Timestamp) -> Duration {
    const LAST: u64 = 253_370_764_800;
    Duration::from_secs(u64::try_from(time.as_second()).unwrap_or(0).min(LAST))
}

fn number(key_identifier: &[u8]) -> String {
    key_identifier.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

fn shortened(text: &str, longest: usize) -> String {
    let clean: String = text.chars().filter(|character| !character.is_control()).collect();
    if clean.chars().count() <= longest {
        return clean;
    }
    clean.chars().take(longest.saturating_sub(3)).chain("...".chars()).collect()
}

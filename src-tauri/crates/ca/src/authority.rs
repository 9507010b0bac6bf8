//! One authority on disk: the current pair, which signs; the next one, published before it signs; and the
//! previous certificate, without its key. Each change is one atomic write or one rename, in an order that
//! leaves a usable authority wherever it stops.

use std::fmt;
use std::path::{Path, PathBuf};

use host::files::{self, Mode};
use jiff::{SignedDuration, Timestamp};
use rcgen::{PKCS_ECDSA_P256_SHA256, PublicKeyData, SubjectPublicKeyInfo};

use crate::certificate::{self, LEAF_LIFE, after};
use crate::name::Name;
use crate::pair::{Pair, read_certificate};
use crate::{CaError, Kind};

/// How long an authority is valid.
pub(crate) const AUTHORITY_LIFE: SignedDuration = SignedDuration::from_hours(730 * 24);

/// How long the next authority is published before it signs, so that every engine was restarted in between.
const PUBLISH_LEAD: SignedDuration = SignedDuration::from_hours(90 * 24);

/// An authority has to sign leaves of full life to its last day in office.
const LAST_MONTHS: SignedDuration = SignedDuration::from_hours(60 * 24);

/// With less than this left, waiting any longer would break every pull.
const URGENT: SignedDuration = SignedDuration::from_hours(7 * 24);

const MOST_NAMES: usize = 32;

/// What an authority needs done.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Due {
    /// Nothing for now.
    Nothing,
    /// The next authority is to be made and published.
    PublishNext,
    /// The next authority was published long enough and is to take over.
    Rotate,
}

/// A certificate authority of this machine.
pub struct Authority {
    folder: PathBuf,
    kind: Kind,
    organization: String,
    current: Pair,
    next: Option<Pair>,
    previous: Option<String>,
    bundle: String,
}

impl Authority {
    /// Opens the authority in this folder, or makes it where there is none. A folder that is damaged is an
    /// error that names the file, and is left as it is.
    pub fn load_or_create(
        folder: &Path,
        kind: Kind,
        organization: &str,
        now: Timestamp,
    ) -> Result<Self, CaError> {
        files::make_folder(folder, Mode::PRIVATE_FOLDER)?;
        files::sweep(folder)?;
        let next = Pair::read(&folder.join(NEXT), kind)?;
        let previous = read_certificate(&folder.join(PREVIOUS))?;
        let path = folder.join(CURRENT);
        let current = match Pair::read(&path, kind)? {
            Some(current) => current,
            None if next.is_some() || previous.is_some() => {
                return Err(CaError::broken(&path, "the file is missing"));
            }
            None => Pair::create(&path, kind, organization, now, AUTHORITY_LIFE)?,
        };
        let previous = previous.filter(|(_, ends)| *ends > now).map(|(certificate, _)| certificate);
        let (folder, organization) = (folder.to_path_buf(), organization.to_owned());
        let bundle = String::new();
        let mut authority = Self { folder, kind, organization, current, next, previous, bundle };
        authority.bind();
        Ok(authority)
    }

    /// The certificate that signs, in PEM.
    #[must_use]
    pub fn certificate_pem(&self) -> &str {
        &self.current.certificate_pem
    }

    /// The certificates that clients are to trust, in PEM: current, next and previous.
    #[must_use]
    pub fn bundle_pem(&self) -> &str {
        &self.bundle
    }

    /// When the certificate that signs ends.
    #[must_use]
    pub fn ends(&self) -> Timestamp {
        self.current.ends
    }

    /// Signs a public key (P-256, SubjectPublicKeyInfo in DER) for these host names and addresses; the answer
    /// is the chain a server sends, in DER, leaf first, without the authority that clients have already.
    pub fn sign(
        &self,
        public_key_spki_der: &[u8],
        names: &[String],
        now: Timestamp,
    ) -> Result<Vec<Vec<u8>>, CaError> {
        let names = names.iter().map(|name| Name::parse(name)).collect::<Result<Vec<_>, _>>()?;
        if let Some(name) = names.iter().find(|name| !self.kind.permits(name)) {
            return Err(CaError::NotPermitted { name: name.to_string() });
        }
        self.sign_unlimited(public_key_spki_der, names, now)
    }

    /// Leaves the limits of the kind to the clients.
    pub(crate) fn sign_unlimited(
        &self,
        public_key: &[u8],
        mut names: Vec<Name>,
        now: Timestamp,
    ) -> Result<Vec<Vec<u8>>, CaError> {
        names.sort();
        names.dedup();
        if names.is_empty() || names.len() > MOST_NAMES {
            return Err(CaError::NameCount { most: MOST_NAMES });
        }
        if self.current.ends <= now {
            return Err(CaError::Ended(self.current.ends));
        }
        let key = SubjectPublicKeyInfo::from_der(public_key).map_err(|_| CaError::BadPublicKey)?;
        if key.algorithm() != &PKCS_ECDSA_P256_SHA256 || !is_point(key.der_bytes()) {
            return Err(CaError::BadPublicKey);
        }
        let until = self.current.ends.min(after(now, LEAF_LIFE));
        let leaf = certificate::leaf(&names, now, until)?.signed_by(&key, &self.current.issuer)?;
        Ok(vec![leaf.der().to_vec()])
    }

    /// What the authority needs done at this time.
    #[must_use]
    pub fn due_for_rotation(&self, now: Timestamp) -> Due {
        let left = self.current.ends.duration_since(now);
        match &self.next {
            None if left <= LAST_MONTHS + PUBLISH_LEAD => Due::PublishNext,
            Some(next) if now >= after(next.made, PUBLISH_LEAD) || left <= URGENT => Due::Rotate,
            None | Some(_) => Due::Nothing,
        }
    }

    /// Makes the next authority, which is in the bundle from here on; one that is there already stays.
    pub fn publish_next(&mut self, now: Timestamp) -> Result<(), CaError> {
        if self.next.is_none() {
            let path = self.folder.join(NEXT);
            self.next = Some(Pair::create(&path, self.kind, &self.organization, now, AUTHORITY_LIFE)?);
            self.bind();
        }
        Ok(())
    }

    /// Lets the next authority take over and forgets the key of the current one.
    pub fn rotate(&mut self, now: Timestamp) -> Result<(), CaError> {
        let made = self.next.as_ref().map(|next| next.made).ok_or(CaError::NotPublished)?;
        if self.due_for_rotation(now) != Due::Rotate {
            return Err(CaError::TooEarly { since: made, after: after(made, PUBLISH_LEAD) });
        }
        let old = self.current.certificate_pem.clone();
        files::write_atomically(&self.folder.join(PREVIOUS), old.as_bytes(), Mode::PRIVATE)?;
        files::rename(&self.folder.join(NEXT), &self.folder.join(CURRENT))?;
        if let Some(next) = self.next.take() {
            self.current = next;
        }
        self.previous = Some(old);
        self.bind();
        Ok(())
    }

    /// After a rotation that stopped half-way the previous certificate is still the current one.
    fn bind(&mut self) {
        let current = self.current.certificate_pem.as_str();
        let next = self.next.as_ref().map(|next| next.certificate_pem.as_str());
        let previous = self.previous.as_deref().filter(|previous| *previous != current);
        self.bundle = [Some(current), next, previous].into_iter().flatten().collect();
    }
}

const CURRENT: &str = "current.pem";
const NEXT: &str = "next.pem";
const PREVIOUS: &str = "previous.pem";

/// An uncompressed point of P-256.
fn is_point(key: &[u8]) -> bool {
    key.len() == 65 && key[0] == 4
}

impl fmt::Debug for Authority {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Authority");
        shown.field("folder", &self.folder).field("kind", &self.kind).field("ends", &self.current.ends);
        shown.finish_non_exhaustive()
    }
}

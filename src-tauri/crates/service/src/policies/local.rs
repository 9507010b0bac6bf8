//! A policy in files of this machine, which must be root's.

use std::path::Path;

use enrollment::{Enrollment, Source};
use host::files::{OwnershipError, read_root_owned};
use policy_bundle::{Offer, named_catalog};

/// An envelope is a third longer than what is in it.
const LIMIT: u64 = 24 * 1024 * 1024;
/// The trust document's place beside the policy's.
pub(super) const TRUST: &str = "trust.json";

/// The bytes of an offer.
pub(super) struct Bytes {
    pub(super) trust: Option<Vec<u8>>,
    pub(super) policy: Vec<u8>,
    pub(super) catalog: Option<Vec<u8>>,
}

impl Bytes {
    pub(super) fn as_offer(&self) -> Offer<'_> {
        Offer { trust: self.trust.as_deref(), policy: &self.policy, catalog: self.catalog.as_deref() }
    }
}

/// What lies at the place the enrollment names: nothing where the policy comes from elsewhere, and an inner nothing
/// where there is no file.
pub(super) fn offer(enrollment: &Enrollment) -> Option<Result<Option<Bytes>, Unread>> {
    match &enrollment.policy.source {
        Source::File { document, roots } => Some(read(document, !roots.is_none())),
        Source::Https { .. } | Source::DockerHub(_) => None,
    }
}

/// Why a place could not be read.
#[derive(Debug)]
pub(super) struct Unread {
    pub(super) why: String,
    /// Whether there was only no descriptor or memory to read it with.
    pub(super) is_passing: bool,
}

impl From<OwnershipError> for Unread {
    fn from(error: OwnershipError) -> Self {
        Self { why: error.to_string(), is_passing: error.is_passing() }
    }
}

fn read(document: &Path, signed: bool) -> Result<Option<Bytes>, Unread> {
    let Some(policy) = present(read_root_owned(document, LIMIT))? else { return Ok(None) };
    let trust = match signed {
        true => present(read_root_owned(&document.with_file_name(TRUST), LIMIT))?,
        false => None,
    };
    let catalog = match named_catalog(&policy) {
        None => None,
        Some(named) => {
            let name = named.file_name();
            let name = name.map_err(|refusal| Unread { why: refusal.to_string(), is_passing: false })?;
            Some(read_root_owned(&document.with_file_name(name), LIMIT)?)
        }
    };
    Ok(Some(Bytes { trust, policy, catalog }))
}

fn present(read: Result<Vec<u8>, OwnershipError>) -> Result<Option<Vec<u8>>, Unread> {
    match read {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.is_absent() => Ok(None),
        Err(error) => Err(error.into()),
    }
}

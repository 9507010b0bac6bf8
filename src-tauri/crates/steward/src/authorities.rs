//! The two certificate authorities, opened when they are first needed. Each signs in its own field only: the mirror
//! authority for names of this machine, interception for every other name.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr},
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use ca::{Authority, CaError, Due, Kind};
use jiff::Timestamp;
use steward_protocol::Issuer;
use thiserror::Error;

/// Names by which guests and containers reach this machine.
const OWN_HOSTS: [&str; 4] =
    ["localhost", "host.docker.internal", "host.containers.internal", "host.lima.internal"];

/// This machine as seen from Lima's guest.
const OWN_ADDRESS: Ipv4Addr = Ipv4Addr::new(192, 168, 5, 2);

/// The authorities of this machine.
pub(super) struct Authorities {
    folder: PathBuf,
    organization: Box<dyn Fn() -> String + Send + Sync>,
    now: fn() -> Timestamp,
    open: Mutex<Option<Open>>,
}

struct Open {
    mirror: Authority,
    intercept: Authority,
}

/// The certificates to trust, in PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bundles {
    pub(super) mirror: String,
    pub(super) intercept: String,
}

/// Why nothing is signed.
#[derive(Debug, Error)]
pub(super) enum SignError {
    /// The authority refuses or is damaged.
    #[error(transparent)]
    Authority(#[from] CaError),
    /// Interception stays away from the mirror's names.
    #[error("`{name}` is a name of this machine, for which only the mirror authority signs")]
    OwnName {
        /// The name.
        name: String,
    },
}

impl Authorities {
    /// The authorities in this folder; nothing is read or made yet.
    pub(super) fn at(
        folder: PathBuf,
        organization: impl Fn() -> String + Send + Sync + 'static,
        now: fn() -> Timestamp,
    ) -> Self {
        Self { folder, organization: Box::new(organization), now, open: Mutex::new(None) }
    }

    /// The certificates that engines are to trust.
    pub(super) fn bundles(&self) -> Result<Bundles, CaError> {
        self.with(|open| {
            let (mirror, intercept) = (open.mirror.bundle_pem(), open.intercept.bundle_pem());
            Ok(Bundles { mirror: mirror.to_owned(), intercept: intercept.to_owned() })
        })
    }

    /// Signs a public key for these names.
    pub(super) fn sign(
        &self,
        issuer: Issuer,
        public_key: &[u8],
        names: &[String],
    ) -> Result<Vec<Vec<u8>>, SignError> {
        let own = names.iter().find(|name| is_own(name)).filter(|_| issuer == Issuer::Intercept);
        if let Some(name) = own {
            return Err(SignError::OwnName { name: name.clone() });
        }
        let now = (self.now)();
        Ok(self.with(|open| open.of(issuer).sign(public_key, names, now))?)
    }

    /// A damaged authority is looked at again each time, so that a repair needs no restart.
    fn with<T>(&self, work: impl FnOnce(&Open) -> Result<T, CaError>) -> Result<T, CaError> {
        let mut place = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let now = (self.now)();
        let mut open = match place.take() {
            Some(open) => open,
            None => self.load(now)?,
        };
        for authority in [&mut open.mirror, &mut open.intercept] {
            if let Err(error) = keep_up(authority, now) {
                tracing::warn!(%error, "a certificate authority could not be renewed");
            }
        }
        work(place.insert(open))
    }

    fn load(&self, now: Timestamp) -> Result<Open, CaError> {
        let organization = (self.organization)();
        let load =
            |name: &str, kind| Authority::load_or_create(&self.folder.join(name), kind, &organization, now);
        Ok(Open { mirror: load("mirror", Kind::Mirror)?, intercept: load("intercept", Kind::Intercept)? })
    }
}

impl Open {
    fn of(&self, issuer: Issuer) -> &Authority {
        match issuer {
            Issuer::Mirror => &self.mirror,
            Issuer::Intercept => &self.intercept,
        }
    }
}

fn keep_up(authority: &mut Authority, now: Timestamp) -> Result<(), CaError> {
    match authority.due_for_rotation(now) {
        Due::Nothing => Ok(()),
        Due::PublishNext => authority.publish_next(now),
        Due::Rotate => authority.rotate(now),
    }
}

/// Whether the name can only mean this machine, and is one that the mirror front may be called by. A registry on this
/// machine may have any name below `localhost` (RFC 6761), and engines ask their proxy for it.
fn is_own(name: &str) -> bool {
    if let Ok(address) = name.parse::<IpAddr>() {
        let address = address.to_canonical();
        return address.is_loopback() || address == IpAddr::V4(OWN_ADDRESS);
    }
    let name = name.to_ascii_lowercase();
    let name = name.trim_end_matches('.');
    let below = |own: &str| name.strip_suffix(own).is_some_and(|rest| rest.ends_with('.'));
    OWN_HOSTS.into_iter().any(|own| name == own || (own != "localhost" && below(own)))
}

impl fmt::Debug for Authorities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorities").field("folder", &self.folder).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;

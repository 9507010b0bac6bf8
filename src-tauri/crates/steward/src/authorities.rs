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
mod tests {
    //! The authorities as the steward offers them: each in its own field.

    use ca::LeafKey;
    use tempfile::TempDir;

    use super::*;

    fn at(folder: &TempDir) -> Authorities {
        Authorities::at(
            folder.path().join("ca"),
            || "acme".into(),
            || Timestamp::from_second(1_785_000_000).unwrap(),
        )
    }

    fn sign(authorities: &Authorities, issuer: Issuer, name: &str) -> Result<Vec<Vec<u8>>, SignError> {
        let key = LeafKey::generate().unwrap();
        authorities.sign(issuer, &key.spki_der, &[name.to_owned()])
    }

    const OWN: [&str; 8] = [
        "localhost",
        "LOCALHOST",
        "host.docker.internal",
        "host.containers.internal",
        "host.lima.internal",
        "127.0.0.1",
        "::1",
        "192.168.5.2",
    ];
    const OTHERS: [&str; 5] =
        ["registry-1.docker.io", "notlocalhost", "203.0.113.7", "2001:db8::1", "registry"];

    #[test]
    fn the_mirror_authority_signs_for_this_machine_and_interception_for_the_rest() {
        let folder = tempfile::tempdir().unwrap();
        let authorities = at(&folder);
        for name in OWN {
            assert!(sign(&authorities, Issuer::Mirror, name).is_ok(), "{name}");
            let refused = sign(&authorities, Issuer::Intercept, name).unwrap_err();
            assert!(matches!(refused, SignError::OwnName { name: own } if own == name), "{name}");
        }
        for name in OTHERS {
            assert!(sign(&authorities, Issuer::Intercept, name).is_ok(), "{name}");
            assert!(sign(&authorities, Issuer::Mirror, name).is_err(), "{name}");
        }
    }

    /// `docker push k3d-myregistry.localhost:12345/x` asks the proxy for that name.
    #[test]
    fn a_registry_on_this_machine_may_have_a_name_below_localhost() {
        let folder = tempfile::tempdir().unwrap();
        let authorities = at(&folder);
        for name in ["k3d-myregistry.localhost", "REGISTRY.localhost", "a.b.localhost"] {
            assert!(sign(&authorities, Issuer::Intercept, name).is_ok(), "{name}");
        }
        for name in ["x.host.docker.internal", ".localhost"] {
            assert!(sign(&authorities, Issuer::Intercept, name).is_err(), "{name}");
        }
    }

    #[test]
    fn interception_signs_for_no_spelling_of_a_loopback_address() {
        let folder = tempfile::tempdir().unwrap();
        let authorities = at(&folder);
        for name in ["::ffff:127.0.0.1", "127.9.9.9", "0:0:0:0:0:0:0:1", "localhost."] {
            assert!(sign(&authorities, Issuer::Intercept, name).is_err(), "{name}");
        }
    }

    #[test]
    fn one_own_name_among_others_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let names = ["registry-1.docker.io".to_owned(), "localhost".to_owned()];
        let key = LeafKey::generate().unwrap();
        let signed = at(&folder).sign(Issuer::Intercept, &key.spki_der, &names);
        assert_eq!(
            signed.unwrap_err().to_string(),
            "`localhost` is a name of this machine, for which only the mirror authority signs"
        );
    }

    #[test]
    fn the_authorities_stay_the_same_from_run_to_run() {
        let folder = tempfile::tempdir().unwrap();
        let bundles = at(&folder).bundles().unwrap();
        assert_ne!(bundles.mirror, bundles.intercept);
        assert_eq!(at(&folder).bundles().unwrap(), bundles);
    }

    #[test]
    fn a_damaged_authority_refuses_until_it_is_repaired_and_is_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let authorities = at(&folder);
        let bundles = at(&folder).bundles().unwrap();
        let file = folder.path().join("ca/mirror/current.pem");
        let good = std::fs::read(&file).unwrap();
        let put = |bytes: &[u8]| {
            host::files::write_atomically(&file, bytes, host::files::Mode::PRIVATE).unwrap();
        };
        put(b"damaged");
        for _ in 0..2 {
            assert!(authorities.bundles().unwrap_err().to_string().contains("current.pem"));
        }
        put(&good);
        assert_eq!(authorities.bundles().unwrap(), bundles);
    }
}

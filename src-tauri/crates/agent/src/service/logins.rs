//! Who asks, by the kernel's word, and that person's own login for a registry.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use gateway::{Askers, Eventually, Login, Logins, Owner};
use wire::{LoginKind, StewardRequest, StewardResponse};

use super::steward_client::Steward;

/// Logins as the steward reads them, each in its owner's name.
pub(super) struct StewardLogins {
    steward: Steward,
    known: Mutex<HashMap<(Owner, String), Answer>>,
}

/// When it was read, and what was there.
type Answer = (Instant, Option<Login>);

/// How long the answer holds for one connection; the next one may be of a process that keeps its logins elsewhere.
const KEEP: Duration = Duration::from_secs(10);

impl StewardLogins {
    pub(super) fn new(steward: Steward) -> Self {
        Self { steward, known: Mutex::default() }
    }

    async fn read(&self, owner: Owner, registry: &str) -> Option<Login> {
        let key = (owner, registry.to_owned());
        if let Some(login) = self.known(&key) {
            return login;
        }
        let Owner { uid, socket } = owner;
        let socket = Some(socket);
        let request = StewardRequest::ReadLogin { uid, pid: None, socket, registry: registry.to_owned() };
        let login = match self.steward.ask(request).await {
            Ok(StewardResponse::Login { login }) => login.map(to_gateway),
            Ok(_) => None,
            Err(error) => {
                tracing::warn!(%error, uid, registry, "a login could not be read");
                None
            }
        };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(key, (Instant::now(), login.clone()));
        login
    }

    fn known(&self, key: &(Owner, String)) -> Option<Option<Login>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (since, _)| since.elapsed() < KEEP);
        known.get(key).map(|(_, login)| login.clone())
    }
}

fn to_gateway(login: wire::Login) -> Login {
    let user = match login.kind {
        LoginKind::Password => login.username,
        LoginKind::IdentityToken => "<token>".to_owned(),
    };
    Login { user, secret: login.secret.expose().to_owned() }
}

impl Logins for StewardLogins {
    fn login<'a>(&'a self, owner: Owner, registry: &'a str) -> Eventually<'a, Option<Login>> {
        Box::pin(self.read(owner, registry))
    }
}

/// The owner of a connection's other end.
pub(super) struct KernelAskers;

impl Askers for KernelAskers {
    fn owner(&self, client: SocketAddr, server: SocketAddr) -> Option<Owner> {
        let host::peer::Owner { uid, socket } = host::peer::tcp_owner(client, server)?;
        Some(Owner { uid, socket })
    }
}

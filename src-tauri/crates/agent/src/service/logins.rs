//! Who asks, by the kernel's word, and that person's own login for a registry.

use std::{
    collections::HashMap,
    net::SocketAddr,
    time::{Duration, Instant},
};

use gateway::{Askers, Eventually, Login, Logins};
use tokio::sync::Mutex;
use wire::{LoginKind, StewardRequest, StewardResponse};

use super::steward_client::Steward;

/// Logins as the steward reads them, each in its owner's name.
pub(super) struct StewardLogins {
    steward: Steward,
    known: Mutex<HashMap<(u32, String), (Instant, Option<Login>)>>,
}

/// A new `podman login` counts within this time.
const KEEP: Duration = Duration::from_secs(10);

impl StewardLogins {
    pub(super) fn new(steward: Steward) -> Self {
        Self { steward, known: Mutex::default() }
    }

    async fn read(&self, uid: u32, registry: &str) -> Option<Login> {
        let key = (uid, registry.to_owned());
        let mut known = self.known.lock().await;
        known.retain(|_, (since, _)| since.elapsed() < KEEP);
        if let Some((_, login)) = known.get(&key) {
            return login.clone();
        }
        let request = StewardRequest::ReadLogin { uid, pid: None, registry: registry.to_owned() };
        let login = match self.steward.ask(request).await {
            Ok(StewardResponse::Login { login }) => login.map(to_gateway),
            Ok(_) => None,
            Err(error) => {
                tracing::warn!(%error, uid, registry, "a login could not be read");
                None
            }
        };
        known.insert(key, (Instant::now(), login.clone()));
        login
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
    fn login<'a>(&'a self, uid: u32, registry: &'a str) -> Eventually<'a, Option<Login>> {
        Box::pin(self.read(uid, registry))
    }
}

/// The owner of a connection's other end.
pub(super) struct KernelAskers;

impl Askers for KernelAskers {
    fn owner(&self, client: SocketAddr, server: SocketAddr) -> Option<u32> {
        host::peer::tcp_owner(client, server)
    }
}

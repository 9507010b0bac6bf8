//! The provider, kept between operations: what it said of itself, its keys and its connections are good for longer than
//! one of them. The first two outlast the process in a file, so that a renewal needs no page but the token endpoint.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use enrollment::Oidc;
use host::{
    clock,
    files::{self, Mode},
};
use identity::oidc::{Cache, Config, Provider, Registration};
use secret::Secret;
use web::{Client, Settings, WebError};

const FILE: &str = "provider.json";
/// More than any provider says of itself.
const LARGEST: u64 = 1024 * 1024;
/// The machine's authorities are read when a client is made, so one does not live for ever.
const CLIENT_LIVES: Duration = Duration::from_secs(60 * 60);

/// Keeps the provider of the enrollment.
#[derive(Default)]
pub(super) struct ProviderCache(Mutex<Option<Kept>>);

struct Kept {
    issuer: String,
    cache: Arc<Cache>,
    /// What the file holds.
    written: Option<String>,
    made: Option<Made>,
}

struct Made {
    of: Parts,
    at: Duration,
    provider: Arc<Provider>,
}

/// What a provider is made of; another part makes another one.
#[derive(Clone, PartialEq)]
pub(super) struct Parts {
    /// What people call the organization.
    pub(super) organization: String,
    pub(super) oidc: Oidc,
    /// The secret of the client, wherever it is kept.
    pub(super) secret: Option<Secret>,
    pub(super) settings: Settings,
}

impl ProviderCache {
    /// The provider of these parts: the one that is kept, or another with the same caches.
    pub(super) fn provider(&self, state: &Path, parts: Parts) -> Result<Arc<Provider>, WebError> {
        let mut kept = self.lock();
        let issuer = &parts.oidc.issuer;
        let held = match kept.take().filter(|held| held.issuer == *issuer) {
            Some(held) => kept.insert(held),
            None => kept.insert(Kept::read(&state.join(FILE), issuer)),
        };
        let now = clock::boottime();
        let lives = |made: &&Made| {
            made.of == parts && now.saturating_sub(made.at) < CLIENT_LIVES && !made.provider.was_untrusted()
        };
        if let Some(made) = held.made.as_ref().filter(lives) {
            return Ok(Arc::clone(&made.provider));
        }
        let client = Client::new(&parts.settings)?;
        let provider = Arc::new(Provider::new(parts.config(), client, Arc::clone(&held.cache)));
        held.made = Some(Made { of: parts, at: now, provider: Arc::clone(&provider) });
        Ok(provider)
    }

    /// Connections of before a sleep or another network are dead; the caches are not.
    pub(super) fn drop_connections(&self) {
        if let Some(kept) = self.lock().as_mut() {
            kept.made = None;
        }
    }

    /// Writes down what the provider has said since.
    pub(super) async fn write(&self, state: &Path) {
        let Some(cache) = self.lock().as_ref().map(|kept| Arc::clone(&kept.cache)) else { return };
        let Some(snapshot) = cache.snapshot().await else { return };
        let mut kept = self.lock();
        let Some(kept) = kept.as_mut().filter(|kept| Arc::ptr_eq(&kept.cache, &cache)) else { return };
        if kept.written.as_ref() == Some(&snapshot) {
            return;
        }
        match files::write_atomically(&state.join(FILE), snapshot.as_bytes(), Mode::PRIVATE) {
            Ok(()) => kept.written = Some(snapshot),
            Err(error) => tracing::info!(%error, "what the provider says of itself is not kept"),
        }
    }

    /// Nothing of a provider is left where there is none any longer.
    pub(super) fn forget(&self, state: &Path) {
        *self.lock() = None;
        let path = state.join(FILE);
        if path.exists()
            && let Err(error) = files::remove(&path)
        {
            tracing::warn!(%error, "what an earlier provider said of itself could not be removed");
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// With the caches of an earlier process, where they are of this issuer.
    fn read(path: &Path, issuer: &str) -> Self {
        let bytes = files::read_private(path, LARGEST).unwrap_or_else(|error| {
            tracing::info!(%error, "what the provider said of itself is asked for anew");
            None
        });
        let written = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        let cache = written.as_deref().map(|text| Cache::restore(text, issuer)).unwrap_or_default();
        Self { issuer: issuer.to_owned(), cache: Arc::new(cache), written, made: None }
    }
}

impl Parts {
    fn config(&self) -> Config {
        let of = &self.oidc;
        let registration = |id: &String, secret: &Option<Secret>| Registration {
            client_id: id.clone(),
            client_secret: secret.clone(),
        };
        Config {
            organization: self.organization.clone(),
            issuer: of.issuer.clone(),
            client: registration(&of.client_id, &self.secret),
            device_client: of.device_client.as_ref().map(|(id, secret)| registration(id, secret)),
            scopes: of.scopes.clone(),
            parameters: of.parameters.clone(),
            redirect_host: of.redirect_host.clone(),
            redirect_ports: of.redirect_ports.clone(),
            membership: Some(of.membership.clone()),
            // Groups only add to what the policy allows, so they are worth a question only where they are named.
            needed_claims: of.groups_claim.iter().cloned().collect(),
            account_claim: of.account_claim.clone(),
            now: clock::now,
        }
    }
}

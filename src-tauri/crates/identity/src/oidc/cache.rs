//! What a provider said of itself, and its keys: they outlast a client, and with [`Cache::snapshot`] a process.

use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::discovery::Discovered;
use super::keys::Keys;

/// The caches of one provider. None of it is secret; whoever can change a snapshot can say who the provider is.
#[derive(Default)]
pub struct Cache {
    pub(super) discovered: Mutex<Option<Discovered>>,
    pub(super) keys: Mutex<Keys>,
}

#[derive(Serialize, Deserialize)]
struct Snapshot {
    discovered: Option<Discovered>,
    keys: Keys,
}

impl Cache {
    /// The caches as they were when this text was taken; empty ones where it is of another issuer or cannot be read.
    pub fn restore(text: &str, issuer: &str) -> Self {
        let read = serde_json::from_str::<Snapshot>(text).ok();
        let ours = read.filter(|read| read.discovered.as_ref().is_some_and(|found| found.is_of(issuer)));
        ours.map_or_else(Self::default, |Snapshot { discovered, keys }| Self {
            discovered: Mutex::new(discovered),
            keys: Mutex::new(keys),
        })
    }

    /// All of it as a text; none while the provider has said nothing.
    pub async fn snapshot(&self) -> Option<String> {
        let discovered = self.discovered.lock().await.clone();
        discovered.as_ref()?;
        let keys = self.keys.lock().await.clone();
        serde_json::to_string(&Snapshot { discovered, keys }).ok()
    }
}

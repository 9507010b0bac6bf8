//! The way of the service's own requests, to providers and policy hosts: by the corporate proxy where there is one,
//! and never through the gateway.

use std::{path::Path, time::Duration};

use host::files::read_root_owned;
use identity::{
    Secret,
    web::{Client, Proxy, Settings, WebError},
};

use super::core::Core;
use engines::UpstreamFacts;

const CA_LIMIT: u64 = 1024 * 1024;
/// The steward is started on demand.
const FIRST_LOOK: Duration = Duration::from_secs(8);

/// A client that trusts the machine's authorities, and those in a file of root's where one is named.
pub(super) fn client(core: &Core, ca: Option<&Path>) -> Result<Client, WebError> {
    let authorities = ca.map(authority).transpose()?.into_iter().collect();
    let proxy = core.proxy.borrow().clone().unwrap_or_default();
    Client::new(&Settings { authorities, proxy, ..Settings::default() })
}

/// Waits until it is known whether there is a proxy, which is right after the start, but not for long.
pub(super) async fn known(core: &Core) {
    let mut proxy = core.proxy.subscribe();
    let known = proxy.wait_for(Option::is_some);
    if tokio::time::timeout(FIRST_LOOK, known).await.is_err() {
        tracing::info!("it is not known yet whether this machine has a proxy");
    }
}

fn authority(path: &Path) -> Result<String, WebError> {
    let cannot =
        |why: String| WebError::invalid(&path.display().to_string(), format!("cannot be used: {why}"));
    let bytes = read_root_owned(path, CA_LIMIT).map_err(|error| cannot(error.to_string()))?;
    String::from_utf8(bytes).map_err(|_| cannot("it is not a text of PEM certificates".to_owned()))
}

/// The proxy that the machine's engines have, which is the service's, too.
pub(super) fn proxy(facts: &UpstreamFacts) -> Proxy {
    let named = facts.proxies.no_proxy.as_deref().unwrap_or_default();
    Proxy {
        https: facts.proxies.https.clone().map(Secret::new),
        http: facts.proxies.http.clone().map(Secret::new),
        no_proxy: named.split([',', ' ']).filter(|name| !name.is_empty()).map(str::to_owned).collect(),
    }
}

//! The way of the service's own requests, to providers and policy hosts: by the enrollment's proxy, else the machine's,
//! else whichever way leads there, and never through the gateway.

mod answers;
mod known;
mod process;
mod settle;

use std::{path::Path, sync::Arc};

use host::files::read_root_owned;
use web::{Authority, Client, Settings, WebError};

use super::core::Core;

pub(super) use answers::answers;
pub(super) use known::{Known, Ways};
pub(super) use process::StewardProcessEgress;
pub(super) use settle::forget;

const CA_LIMIT: u64 = 1024 * 1024;

/// A client that trusts the machine's authorities, those that the enrollment names for everything, and those in a file
/// of root's where one is named.
pub(super) fn client(core: &Core, ca: Option<&Path>) -> Result<Client, WebError> {
    Client::new(&settings(core, ca)?)
}

/// What such a client is made from, as it is now.
pub(super) fn settings(core: &Core, ca: Option<&Path>) -> Result<Settings, WebError> {
    let named = core.ways.known().map(|known| known.for_web()).unwrap_or_default();
    let authorities = ca.map(authority).transpose()?.into_iter().chain(named).collect();
    let (egress, proxy_logins) = (core.ways.own(), Arc::clone(&core.proxy_logins));
    Ok(Settings { authorities, egress, proxy_logins, ..Settings::default() })
}

/// Waits until it is known how this machine goes out, which is right after the start, but not for long; and finds out
/// which way leads to the enrollment's places, where there are several.
pub(super) async fn known(core: &Core) {
    core.ways.wait_first_check().await;
    settle::settle(core).await;
}

fn authority(path: &Path) -> Result<Authority, WebError> {
    let cannot =
        |why: String| WebError::invalid(&path.display().to_string(), format!("cannot be used: {why}"));
    let bytes = read_root_owned(path, CA_LIMIT).map_err(|error| cannot(error.to_string()))?;
    let pem =
        String::from_utf8(bytes).map_err(|_| cannot("it is not a text of PEM certificates".to_owned()))?;
    Ok(Authority { pem, source: path.display().to_string() })
}

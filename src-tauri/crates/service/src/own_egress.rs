//! The way of the service's own requests, to providers and policy hosts: by the enrollment's proxy, else the machine's,
//! else whichever way leads there, and never through the gateway.

mod answers;
mod choose;
mod known;
mod process;

use std::{path::Path, sync::Arc};

use egress::RefusedLogins;
use host::files::read_root_owned;
use tokio::sync::watch;
use web::{Authority, Client, Settings, WebError};

use super::{conditions::Conditions, in_force::InForce};

pub(super) use known::{Known, Learned};
pub(super) use process::StewardProcessEgress;

const CA_LIMIT: u64 = 1024 * 1024;

/// The ways out of this machine, and the one that the service itself goes.
pub(super) struct OwnEgress {
    pub(super) learned: Learned,
    in_force: watch::Receiver<InForce>,
    /// Which logins proxies did not accept, for the gateway and the service's own requests.
    proxy_logins: Arc<RefusedLogins>,
    conditions: Arc<Conditions>,
}

impl OwnEgress {
    pub(super) fn new(
        in_force: watch::Receiver<InForce>,
        proxy_logins: Arc<RefusedLogins>,
        conditions: Arc<Conditions>,
    ) -> Self {
        Self { learned: Learned::default(), in_force, proxy_logins, conditions }
    }

    /// A client that trusts the machine's authorities, those that the enrollment names for everything, and those in a
    /// file of root's where one is named.
    pub(super) fn client(&self, ca: Option<&Path>) -> Result<Client, WebError> {
        Client::new(&self.settings(ca)?)
    }

    /// What such a client is made from, as it is now.
    pub(super) fn settings(&self, ca: Option<&Path>) -> Result<Settings, WebError> {
        let named = self.learned.known().map(|known| known.for_web()).unwrap_or_default();
        let authorities = ca.map(authority).transpose()?.into_iter().chain(named).collect();
        let (egress, proxy_logins) = (self.learned.own(), Arc::clone(&self.proxy_logins));
        Ok(Settings { authorities, egress, proxy_logins, ..Settings::default() })
    }

    /// Waits until it is known how this machine goes out, which is right after the start, but not for long; and finds
    /// out which way leads to the enrollment's places, where there are several.
    pub(super) async fn wait_for_proxy_settings(&self) {
        self.learned.wait_first_check().await;
        self.choose().await;
    }
}

fn authority(path: &Path) -> Result<Authority, WebError> {
    let cannot =
        |why: String| WebError::invalid(&path.display().to_string(), format!("cannot be used: {why}"));
    let bytes = read_root_owned(path, CA_LIMIT).map_err(|error| cannot(error.to_string()))?;
    let pem =
        String::from_utf8(bytes).map_err(|_| cannot("it is not a text of PEM certificates".to_owned()))?;
    Ok(Authority { pem, source: path.display().to_string() })
}

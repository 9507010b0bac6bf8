//! Moments at which what failed may work again: the network came back, the machine woke from sleep.

use std::{sync::Arc, thread, time::Duration};

use host::{clock, network::NetworkChanges};
use tokio::{sync::broadcast::Sender, time::Instant};

use super::core::Core;

/// What happened to the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HostEvent {
    /// The network changed.
    NetworkUp,
    /// It slept.
    Woke,
}

/// A cable, an address and a route come one after the other.
const SETTLE: Duration = Duration::from_secs(1);
const AGES: Duration = Duration::from_secs(3600);
const LOOK: Duration = Duration::from_secs(10);
/// The two clocks are not read in the same instant.
const SLEPT: Duration = Duration::from_secs(5);

/// Tells of such moments as long as the service runs.
pub(super) async fn tell(core: Arc<Core>) {
    let told = core.moments.clone();
    let listening = thread::Builder::new().name("network".into()).spawn(move || network(&told));
    if let Err(error) = listening {
        tracing::warn!(%error, "changes of the network are not noticed");
    }
    sleep(&core.moments).await;
}

fn network(told: &Sender<HostEvent>) {
    if let Err(error) = listen(told) {
        tracing::warn!(%error, "changes of the network are not noticed");
    }
}

fn listen(told: &Sender<HostEvent>) -> std::io::Result<()> {
    let changes = NetworkChanges::listen()?;
    loop {
        if changes.wait(AGES)? {
            thread::sleep(SETTLE);
            say(told, HostEvent::NetworkUp);
        }
    }
}

/// The runtime's clock stands still while the machine sleeps, and the other one does not.
async fn sleep(told: &Sender<HostEvent>) {
    loop {
        let before = (Instant::now(), clock::boottime());
        tokio::time::sleep(LOOK).await;
        let passed = clock::boottime().saturating_sub(before.1);
        if passed > before.0.elapsed() + SLEPT {
            say(told, HostEvent::Woke);
        }
    }
}

fn say(told: &Sender<HostEvent>, moment: HostEvent) {
    tracing::debug!(?moment, "what failed is tried again");
    // Nobody waiting is no fault.
    let _listeners = told.send(moment);
}

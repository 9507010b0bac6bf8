//! Moments at which what failed may work again: the network came back, the machine woke from sleep.

use std::{thread, time::Duration};

use host::{clock, network::NetworkChanges};
use tokio::{sync::broadcast::Sender, time::Instant};

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
pub(super) async fn tell(events: Sender<HostEvent>) {
    let heard = events.clone();
    let listening = thread::Builder::new().name("network".into()).spawn(move || network(&heard));
    if let Err(error) = listening {
        tracing::warn!(%error, "changes of the network are not noticed");
    }
    sleep(&events).await;
}

fn network(events: &Sender<HostEvent>) {
    if let Err(error) = listen(events) {
        tracing::warn!(%error, "changes of the network are not noticed");
    }
}

fn listen(events: &Sender<HostEvent>) -> std::io::Result<()> {
    let changes = NetworkChanges::listen()?;
    loop {
        if changes.wait(AGES)? {
            thread::sleep(SETTLE);
            say(events, HostEvent::NetworkUp);
        }
    }
}

/// The runtime's clock stands still while the machine sleeps, and the other one does not.
async fn sleep(events: &Sender<HostEvent>) {
    loop {
        let before = (Instant::now(), clock::boottime());
        tokio::time::sleep(LOOK).await;
        let passed = clock::boottime().saturating_sub(before.1);
        if passed > before.0.elapsed() + SLEPT {
            say(events, HostEvent::Woke);
        }
    }
}

fn say(events: &Sender<HostEvent>, event: HostEvent) {
    tracing::debug!(?event, "what failed is tried again");
    // Nobody waiting is no fault.
    let _listeners = events.send(event);
}

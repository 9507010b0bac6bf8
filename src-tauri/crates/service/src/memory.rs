//! What pulls have used goes back to the system when they are over: on most days the service only waits.

use std::{sync::Arc, time::Duration};

use gateway::Gate;

/// Shorter spells are manifests and denials, which free next to nothing.
const LONG: Duration = Duration::from_millis(500);

/// Gives back what the start has freed, and then what every longer spell of pulls has.
pub(super) async fn trim_after_pulls(gate: Arc<Gate>) {
    loop {
        host::memory::trim();
        while gate.next_busy_period().await < LONG {}
    }
}

//! Changes of the machine's network: an address or a way came or went. What is reachable now, nobody knows but who
//! tries.

use std::io;
use std::time::Duration;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(any(target_os = "macos", test))]
mod route;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;
#[cfg(unix)]
use unix as system;
#[cfg(windows)]
use windows as system;

/// Tells when the network changes.
pub struct NetworkChanges(system::Changes);

impl NetworkChanges {
    /// Begins to listen.
    pub fn listen() -> io::Result<Self> {
        system::Changes::listen().map(Self)
    }

    /// Waits for a change at most this long, and says whether there was one; what was told meanwhile is one change.
    pub fn wait(&self, at_most: Duration) -> io::Result<bool> {
        self.0.wait(at_most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_told_while_nothing_changes() {
        let changes = NetworkChanges::listen().unwrap();
        // What the machine does of itself in this moment is taken first.
        while changes.wait(Duration::ZERO).unwrap() {}
        assert!(!changes.wait(Duration::ZERO).unwrap());
    }
}

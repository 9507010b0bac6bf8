//! The authorities that every program of the machine believes. On Linux each engine is given its own instead.

#[cfg(target_os = "macos")]
mod macos;
#[cfg(windows)]
mod windows;
#[cfg(target_os = "macos")]
use macos as system;
#[cfg(windows)]
use windows as system;

use std::io;

/// Whether the machine believes this authority, a certificate in DER.
pub fn is_trusted(authority: &[u8]) -> io::Result<bool> {
    system::is_trusted(authority)
}

/// Makes the machine believe an authority; it takes an administrator.
pub fn trust(authority: &[u8]) -> io::Result<()> {
    system::trust(authority)
}

/// Takes an authority away again; says whether it was believed.
pub fn distrust(authority: &[u8]) -> io::Result<bool> {
    system::distrust(authority)
}

//! The thread of the pulls: nothing else that the service does holds one up there, and no other thread has to be woken
//! to move a body on, which would cost more than moving it.

use std::{future::pending, io, thread};

use tokio::runtime::{Builder, Handle};

/// Starts it, for as long as the process lives.
pub(super) fn start() -> io::Result<Handle> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let handle = runtime.handle().clone();
    thread::Builder::new().name("pulls".into()).spawn(move || runtime.block_on(pending::<()>()))?;
    Ok(handle)
}

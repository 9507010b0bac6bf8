//! The service: holds the policy, serves the gateway, keeps the journal, answers on the control socket.
//!
//! It runs as an unprivileged user, is handed its sockets, and asks the steward for whatever needs root. With bad
//! state it starts all the same, and answers every pull with the reason.

mod age;
mod compose;
mod conditions;
mod control;
mod decisions;
mod egress_state;
mod engines;
mod enrolled;
mod host_events;
mod images;
mod in_force;
mod leaf_certificates;
mod listeners;
mod logins;
mod memory;
mod own_egress;
mod pass_through;
mod pause;
mod policies;
mod ports;
mod provenance;
mod proxy_users;
mod publisher;
mod pull_thread;
#[cfg(test)]
mod sample;
mod session;
mod shared;
mod starts;
mod steward_client;
mod time;
mod upstreams;

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use host::dirs::Dirs;
use thiserror::Error;
use tokio::signal::unix::{SignalKind, signal};

use compose::Service;
use listeners::{ListenError, Listeners};

/// Requests that are being answered get this long to end when the service is told to stop.
const FAREWELL: std::time::Duration = std::time::Duration::from_secs(10);

/// Why the service cannot run at all.
#[derive(Debug, Error)]
enum StartError {
    #[error(transparent)]
    File(#[from] host::files::FileError),
    #[error(transparent)]
    Listen(#[from] ListenError),
    #[error(transparent)]
    Key(#[from] ca::CaError),
    #[error("the service cannot start: {0}")]
    System(#[from] std::io::Error),
}

/// Runs the service until it is told to stop; `config` is another enrollment file that belongs to root.
pub fn run(config: Option<PathBuf>) -> ExitCode {
    host::log::begin(tracing::Level::INFO);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let outcome = runtime.map_err(StartError::from).and_then(|runtime| runtime.block_on(serve(config)));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the service did not start");
            ExitCode::FAILURE
        }
    }
}

async fn serve(config: Option<PathBuf>) -> Result<(), StartError> {
    let dirs = Dirs::system();
    host::files::make_folder(&dirs.state, host::files::Mode::PRIVATE_FOLDER)?;
    let pulls = pull_thread::start()?;
    let listeners = Listeners::take(&dirs, &pulls)?;
    let enrollment = config.unwrap_or_else(|| dirs.enrollment());
    let service = Service::compose(dirs, enrollment, listeners.addresses())?;
    let gate = Arc::clone(&service.gate);
    let proxy = pulls.spawn(once(service.egress_known(), Arc::clone(&gate).serve_proxy(listeners.proxy)));
    let mirror = pulls.spawn(once(service.egress_known(), Arc::clone(&gate).serve_mirror(listeners.mirror)));
    pulls.spawn(memory::trim_after_pulls(Arc::clone(&gate)));
    service.begin(listeners.control);
    tell_manager(host::notify::ready());
    tokio::spawn(keep_watchdog());
    stopped().await?;
    tell_manager(host::notify::stopping());
    // Who calls from here on waits in the sockets, which the service manager keeps.
    proxy.abort();
    mirror.abort();
    if tokio::time::timeout(FAREWELL, gate.drained()).await.is_err() {
        tracing::info!("requests that were still being answered are cut off");
    }
    service.end();
    Ok(())
}

/// Lets pulls wait in a front's socket until then.
async fn once(known: impl Future<Output = ()>, front: impl Future<Output = ()>) {
    known.await;
    front.await;
}

async fn stopped() -> Result<(), StartError> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

async fn keep_watchdog() {
    let Some(interval) = host::notify::watchdog_interval() else { return };
    loop {
        tell_manager(host::notify::watchdog_ping());
        tokio::time::sleep(interval).await;
    }
}

fn tell_manager(result: std::io::Result<()>) {
    if let Err(error) = result {
        tracing::warn!(%error, "the service manager could not be told");
    }
}

#[cfg(test)]
mod tests;

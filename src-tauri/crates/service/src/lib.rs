//! The service: holds the policy, serves the gateway, keeps the journal, answers on the control socket.
//!
//! It runs as an unprivileged user, is handed its sockets, and asks the steward for whatever needs root. With bad
//! state it starts all the same, and answers every pull with the reason.

mod age;
mod conditions;
mod control;
mod core;
mod decisions;
mod egress_state;
mod engines;
mod enrolled;
mod host_events;
mod images;
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
mod pull_thread;
#[cfg(test)]
mod sample;
mod session;
mod shared;
mod situation;
mod starts;
mod steward_client;
mod time;
mod upstreams;

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use gateway::{Gate, Ports};
use host::dirs::Dirs;
use thiserror::Error;
use tokio::signal::unix::{SignalKind, signal};

use self::core::Core;
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
    let core = Core::start(dirs, enrollment, listeners.addresses())?;
    let gate = Gate::new(ports(&core)?, upstreams::of_enrollment(&core));
    core.engines.attach(Arc::clone(&gate));
    provenance::recall(&core, &gate);
    let proxy = pulls.spawn(once_known(&core, Arc::clone(&gate).serve_proxy(listeners.proxy)));
    let mirror = pulls.spawn(once_known(&core, Arc::clone(&gate).serve_mirror(listeners.mirror)));
    pulls.spawn(memory::trim_after_pulls(Arc::clone(&gate)));
    tokio::spawn(control::serve(Arc::clone(&core), listeners.control));
    situation::watch(&core);
    // What changed between the first reading and the start of the watch.
    situation::reload(&core);
    tokio::spawn(provenance::keep(Arc::clone(&core), Arc::clone(&gate)));
    tokio::spawn(upstreams::begin_anew(Arc::clone(&core), Arc::clone(&gate)));
    tokio::spawn(host_events::tell(Arc::clone(&core)));
    tokio::spawn(situation::poll(Arc::clone(&core)));
    tokio::spawn(own_egress::forget(Arc::clone(&core)));
    tokio::spawn(session::run(Arc::clone(&core)));
    tokio::spawn(policies::follow(Arc::clone(&core)));
    tokio::spawn(engines::run(Arc::clone(&core)));
    tokio::spawn(images::run(Arc::clone(&core)));
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
    provenance::write(&core, &gate);
    core.decisions.finish();
    core.starts.end();
    Ok(())
}

/// Lets pulls wait in a front's socket until it is known how this machine reaches registries: those of a moment after the
/// start would go out directly where there is a proxy.
fn once_known<F: Future<Output = ()> + Send>(
    core: &Arc<Core>,
    front: F,
) -> impl Future<Output = ()> + Send + use<F> {
    let core = Arc::clone(core);
    async move {
        core.ways.wait_first_check().await;
        front.await;
    }
}

fn ports(core: &Arc<Core>) -> Result<Ports, StartError> {
    Ok(Ports {
        situation: core.situation.subscribe(),
        certificates: Arc::new(leaf_certificates::StewardCertificates::new(
            core.steward.clone(),
            Arc::clone(&core.conditions),
        )?),
        logins: Arc::new(logins::StewardLogins::new(core.steward.clone())),
        peers: Arc::new(logins::KernelPeerLookup::new()),
        proxy_users: core.proxy_users.subscribe(),
        pass_through: Arc::new(pass_through::StewardPassThrough::new(core.steward.clone())),
        process_egress: Arc::new(own_egress::StewardProcessEgress::new(core)),
        decisions: Arc::new(core.decisions.clone()),
        egress_monitor: Arc::clone(&core.egress_state) as Arc<dyn gateway::EgressMonitor>,
        proxy_logins: Arc::clone(&core.proxy_logins),
        clock: time::now,
        random: decisions::random_bits,
    })
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

fn tell_manager(told: std::io::Result<()>) {
    if let Err(error) = told {
        tracing::warn!(%error, "the service manager could not be told");
    }
}

#[cfg(test)]
mod tests;

//! The steward: the closed list of things that only root can do, for the service and nobody else.
//!
//! It is started by the first connection and ends after a quiet minute, never in the middle of work. It signs
//! certificates for the gateway's keys, finds and changes engines, lists what they hold, reads the client secret that the
//! enrollment names, and has a person's login and container storage read as that person. It
//! decides nothing, reads no policy and opens no network socket.

mod allowed_peers;
mod authorities;
mod child;
mod client_secret;
mod connection;
mod containers_env;
mod egress;
mod engine_work;
mod enrollment;
mod handler;
mod in_flight;
mod login;
mod organization;
mod passage;
mod repair_cache;
#[cfg(test)]
mod sample;
mod socket;
mod storage;
mod storages;

use std::{io, process::ExitCode, sync::Arc, time::Duration};

use host::{
    dirs::Dirs,
    files::{self, FileError, Mode},
};
use thiserror::Error;
use tokio::signal::unix::{SignalKind, signal};

use self::{
    allowed_peers::AllowedPeers, connection::Server, enrollment::ReadEnrollment, handler::Handler,
    in_flight::InFlight, socket::Socket,
};
pub use self::{
    containers_env::print_containers_env,
    enrollment::{EnrolledProxy, EnrollmentFacts},
    storage::print_storage,
};

/// How long nothing is asked before the steward ends.
const QUIET: Duration = Duration::from_secs(60);

/// Why the steward cannot run.
#[derive(Debug, Error)]
enum StartError {
    #[error("the steward must be started by root; it is started by `pullgate-steward.socket`")]
    NotRoot,
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Socket(#[from] host::sockets::SocketError),
    #[error("the steward cannot start: {0}")]
    System(#[from] io::Error),
}

/// Runs the steward until it is told to stop or nobody asks for anything.
pub fn run(read_enrollment: ReadEnrollment) -> ExitCode {
    host::log::begin(tracing::Level::INFO);
    match start(read_enrollment) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the steward did not start");
            ExitCode::FAILURE
        }
    }
}

fn start(read_enrollment: ReadEnrollment) -> Result<(), StartError> {
    if !rustix::process::geteuid().is_root() {
        return Err(StartError::NotRoot);
    }
    let state = Dirs::steward_state();
    for folder in [state.clone(), state.join("originals")] {
        files::make_folder(&folder, Mode::PRIVATE_FOLDER)?;
    }
    let admission = AllowedPeers::of_the_service()?;
    let socket = Socket::take(&Dirs::system().steward_socket(), &admission)?;
    let handler = Handler::of_this_machine(&state, read_enrollment);
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(serve(socket, admission, handler))
}

async fn serve(socket: Socket, admission: AllowedPeers, handler: Handler) -> Result<(), StartError> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let handed_over = socket.handed_over;
    let work = InFlight::default();
    let server = Server::new(admission, Arc::new(handler), work.clone());
    let accepting = tokio::spawn(server.receive(socket.into_listener()?));
    tell_manager(host::notify::ready());
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        // Without a service manager behind the socket nobody would start it again.
        () = work.quiet_for(QUIET), if handed_over => {}
    }
    accepting.abort();
    tell_manager(host::notify::stopping());
    work.finish().await;
    Ok(())
}

fn tell_manager(result: io::Result<()>) {
    if let Err(error) = result {
        tracing::warn!(%error, "the service manager could not be told");
    }
}

//! What the running service tells the manager that started it. Started by hand, each call does nothing.

use std::io;
use std::sync::OnceLock;
use std::time::Duration;

use windows_service::service::{
    ServiceControlAccept, ServiceExitCode, ServiceState, ServiceStatus, ServiceType,
};
use windows_service::service_control_handler::ServiceStatusHandle;

/// How long the manager may wait for the next word of a service that starts or stops.
const PATIENCE: Duration = Duration::from_secs(30);

static MANAGER: OnceLock<ServiceStatusHandle> = OnceLock::new();

/// Begins to report: the service starts.
pub(super) fn to(manager: ServiceStatusHandle) {
    if MANAGER.set(manager).is_ok() {
        say(ServiceState::StartPending).unwrap_or_default();
    }
}

/// Says that the service has ended.
pub(super) fn stopped() -> io::Result<()> {
    say(ServiceState::Stopped)
}

pub(crate) fn ready() -> io::Result<()> {
    say(ServiceState::Running)
}

pub(crate) fn stopping() -> io::Result<()> {
    say(ServiceState::StopPending)
}

/// The manager shows no words of a service.
#[expect(clippy::unnecessary_wraps, reason = "other service managers are told, which can fail")]
pub(crate) fn status(_: &str) -> io::Result<()> {
    Ok(())
}

pub(crate) fn watchdog_interval() -> Option<Duration> {
    None
}

#[expect(clippy::unnecessary_wraps, reason = "other service managers are told, which can fail")]
pub(crate) fn watchdog_ping() -> io::Result<()> {
    Ok(())
}

fn say(state: ServiceState) -> io::Result<()> {
    let Some(manager) = MANAGER.get() else { return Ok(()) };
    let pending = matches!(state, ServiceState::StartPending | ServiceState::StopPending);
    let accepts = ServiceControlAccept::STOP | ServiceControlAccept::SHUTDOWN;
    let status = ServiceStatus {
        service_type: ServiceType::OWN_PROCESS,
        current_state: state,
        controls_accepted: if state == ServiceState::Running {
            accepts
        } else {
            ServiceControlAccept::empty()
        },
        exit_code: ServiceExitCode::NO_ERROR,
        checkpoint: 0,
        wait_hint: if pending { PATIENCE } else { Duration::ZERO },
        process_id: None,
    };
    manager.set_service_status(status).map_err(io::Error::other)
}

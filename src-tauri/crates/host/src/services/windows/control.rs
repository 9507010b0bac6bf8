//! Starting, stopping and asking for other services.

use std::ffi::OsStr;
use std::io;
use std::thread;
use std::time::{Duration, Instant};

use windows_service::Error;
use windows_service::service::{Service, ServiceAccess, ServiceState};
use windows_service::service_manager::{ServiceManager, ServiceManagerAccess};

use super::super::ServiceError;

const LIMIT: Duration = Duration::from_secs(120);
/// The manager tells nobody when a service has changed, so it is asked again after this long.
const PAUSE: Duration = Duration::from_millis(100);

/// `ERROR_SERVICE_ALREADY_RUNNING`, `ERROR_SERVICE_DOES_NOT_EXIST` and `ERROR_SERVICE_NOT_ACTIVE`.
const ALREADY_RUNNING: i32 = 1056;
const UNKNOWN: i32 = 1060;
const NOT_ACTIVE: i32 = 1062;

/// The service control manager of the machine.
#[derive(Clone, Debug)]
pub struct WindowsServices {
    limit: Duration,
}

impl WindowsServices {
    /// The service manager of the machine.
    #[must_use]
    pub fn system() -> Self {
        Self { limit: LIMIT }
    }

    /// The same, waiting at most this long for each answer.
    #[must_use]
    pub fn with_limit(self, limit: Duration) -> Self {
        Self { limit }
    }

    /// Starts a service and waits until it is up.
    pub fn start(&self, name: &str) -> Result<(), ServiceError> {
        let command = || format!("start {name}");
        let service = open(name, ServiceAccess::START | ServiceAccess::QUERY_STATUS)?;
        match service.start::<&OsStr>(&[]) {
            Err(Error::Winapi(error)) if error.raw_os_error() == Some(ALREADY_RUNNING) => {}
            started => started.map_err(|error| failed(command(), &error))?,
        }
        self.wait(&service, ServiceState::Running, command)
    }

    /// Stops a service and waits until it is down.
    pub fn stop(&self, name: &str) -> Result<(), ServiceError> {
        let command = || format!("stop {name}");
        let service = open(name, ServiceAccess::STOP | ServiceAccess::QUERY_STATUS)?;
        match service.stop() {
            Err(Error::Winapi(error)) if error.raw_os_error() == Some(NOT_ACTIVE) => {}
            stopped => drop(stopped.map_err(|error| failed(command(), &error))?),
        }
        self.wait(&service, ServiceState::Stopped, command)
    }

    /// Stops and starts a service and waits until it is up.
    pub fn restart(&self, name: &str) -> Result<(), ServiceError> {
        self.stop(name)?;
        self.start(name)
    }

    /// Whether a service is up; one that does not exist is not.
    pub fn is_active(&self, name: &str) -> Result<bool, ServiceError> {
        match open(name, ServiceAccess::QUERY_STATUS) {
            Err(ServiceError::Failed { code: Some(UNKNOWN), .. }) => Ok(false),
            service => Ok(state(&service?, || format!("query {name}"))? == ServiceState::Running),
        }
    }

    fn wait(
        &self,
        service: &Service,
        wanted: ServiceState,
        command: impl Fn() -> String,
    ) -> Result<(), ServiceError> {
        let deadline = Instant::now() + self.limit;
        while state(service, &command)? != wanted {
            if Instant::now() >= deadline {
                return Err(ServiceError::TimedOut { command: command(), limit: self.limit });
            }
            thread::sleep(PAUSE);
        }
        Ok(())
    }
}

fn open(name: &str, access: ServiceAccess) -> Result<Service, ServiceError> {
    let manager = ServiceManager::local_computer(None::<&str>, ServiceManagerAccess::CONNECT);
    let unavailable = |error: Error| ServiceError::Unavailable {
        program: "the service control manager".to_owned(),
        cause: io::Error::other(error),
    };
    manager
        .map_err(unavailable)?
        .open_service(name, access)
        .map_err(|error| failed(format!("open {name}"), &error))
}

fn state(service: &Service, command: impl Fn() -> String) -> Result<ServiceState, ServiceError> {
    let status = service.query_status().map_err(|error| failed(command(), &error))?;
    Ok(status.current_state)
}

fn failed(command: String, error: &Error) -> ServiceError {
    let cause = if let Error::Winapi(error) = error { Some(error) } else { None };
    let message = cause.map_or_else(|| error.to_string(), ToString::to_string);
    ServiceError::Failed { command, code: cause.and_then(io::Error::raw_os_error), message }
}

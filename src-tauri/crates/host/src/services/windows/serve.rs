//! Running as a service: the manager calls on a thread of its own, and says when to stop.

use std::ffi::OsString;
use std::io;
use std::sync::{Mutex, PoisonError};

use windows_service::service::ServiceControl;
use windows_service::service_control_handler::{self, ServiceControlHandlerResult};
use windows_service::{define_windows_service, service_dispatcher};

use super::report;

/// What is called when the manager wants the service to stop.
type Stop = Box<dyn FnMut() + Send>;
type Main = Box<dyn FnOnce() + Send>;

/// What the one service of this process does; the manager's callback is given nothing of it.
static WORK: Mutex<Option<(Main, Stop)>> = Mutex::new(None);
/// The manager gives a service with a process of its own whatever name the process says.
const NAME: &str = "pullgate";
/// `ERROR_FAILED_SERVICE_CONTROLLER_CONNECT`.
const NOT_A_SERVICE: i32 = 1063;

define_windows_service!(begin, run);

/// Runs `main` as a service, and calls `stop` when the manager wants it to end; says whether the manager started this
/// process at all. It returns when `main` has.
pub fn serve(main: impl FnOnce() + Send + 'static, stop: impl FnMut() + Send + 'static) -> io::Result<bool> {
    *WORK.lock().unwrap_or_else(PoisonError::into_inner) = Some((Box::new(main), Box::new(stop)));
    match service_dispatcher::start(NAME, begin) {
        Ok(()) => Ok(true),
        Err(windows_service::Error::Winapi(error)) if error.raw_os_error() == Some(NOT_A_SERVICE) => {
            Ok(false)
        }
        Err(error) => Err(io::Error::other(error)),
    }
}

fn run(_: Vec<OsString>) {
    let work = WORK.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some((main, stop)) = work else { return };
    let stop = Mutex::new(stop);
    let hear = move |control| match control {
        ServiceControl::Stop | ServiceControl::Shutdown | ServiceControl::Preshutdown => {
            report::stopping().unwrap_or_default();
            let mut stop = stop.lock().unwrap_or_else(PoisonError::into_inner);
            stop();
            ServiceControlHandlerResult::NoError
        }
        ServiceControl::Interrogate => ServiceControlHandlerResult::NoError,
        _ => ServiceControlHandlerResult::NotImplemented,
    };
    match service_control_handler::register(NAME, hear) {
        Ok(status) => report::to(status),
        Err(error) => tracing::error!(%error, "the service manager does not listen"),
    }
    main();
    report::stopped().unwrap_or_default();
}

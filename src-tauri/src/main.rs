//! Pullgate on a desktop: an icon with a menu, and notifications.

use std::process::ExitCode;

use tray::arguments::{Arguments, Parsed, Program};

fn main() -> ExitCode {
    match tray::arguments::read(Program::Tray) {
        Ok(Parsed::Start(arguments)) => start(arguments),
        Ok(Parsed::Done) => ExitCode::SUCCESS,
        Err(code) => code,
    }
}

fn start(arguments: Arguments) -> ExitCode {
    match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(serve(arguments)),
        Err(error) => {
            tracing::error!(%error, "the tray cannot start");
            ExitCode::FAILURE
        }
    }
}

/// A machine without a desktop has no use for a tray, which is no failure.
#[cfg(target_os = "linux")]
async fn serve(arguments: Arguments) -> ExitCode {
    use std::path::Path;

    use desktop::platform::{Absence, LinuxDesktop, Start};
    use desktop::remembered::RememberedFile;
    use desktop::requests::RequestsFile;
    use desktop::run::{self, Context};

    let demo = match arguments.demo.map(demo::serve).transpose() {
        Ok(demo) => demo,
        Err(error) => {
            tracing::error!(%error, "the demo cannot start");
            return ExitCode::FAILURE;
        }
    };
    let start =
        Start { place: arguments.place, demo_socket: demo.as_ref().map(|demo| demo.socket().to_owned()) };
    let (sender, inputs) = tokio::sync::mpsc::unbounded_channel();
    match LinuxDesktop::open(start, sender.clone()).await {
        Ok(mut linux) => {
            let own = || host::dirs::Dirs::system().control_socket();
            let socket = demo.as_ref().map_or_else(own, |demo| demo.socket().to_owned());
            // What is done in a demo is kept with the demo, and goes with it.
            let folder = demo.as_ref().and_then(|demo| demo.socket().parent()).map(Path::to_owned);
            let (remembered, requests) = match folder {
                Some(_) => (RememberedFile::in_folder(folder.clone()), RequestsFile::in_folder(folder)),
                None => (RememberedFile::of_person(), RequestsFile::of_person()),
            };
            let context = Context { socket, remembered, requests, inputs: sender };
            run::run(&mut linux, context, inputs).await;
        }
        Err(Absence::RunsAlready) => tracing::debug!("the tray that runs already was called"),
        Err(absence @ Absence::NoSession(_)) => tracing::warn!("{absence}"),
    }
    ExitCode::SUCCESS
}

#[cfg(not(target_os = "linux"))]
async fn serve(arguments: Arguments) -> ExitCode {
    drop(arguments);
    tracing::error!("this version has a tray for Linux only; `pullgate-window` opens the window");
    ExitCode::FAILURE
}

//! The face of Pullgate on a desktop: an icon with a menu, notifications, and a window when it is wanted.

mod arguments;

use std::io::Write;
use std::process::ExitCode;

use arguments::{Arguments, Wish};
use tracing_subscriber::EnvFilter;
use tray::page::{Place, Tab};
use tray::window;

fn main() -> ExitCode {
    match arguments::read(std::env::args().skip(1)) {
        Ok(Wish::Start(arguments)) => start(arguments),
        Ok(Wish::Help) => print(arguments::HELP),
        Ok(Wish::Version) => print(concat!("pullgate-tray ", env!("CARGO_PKG_VERSION"), "\n")),
        Err(sentence) => {
            let _ = std::io::stderr().write_all(format!("pullgate-tray: {sentence}\n").as_bytes());
            ExitCode::from(2)
        }
    }
}

fn print(text: &str) -> ExitCode {
    let _ = std::io::stdout().write_all(text.as_bytes());
    ExitCode::SUCCESS
}

fn start(arguments: Arguments) -> ExitCode {
    let filter = EnvFilter::try_from_env("PULLGATE_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    if arguments.window {
        return open(arguments);
    }
    match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(serve(arguments)),
        Err(error) => {
            tracing::error!(%error, "the tray cannot start");
            ExitCode::FAILURE
        }
    }
}

fn open(arguments: Arguments) -> ExitCode {
    let place = arguments.place.unwrap_or(Place::of(Tab::Status));
    let opened = match arguments.demo {
        None => window::open(socket(), place),
        Some(scene) => window::open_demo(scene, place),
    };
    opened.unwrap_or_else(|error| {
        tracing::error!("{error}");
        ExitCode::FAILURE
    })
}

fn socket() -> std::path::PathBuf {
    host::dirs::Dirs::system().control_socket()
}

/// A machine without a desktop has no use for a tray, which is no failure.
#[cfg(target_os = "linux")]
async fn serve(arguments: Arguments) -> ExitCode {
    use tray::demo;
    use tray::desktop::{LinuxDesktop, Start};

    let demo = match arguments.demo.map(demo::serve).transpose() {
        Ok(demo) => demo,
        Err(error) => {
            tracing::error!(%error, "the demo cannot start");
            return ExitCode::FAILURE;
        }
    };
    let start = Start {
        place: arguments.place,
        demo: arguments.demo.map(|scene| format!("--demo={}", scene.name())),
    };
    let (sender, inputs) = tokio::sync::mpsc::unbounded_channel();
    match LinuxDesktop::open(start, sender.clone()).await {
        Ok(mut desktop) => {
            let socket = demo.as_ref().map_or_else(socket, |demo| demo.socket().to_owned());
            tray::run::run(&mut desktop, socket, (sender, inputs)).await;
        }
        Err(absence) => tracing::warn!("{absence}"),
    }
    ExitCode::SUCCESS
}

#[cfg(not(target_os = "linux"))]
async fn serve(arguments: Arguments) -> ExitCode {
    drop(arguments);
    tracing::error!("this version has a tray for Linux only; `pullgate-tray --window` opens the window");
    ExitCode::FAILURE
}

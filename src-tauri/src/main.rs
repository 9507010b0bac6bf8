//! The face of Pullgate on a desktop: an icon with a menu, and notifications.

use std::io::Write;
use std::process::ExitCode;

use tracing_subscriber::EnvFilter;

const HELP: &str = "\
Shows how Pullgate stands: an icon with a menu, and a notification when an image is blocked.

Usage: pullgate-tray [--help | --version]

Enforcement does not depend on it. A second start calls the first one.
What it has to say beside that goes to standard error; PULLGATE_LOG=debug says more.
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => start(),
        ["--help" | "-h"] => print(HELP),
        ["--version" | "-V"] => print(concat!("pullgate-tray ", env!("CARGO_PKG_VERSION"), "\n")),
        [strange, ..] => {
            let words = format!("pullgate-tray: `{strange}` is not known here; run `pullgate-tray --help`\n");
            let _ = std::io::stderr().write_all(words.as_bytes());
            ExitCode::from(2)
        }
    }
}

fn print(text: &str) -> ExitCode {
    let _ = std::io::stdout().write_all(text.as_bytes());
    ExitCode::SUCCESS
}

fn start() -> ExitCode {
    let filter = EnvFilter::try_from_env("PULLGATE_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(serve()),
        Err(error) => {
            tracing::error!(%error, "the tray cannot start");
            ExitCode::FAILURE
        }
    }
}

/// A machine without a desktop has no use for a tray, which is no failure.
#[cfg(target_os = "linux")]
async fn serve() -> ExitCode {
    let (sender, inputs) = tokio::sync::mpsc::unbounded_channel();
    match tray::desktop::LinuxDesktop::open(sender.clone()).await {
        Ok(mut desktop) => {
            let socket = host::dirs::Dirs::system().control_socket();
            tray::run::run(&mut desktop, socket, (sender, inputs)).await;
        }
        Err(absence) => tracing::warn!("{absence}"),
    }
    ExitCode::SUCCESS
}

#[cfg(not(target_os = "linux"))]
async fn serve() -> ExitCode {
    tracing::error!("this version has a tray for Linux only; `pullgate status` says how things stand");
    ExitCode::FAILURE
}

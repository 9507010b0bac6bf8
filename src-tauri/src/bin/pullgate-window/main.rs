//! The window of Pullgate: how things stand, what was blocked and why, and what is allowed instead.

mod shell;
mod stdin_links;

use std::process::ExitCode;

use desktop::page::{Place, Tab};
use tray::arguments::{Arguments, Parsed, Program};

fn main() -> ExitCode {
    match tray::arguments::read(Program::Window) {
        Ok(Parsed::Start(arguments)) => open(arguments),
        Ok(Parsed::Done) => ExitCode::SUCCESS,
        Err(code) => code,
    }
}

fn open(arguments: Arguments) -> ExitCode {
    if let Err(error) = disable_dmabuf() {
        tracing::debug!(%error, "the window takes more memory than it has to");
    }
    let place = arguments.place.unwrap_or(Place::of(Tab::Status));
    let opened = match (arguments.demo_socket, arguments.demo) {
        (Some(socket), _) => shell::join_demo(socket, place),
        (None, Some(scene)) => shell::open_demo(scene, place),
        (None, None) => shell::open(host::dirs::Dirs::system().control_socket(), place),
    };
    opened.unwrap_or_else(|error| {
        tracing::error!("{error}");
        ExitCode::FAILURE
    })
}

/// WebKitGTK draws a page of text on the graphics card by default, and loads the card's whole driver for it: on a
/// machine that has none that is 120 MiB, and with some drivers the window stays blank. A value that is set already
/// is left as it is.
#[cfg(target_os = "linux")]
fn disable_dmabuf() -> std::io::Result<()> {
    use std::os::unix::process::CommandExt;

    const VARIABLE: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
    if std::env::var_os(VARIABLE).is_some() {
        return Ok(());
    }
    // Only before anything else runs can a variable be set; a fresh start under the same process id is that.
    let again = std::process::Command::new(std::env::current_exe()?)
        .args(std::env::args_os().skip(1))
        .env(VARIABLE, "1")
        .exec();
    Err(again)
}

#[cfg(not(target_os = "linux"))]
fn disable_dmabuf() -> std::io::Result<()> {
    Ok(())
}

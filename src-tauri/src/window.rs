//! The window: a process of its own, there while it is open. A web page draws what [`page`](crate::page) says.

mod desk;
mod known;
mod lead;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use jiff::tz::TimeZone;
use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Emitter, Manager, RunEvent, State, WebviewUrl, WebviewWindowBuilder};
use thiserror::Error;
use tokio::sync::mpsc::unbounded_channel;

use crate::demo::{self, Scene};
use crate::effect::Input;
use crate::page::{Answer, Place, Problem, Question, Reader};
use crate::service;
use desk::Desk;

const LABEL: &str = "main";
/// The window at first, and the least it can become, in logical pixels.
const SIZE: (f64, f64) = (880.0, 600.0);
const SMALLEST: (f64, f64) = (400.0, 420.0);

/// Why there is no window.
#[derive(Debug, Error)]
pub enum NoWindow {
    /// Nobody would see it.
    #[error("there is no display here; `pullgate status` in a terminal says how things stand")]
    NoDisplay,
    /// The system's web view refuses.
    #[error("the window cannot be opened: {0}")]
    Refused(#[from] tauri::Error),
}

/// Opens the window at a place, and returns when it is closed. The place it shall go to next is read from standard
/// input, a link on each line.
pub fn open(socket: PathBuf, place: Place) -> Result<ExitCode, NoWindow> {
    if !has_display() {
        return Err(NoWindow::NoDisplay);
    }
    let desk = Arc::new(Desk::new(socket, place, reader, browse));
    let app = tauri::Builder::default()
        .manage(Arc::clone(&desk))
        .invoke_handler(tauri::generate_handler![ask])
        .setup(|app| {
            build(app.handle())?;
            Ok(())
        })
        .build(tauri::generate_context!())?;
    let handle = app.handle().clone();
    tauri::async_runtime::spawn(watch(Arc::clone(&desk)));
    tauri::async_runtime::spawn(tell(Arc::clone(&desk), handle.clone()));
    lead::follow(move |place| {
        desk.go(place);
        front(&handle);
    });
    app.run(|app, event| {
        if let RunEvent::ExitRequested { code: None, api, .. } = event
            && app.state::<Arc<Desk>>().waits()
        {
            api.prevent_exit();
        }
    });
    Ok(ExitCode::SUCCESS)
}

/// Opens the window on an invented organization.
pub fn open_demo(scene: Scene, place: Place) -> Result<ExitCode, NoWindow> {
    let demo = tauri::async_runtime::block_on(async { demo::serve(scene) }).map_err(tauri::Error::Io)?;
    open(demo.socket().to_owned(), place)
}

/// Answers one question of the page.
#[tauri::command]
async fn ask(desk: State<'_, Arc<Desk>>, question: Question) -> Result<Answer, Problem> {
    desk.answer(question).await
}

fn build(app: &AppHandle) -> tauri::Result<()> {
    WebviewWindowBuilder::new(app, LABEL, WebviewUrl::default())
        .title("Pullgate")
        .inner_size(SIZE.0, SIZE.1)
        .min_inner_size(SMALLEST.0, SMALLEST.1)
        .on_navigation(|url| url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost"))
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()?;
    Ok(())
}

fn front(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(LABEL) {
        let shown = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
        if let Err(error) = shown {
            tracing::debug!(%error, "the window cannot be brought to the front");
        }
    }
}

/// Hears what the service says, for as long as the window is open.
async fn watch(desk: Arc<Desk>) {
    let (sender, mut inputs) = unbounded_channel();
    tauri::async_runtime::spawn(service::watch(desk.socket().to_owned(), sender.clone()));
    while let Some(input) = inputs.recv().await {
        if let Input::Heard(heard) = input
            && let Some(request) = desk.hear(heard)
        {
            tauri::async_runtime::spawn(service::ask(desk.socket().to_owned(), request, sender.clone()));
        }
    }
}

/// Tells the page that something has changed; what that is, it asks. After the window is closed, what the person
/// still does in the browser is waited for.
async fn tell(desk: Arc<Desk>, app: AppHandle) {
    loop {
        desk.changed().await;
        if let Err(error) = app.emit("changed", ()) {
            tracing::debug!(%error, "the page cannot be told");
        }
        if app.get_webview_window(LABEL).is_none() && !desk.waits() {
            app.exit(0);
        }
    }
}

fn reader() -> Reader {
    let login = |uid| host::people::by_uid(uid).ok().flatten().map(|person| person.name);
    Reader { now: host::clock::now(), zone: TimeZone::system(), login }
}

fn browse(url: &str) {
    if let Err(error) = open::that_detached(url) {
        tracing::warn!(%error, "no browser can be opened");
    }
}

fn has_display() -> bool {
    let named = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || named("DISPLAY") || named("WAYLAND_DISPLAY")
}

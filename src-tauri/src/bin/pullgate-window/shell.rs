//! The window itself: a web view that may ask, and hear that something has changed; nothing else.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use jiff::tz::TimeZone;
use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Emitter, Manager, RunEvent, State, WebviewUrl, WebviewWindowBuilder};
use thiserror::Error;
use tokio::sync::mpsc::unbounded_channel;

use demo::Scene;
use desktop::Input;
use desktop::page::{Answer, Place, Problem, Question, Reader};
use desktop::requests::RequestsFile;
use desktop::service;
use desktop::window::{LookedFile, PageBackend};

use crate::stdin_links;

const LABEL: &str = "main";
/// The window at first, and the least it can become, in logical pixels.
const SIZE: (f64, f64) = (880.0, 600.0);
const SMALLEST: (f64, f64) = (400.0, 420.0);

/// Why there is no window.
#[derive(Debug, Error)]
pub(crate) enum NoWindow {
    /// Nobody would see it.
    #[error("there is no display here; `pullgate status` in a terminal says how things stand")]
    NoDisplay,
    /// The system's web view refuses.
    #[error("the window cannot be opened: {0}")]
    Refused(#[from] tauri::Error),
}

/// Opens the window at a place, and returns when it is closed. The place it shall go to next is read from standard
/// input, a link on each line; what somebody looked at is remembered in a file.
pub(crate) fn open(socket: PathBuf, place: Place) -> Result<ExitCode, NoWindow> {
    show(socket, place, reader, (RequestsFile::of_person(), LookedFile::of_person()))
}

/// Opens the window on an invented organization.
pub(crate) fn open_demo(scene: Scene, place: Place) -> Result<ExitCode, NoWindow> {
    let demo = tauri::async_runtime::block_on(async { demo::serve(scene) }).map_err(tauri::Error::Io)?;
    join_demo(demo.socket().to_owned(), place)
}

/// Opens the window on an invented organization that the tray plays.
pub(crate) fn join_demo(socket: PathBuf, place: Place) -> Result<ExitCode, NoWindow> {
    // What is done in a demo is kept with the demo, and goes with it.
    let requests = RequestsFile::in_folder(socket.parent().map(Path::to_owned));
    let reader = || Reader { login: demo::login, ..reader() };
    show(socket, place, reader, (requests, LookedFile::default()))
}

fn show(
    socket: PathBuf,
    place: Place,
    reader: fn() -> Reader,
    (requests, looked): (RequestsFile, LookedFile),
) -> Result<ExitCode, NoWindow> {
    if !has_display() {
        return Err(NoWindow::NoDisplay);
    }
    let backend = PageBackend::new(socket, place, reader, browse).keep_requests(requests).remembering(looked);
    let backend = Arc::new(backend);
    let app = tauri::Builder::default()
        .manage(Arc::clone(&backend))
        .invoke_handler(tauri::generate_handler![ask])
        .setup(|app| {
            build(app.handle())?;
            Ok(())
        })
        .build(tauri::generate_context!())?;
    let handle = app.handle().clone();
    tauri::async_runtime::spawn(watch(Arc::clone(&backend)));
    tauri::async_runtime::spawn(emit_changes(Arc::clone(&backend), handle.clone()));
    let exiting = Arc::clone(&backend);
    stdin_links::follow(move |place| {
        backend.go(place);
        bring_to_front(&handle);
    });
    app.run(move |app, event| {
        if let RunEvent::ExitRequested { code: None, api, .. } = event
            && exiting.is_busy()
        {
            api.prevent_exit();
            tauri::async_runtime::spawn(exit_when_idle(Arc::clone(&exiting), app.clone()));
        }
    });
    Ok(ExitCode::SUCCESS)
}

/// Answers one question of the page.
#[tauri::command]
async fn ask(backend: State<'_, Arc<PageBackend>>, question: Question) -> Result<Answer, Problem> {
    backend.answer(question).await
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

/// Brings the window to the front, and back if it was closed while something was waited for.
fn bring_to_front(app: &AppHandle) {
    let shown = match app.get_webview_window(LABEL) {
        Some(window) => window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus()),
        None => build(app),
    };
    if let Err(error) = shown {
        tracing::debug!(%error, "the window cannot be brought to the front");
    }
}

/// Hears what the service says, for as long as the window is open.
async fn watch(backend: Arc<PageBackend>) {
    let (sender, mut inputs) = unbounded_channel();
    tauri::async_runtime::spawn(service::watch(backend.socket().to_owned(), sender.clone()));
    while let Some(input) = inputs.recv().await {
        if let Input::Service(event) = input
            && let Some(request) = backend.on_service_event(event)
        {
            tauri::async_runtime::spawn(service::ask(backend.socket().to_owned(), request, sender.clone()));
        }
    }
}

/// Tells the page that something has changed; what that is, it asks.
async fn emit_changes(backend: Arc<PageBackend>, app: AppHandle) {
    loop {
        backend.changed().await;
        if let Err(error) = app.emit("changed", ()) {
            tracing::debug!(%error, "the page cannot be told");
        }
    }
}

/// Ends after the window was closed, once what the person still does in the browser is done.
async fn exit_when_idle(backend: Arc<PageBackend>, app: AppHandle) {
    backend.wait_idle().await;
    if app.get_webview_window(LABEL).is_none() {
        app.exit(0);
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

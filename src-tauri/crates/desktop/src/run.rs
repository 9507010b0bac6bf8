//! The loop: what happens goes into the state, what the state wants is done.

use std::path::PathBuf;
use std::time::Duration;

use host::clock;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::time::sleep;

use crate::effect::{Effect, Input};
use crate::notice::{Notice, NoticeKey, Urgency};
use crate::page::{Place, Tab};
use crate::platform::Desktop;
use crate::seen_notices::SeenNoticesFile;
use crate::service;
use crate::state::State;
use crate::text;

/// What the tray has beside the desktop.
#[derive(Clone, Debug)]
pub struct Context {
    /// Where the service listens.
    pub socket: PathBuf,
    /// What outlives the tray.
    pub seen_notices: SeenNoticesFile,
    /// Where everything that happens is put.
    pub inputs: UnboundedSender<Input>,
}

/// Runs the tray until it is told to end: in its menu, or by the system with `SIGTERM` or `SIGINT`.
pub async fn run(desktop: &mut impl Desktop, context: Context, inputs: UnboundedReceiver<Input>) {
    let watching = tokio::spawn(service::watch(context.socket.clone(), context.inputs.clone()));
    tokio::select! {
        biased;
        () = wait_for_signal() => {}
        () = serve(desktop, &context, inputs) => {}
    }
    watching.abort();
}

async fn wait_for_signal() {
    let (mut terminate, mut interrupt) =
        match (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) {
            (Ok(terminate), Ok(interrupt)) => (terminate, interrupt),
            (Err(error), _) | (_, Err(error)) => {
                tracing::warn!(%error, "signals end the tray without a farewell");
                return std::future::pending().await;
            }
        };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

async fn serve(desktop: &mut impl Desktop, context: &Context, mut inputs: UnboundedReceiver<Input>) {
    let mut state = State::new(TimeZone::system(), context.seen_notices.load());
    let mut input = Input::Tick;
    loop {
        for effect in state.handle(input, clock::now()) {
            if effect == Effect::Quit {
                return;
            }
            carry_out(desktop, effect, context).await;
        }
        let Some(next) = next(&mut inputs, state.due(clock::now())).await else { return };
        input = next;
    }
}

async fn next(inputs: &mut UnboundedReceiver<Input>, due: Option<Timestamp>) -> Option<Input> {
    let Some(due) = due else { return inputs.recv().await };
    let left = Duration::try_from(due.duration_since(clock::now())).unwrap_or_default();
    tokio::select! {
        input = inputs.recv() => input,
        () = sleep(left) => Some(Input::Tick),
    }
}

async fn carry_out(desktop: &mut impl Desktop, effect: Effect, context: &Context) {
    let sender = &context.inputs;
    match effect {
        Effect::Show(view) => desktop.show(view).await,
        Effect::Notify(notice) => notify(desktop, notice, sender).await,
        Effect::Withdraw(key) => desktop.withdraw(key).await,
        Effect::Browse(url) => desktop.browse(&url),
        Effect::Ask(request) => {
            tokio::spawn(service::ask(context.socket.clone(), request, sender.clone()));
        }
        Effect::Window(place) => {
            if !desktop.window(&place).await {
                in_terminal(desktop, instead_of_window(&place), sender).await;
            }
        }
        Effect::Terminal(words) => in_terminal(desktop, words, sender).await,
        Effect::Persist(seen) => context.seen_notices.save(seen),
        Effect::Quit => {}
    }
}

async fn in_terminal(desktop: &mut impl Desktop, words: Vec<String>, sender: &UnboundedSender<Input>) {
    if !desktop.terminal(&words) {
        notify(desktop, no_terminal(&words), sender).await;
    }
}

/// The command that says what the window would show.
fn instead_of_window(place: &Place) -> Vec<String> {
    let words: &[&str] = match (place.tab, &place.id) {
        (Tab::Blocked, Some(id)) => &["why", id],
        (Tab::Blocked, None) => &["blocked"],
        (Tab::Policy, _) => &["policy", "show"],
        (Tab::Engines, _) => &["engines"],
        (Tab::Images, _) => &["images"],
        (Tab::Status | Tab::Settings, _) => &["status"],
    };
    words.iter().map(|&word| word.to_owned()).collect()
}

async fn notify(desktop: &mut impl Desktop, notice: Notice, sender: &UnboundedSender<Input>) {
    let key = notice.key.clone();
    if !desktop.notify(notice).await {
        let _ = sender.send(Input::NotShown(key));
    }
}

fn no_terminal(arguments: &[String]) -> Notice {
    Notice {
        key: NoticeKey::Answer,
        title: text::NO_TERMINAL.to_owned(),
        body: text::run_yourself(arguments),
        buttons: Vec::new(),
        urgency: Urgency::Normal,
    }
}

#[cfg(test)]
mod tests;

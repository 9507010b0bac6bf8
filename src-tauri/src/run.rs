//! The loop: what happens goes into the state, what the state wants is done.

use std::path::PathBuf;
use std::time::Duration;

use host::clock;
use jiff::Timestamp;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::time::sleep;

use crate::desktop::Desktop;
use crate::effect::{Effect, Input};
use crate::notice::{Notice, NoticeKey, Urgency};
use crate::service;
use crate::state::State;
use crate::words;

/// Runs the tray until it is told to end.
pub async fn run(
    desktop: &mut impl Desktop,
    socket: PathBuf,
    (sender, mut inputs): (UnboundedSender<Input>, UnboundedReceiver<Input>),
) {
    let watching = tokio::spawn(service::watch(socket.clone(), sender.clone()));
    let mut state = State::new();
    let mut input = Input::Tick;
    loop {
        for effect in state.handle(input, clock::now()) {
            if effect == Effect::Quit {
                watching.abort();
                return;
            }
            carry_out(desktop, effect, &socket, &sender).await;
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

async fn carry_out(
    desktop: &mut impl Desktop,
    effect: Effect,
    socket: &std::path::Path,
    sender: &UnboundedSender<Input>,
) {
    match effect {
        Effect::Show(face) => desktop.show(face).await,
        Effect::Notify(notice) => {
            let key = notice.key.clone();
            if !desktop.notify(notice).await {
                let _ = sender.send(Input::NotShown(key));
            }
        }
        Effect::Withdraw(key) => desktop.withdraw(key).await,
        Effect::Browse(url) => desktop.browse(&url),
        Effect::Ask(request) => {
            tokio::spawn(service::ask(socket.to_owned(), request, sender.clone()));
        }
        Effect::Terminal(words) => {
            if !desktop.terminal(&words) {
                desktop.notify(no_terminal(&words)).await;
            }
        }
        Effect::Quit => {}
    }
}

fn no_terminal(arguments: &[String]) -> Notice {
    Notice {
        key: NoticeKey::Answer,
        title: words::NO_TERMINAL.to_owned(),
        body: words::run_yourself(arguments),
        buttons: Vec::new(),
        urgency: Urgency::Normal,
    }
}

#[cfg(test)]
mod tests;

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
use crate::remembered::RememberedFile;
use crate::requests::RequestsFile;
use crate::service;
use crate::state::State;
use crate::text;

/// What the tray has beside the desktop.
#[derive(Clone, Debug)]
pub struct Context {
    /// Where the service listens.
    pub socket: PathBuf,
    /// What outlives the tray.
    pub remembered: RememberedFile,
    /// What the person has requested access to.
    pub requests: RequestsFile,
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
    let mut state = State::new(TimeZone::system(), &context.remembered.load());
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
        Effect::Persist(remembered) => context.remembered.save(&remembered),
        Effect::KeepRequest(request) => context.requests.add(request),
        Effect::AllowRequest { id, at } => context.requests.allow(&id, at),
        Effect::RecallRequests => {
            let _ = sender.send(Input::Requests(context.requests.load()));
        }
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
        (Tab::Checks, _) => &["doctor"],
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
mod tests {
    use std::path::Path;
    use std::sync::{Arc, Mutex};

    use tokio::sync::mpsc::unbounded_channel;

    use super::*;
    use crate::menu::{Command, TrayView};

    /// A machine without a service, and a tray that keeps no file.
    fn context(folder: &Path, inputs: UnboundedSender<Input>) -> Context {
        Context {
            socket: folder.join("control.sock"),
            remembered: RememberedFile::in_folder(None),
            requests: RequestsFile::in_folder(None),
            inputs,
        }
    }

    /// A desktop that remembers what it was told, and shows no notification.
    #[derive(Clone, Default)]
    struct Recorder {
        done: Arc<Mutex<Vec<String>>>,
    }

    impl Recorder {
        fn note(&self, what: String) {
            self.done.lock().unwrap().push(what);
        }
    }

    impl Desktop for Recorder {
        async fn show(&mut self, view: TrayView) {
            self.note(format!("show {:?}", view.gate));
        }

        async fn notify(&mut self, notice: Notice) -> bool {
            self.note(format!("notify {} / {}", notice.title, notice.body));
            false
        }

        async fn withdraw(&mut self, key: NoticeKey) {
            self.note(format!("withdraw {key:?}"));
        }

        fn browse(&mut self, url: &str) {
            self.note(format!("browse {url}"));
        }

        async fn window(&mut self, place: &Place) -> bool {
            self.note(format!("window {place}"));
            false
        }

        fn terminal(&mut self, words: &[String]) -> bool {
            self.note(format!("terminal {}", words.join(" ")));
            false
        }
    }

    #[tokio::test]
    async fn what_is_chosen_is_done_and_a_missing_window_or_terminal_is_told_until_the_tray_is_ended() {
        let folder = tempfile::tempdir().unwrap();
        let (sender, inputs) = unbounded_channel();
        let open = Command::Open(Place::verdict("pg-7F3A9C2K"));
        for command in [open, Command::Open(Place::of(Tab::Checks)), Command::Quit] {
            sender.send(Input::Chosen(command)).unwrap();
        }
        let mut desktop = Recorder::default();
        run(&mut desktop, context(folder.path(), sender), inputs).await;
        let told = |words| {
            let told = "notify No terminal was found to show this in / Run it yourself: pullgate";
            [format!("terminal {words}"), format!("{told} {words}")]
        };
        let mut expected =
            vec!["show NotRunning".to_owned(), "window pullgate://blocked/pg-7F3A9C2K".to_owned()];
        expected.extend(told("why pg-7F3A9C2K"));
        expected.push("window pullgate://checks".to_owned());
        expected.extend(told("doctor"));
        assert_eq!(*desktop.done.lock().unwrap(), expected);
    }

    /// A desktop on which the system ends the tray as soon as there is something to see, and nothing answers any more.
    struct Ended;

    impl Desktop for Ended {
        async fn show(&mut self, _: TrayView) {
            rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::TERM).unwrap();
            std::future::pending().await
        }

        async fn notify(&mut self, _: Notice) -> bool {
            false
        }

        async fn withdraw(&mut self, _: NoticeKey) {}

        fn browse(&mut self, _: &str) {}

        async fn window(&mut self, _: &Place) -> bool {
            false
        }

        fn terminal(&mut self, _: &[String]) -> bool {
            false
        }
    }

    #[tokio::test]
    #[ignore = "run by the test below: a signal is for the whole process"]
    async fn end_by_signal() {
        let folder = tempfile::tempdir().unwrap();
        let (sender, inputs) = unbounded_channel();
        run(&mut Ended, context(folder.path(), sender), inputs).await;
        println!("\nended in order");
    }

    #[test]
    fn a_tray_that_waits_for_a_desktop_still_ends_in_order_when_the_system_says_so() {
        let mut child = std::process::Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", "run::tests::end_by_signal", "--ignored", "--nocapture"]);
        let output = child.output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.contains("ended in order"), "{}: {said}", output.status);
    }

    #[tokio::test]
    async fn an_answer_that_nobody_shows_is_told_to_the_state() {
        let (sender, mut inputs) = unbounded_channel();
        let effect = Effect::Window(Place::of(Tab::Status));
        carry_out(&mut Recorder::default(), effect, &context(Path::new("/nowhere"), sender)).await;
        assert_eq!(inputs.recv().await, Some(Input::NotShown(NoticeKey::Answer)));
    }
}

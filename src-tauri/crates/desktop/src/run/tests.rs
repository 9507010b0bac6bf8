use std::path::Path;
use std::sync::{Arc, Mutex};

use tokio::sync::mpsc::unbounded_channel;

use super::*;
use crate::menu::{Command, TrayView};

/// A machine without a service, and a tray that keeps no file.
fn context(folder: &Path, inputs: UnboundedSender<Input>) -> Context {
    Context { socket: folder.join("control.sock"), seen_notices: SeenNoticesFile::in_folder(None), inputs }
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
    for command in [open, Command::Diagnostics, Command::Quit] {
        sender.send(Input::Chosen(command)).unwrap();
    }
    let mut desktop = Recorder::default();
    run(&mut desktop, context(folder.path(), sender), inputs).await;
    let told = |words| {
        let told = "notify No terminal was found to show this in / Run it yourself: pullgate";
        [format!("terminal {words}"), format!("{told} {words}")]
    };
    let mut expected = vec!["show NotRunning".to_owned(), "window pullgate://blocked/pg-7F3A9C2K".to_owned()];
    expected.extend([told("why pg-7F3A9C2K"), told("doctor")].concat());
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
    let effect = Effect::Terminal(vec!["status".to_owned()]);
    carry_out(&mut Recorder::default(), effect, &context(Path::new("/nowhere"), sender)).await;
    assert_eq!(inputs.recv().await, Some(Input::NotShown(NoticeKey::Answer)));
}

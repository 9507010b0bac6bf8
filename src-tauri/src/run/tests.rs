use std::sync::{Arc, Mutex};

use tokio::sync::mpsc::unbounded_channel;

use super::*;
use crate::menu::{Command, Face};

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
    async fn show(&mut self, face: Face) {
        self.note(format!("show {:?}", face.gate));
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

    fn terminal(&mut self, words: &[String]) -> bool {
        self.note(format!("terminal {}", words.join(" ")));
        false
    }
}

#[tokio::test]
async fn what_is_chosen_is_done_and_a_missing_terminal_is_told_until_the_tray_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    let (sender, inputs) = unbounded_channel();
    for command in [Command::Diagnostics, Command::Quit] {
        sender.send(Input::Chosen(command)).unwrap();
    }
    let mut desktop = Recorder::default();
    run(&mut desktop, folder.path().join("control.sock"), (sender, inputs)).await;
    let told = "notify No terminal was found to show this in / Run it yourself: pullgate doctor";
    assert_eq!(*desktop.done.lock().unwrap(), ["show NotRunning", "terminal doctor", told]);
}

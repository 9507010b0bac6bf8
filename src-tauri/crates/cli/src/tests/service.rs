//! A service that answers as told, on a socket of its own, with the codec of the real one.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use link::Link;
use tokio::net::UnixListener;
use tokio::runtime::Builder;
use tokio::sync::oneshot;
use wire::{Request, Response};

/// A running service; it ends when it is asked what it heard.
pub(super) struct FakeService {
    heard: Arc<Mutex<Vec<Request>>>,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl FakeService {
    /// Answers each request with the next of the answers; after the last one it hangs up.
    pub(super) fn start(socket: &Path, answers: Vec<Vec<Response>>) -> Self {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (stop, stopped) = oneshot::channel();
        let listener = std::os::unix::net::UnixListener::bind(socket).unwrap();
        listener.set_nonblocking(true).unwrap();
        let hears = Arc::clone(&heard);
        let thread = thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = UnixListener::from_std(listener).unwrap();
                tokio::select! {
                    () = serve(listener, answers, hears) => {}
                    _ = stopped => {}
                }
            });
        });
        Self { heard, stop, thread }
    }

    /// What it was asked, in order.
    pub(super) fn end(self) -> Vec<Request> {
        let _ended_by_itself = self.stop.send(());
        self.thread.join().unwrap();
        let heard = self.heard.lock().unwrap();
        heard.clone()
    }
}

async fn serve(listener: UnixListener, answers: Vec<Vec<Response>>, heard: Arc<Mutex<Vec<Request>>>) {
    let mut answers = answers.into_iter();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let mut link = Link::<Request, Response>::greet(stream).await.unwrap();
        while let Ok(request) = link.receive().await {
            heard.lock().unwrap().push(request.unwrap());
            let Some(answer) = answers.next() else { break };
            for response in answer {
                if link.send(&response).await.is_err() {
                    break;
                }
            }
        }
    }
}

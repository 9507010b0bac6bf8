//! The connection to the service: watches it, asks it, and comes back by itself.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ipc::{Code, Failure};
use link::{Link, LinkError};
use tokio::net::UnixStream;
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::{Instant, sleep};
use wire::{Request, Response, SignInStep};

use crate::effect::{Disconnect, Input, ServiceEvent};

/// How long the first attempt to come back waits; each further one waits twice as long, up to [`SLOWEST`].
const FIRST: Duration = Duration::from_millis(250);
const SLOWEST: Duration = Duration::from_secs(5);

type Client = Link<Response, Request>;

/// Watches the service for as long as somebody listens to what it says.
pub async fn watch(socket: PathBuf, inputs: UnboundedSender<Input>) {
    let mut pause = FIRST;
    let mut lost = None;
    while !inputs.is_closed() {
        let begun = Instant::now();
        let (reached, error) = follow(&socket, &inputs).await;
        let disconnect = disconnect(&error);
        if reached || lost.as_ref() != Some(&disconnect) {
            let _ = inputs.send(Input::Service(ServiceEvent::Disconnected(disconnect.clone())));
        }
        lost = Some(disconnect);
        // A service that greets and goes away at once is no better than none.
        if begun.elapsed() >= SLOWEST {
            pause = FIRST;
        }
        sleep(pause).await;
        pause = (pause * 2).min(SLOWEST);
    }
}

/// Asks one thing on a connection of its own, and hands on every answer.
pub async fn ask(socket: PathBuf, request: Request, inputs: UnboundedSender<Input>) {
    if let Err(disconnect) = answers(&socket, &request, |response| hand_on(&inputs, response)).await {
        let failure = Failure::new(Code::Failed, "The Pullgate service gave no answer");
        let hint = crate::text::disconnect(&disconnect);
        hand_on(&inputs, Response::Error(failure.with_hint(hint)));
    }
}

/// Asks one thing on a connection of its own; `each` gets every answer as it comes.
pub async fn answers(socket: &Path, request: &Request, each: impl FnMut(Response)) -> Result<(), Disconnect> {
    converse(socket, request, each).await.map_err(|error| disconnect(&error))
}

/// Follows the service until the connection breaks; tells whether there was one.
async fn follow(socket: &Path, inputs: &UnboundedSender<Input>) -> (bool, LinkError) {
    let mut link = match greet(socket).await {
        Ok(link) => link,
        Err(error) => return (false, error),
    };
    let _ = inputs.send(Input::Service(ServiceEvent::Connected));
    if let Err(error) = link.send(&Request::Watch).await {
        return (true, error);
    }
    loop {
        match link.receive().await {
            Ok(Ok(response)) => hand_on(inputs, response),
            Ok(Err(error)) => tracing::warn!(%error, "a message of the service is not understood"),
            Err(error) => return (true, error),
        }
    }
}

async fn converse(socket: &Path, request: &Request, mut each: impl FnMut(Response)) -> Result<(), LinkError> {
    let mut link = greet(socket).await?;
    link.send(request).await?;
    loop {
        match link.receive().await? {
            Ok(response) => {
                let more = has_more(&response);
                each(response);
                if !more {
                    return Ok(());
                }
            }
            Err(error) => tracing::warn!(%error, "an answer of the service is not understood"),
        }
    }
}

async fn greet(socket: &Path) -> Result<Client, LinkError> {
    Client::greet(UnixStream::connect(socket).await?).await
}

fn hand_on(inputs: &UnboundedSender<Input>, response: Response) {
    let _ = inputs.send(Input::Service(ServiceEvent::Message(Box::new(response))));
}

/// Whether another answer to the same request follows.
fn has_more(response: &Response) -> bool {
    match response {
        Response::Entries(page) => page.more,
        Response::Images(page) => page.more,
        Response::SignIn { step } => !matches!(step, SignInStep::Done { .. }),
        Response::Status(_)
        | Response::Explain(_)
        | Response::Why(_)
        | Response::Event { .. }
        | Response::Engines { .. }
        | Response::Plans { .. }
        | Response::Progress { .. }
        | Response::Changes { .. }
        | Response::SignedOut { .. }
        | Response::Policy(_)
        | Response::Done { .. }
        | Response::Doctor(_)
        | Response::Activity { .. }
        | Response::Error(_) => false,
    }
}

fn disconnect(error: &LinkError) -> Disconnect {
    match error {
        LinkError::Broken(error)
            if [io::ErrorKind::NotFound, io::ErrorKind::ConnectionRefused].contains(&error.kind()) =>
        {
            Disconnect::NotRunning
        }
        LinkError::Closed => Disconnect::NotRunning,
        LinkError::Disagreement(disagreement) => {
            Disconnect::Disagreement { sentence: disagreement.to_string() }
        }
        LinkError::Broken(_)
        | LinkError::Fault(_)
        | LinkError::Frame(_)
        | LinkError::OutOfTurn
        | LinkError::Silent(_) => Disconnect::Broken { sentence: error.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::UnixListener;
    use tokio::sync::mpsc::unbounded_channel;

    use super::*;

    type Served = Link<Request, Response>;

    async fn accepted(listener: &UnixListener) -> Served {
        Served::greet(listener.accept().await.unwrap().0).await.unwrap()
    }

    fn done(sentence: &str) -> Response {
        Response::Done { sentence: sentence.to_owned() }
    }

    fn said(response: Response) -> Input {
        Input::Service(ServiceEvent::Message(Box::new(response)))
    }

    #[tokio::test]
    async fn a_service_is_watched_lost_once_and_found_again_by_itself() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("control.sock");
        let (sender, mut inputs) = unbounded_channel();
        tokio::spawn(watch(socket.clone(), sender));
        assert_eq!(
            inputs.recv().await,
            Some(Input::Service(ServiceEvent::Disconnected(Disconnect::NotRunning)))
        );
        let listener = UnixListener::bind(&socket).unwrap();
        for sentence in ["first", "again"] {
            let mut service = accepted(&listener).await;
            assert_eq!(inputs.recv().await, Some(Input::Service(ServiceEvent::Connected)));
            assert_eq!(service.receive().await.unwrap().unwrap(), Request::Watch);
            service.send(&done(sentence)).await.unwrap();
            assert_eq!(inputs.recv().await, Some(said(done(sentence))));
            drop(service);
            assert_eq!(
                inputs.recv().await,
                Some(Input::Service(ServiceEvent::Disconnected(Disconnect::NotRunning)))
            );
        }
    }

    #[tokio::test]
    async fn a_question_with_many_answers_hands_on_each_of_them() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("control.sock");
        let listener = UnixListener::bind(&socket).unwrap();
        let (sender, mut inputs) = unbounded_channel();
        tokio::spawn(ask(socket, Request::Blocked { since: None, limit: None }, sender));
        let mut service = accepted(&listener).await;
        assert_eq!(service.receive().await.unwrap().unwrap(), Request::Blocked { since: None, limit: None });
        for more in [true, false] {
            let page = Response::Entries(wire::Entries { entries: Vec::new(), more });
            service.send(&page).await.unwrap();
            assert_eq!(inputs.recv().await, Some(said(page)));
        }
        assert_eq!(inputs.recv().await, None);
    }

    #[tokio::test]
    async fn a_question_that_nobody_hears_is_answered_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let (sender, mut inputs) = unbounded_channel();
        ask(folder.path().join("control.sock"), Request::SignOut, sender).await;
        let hint = "The Pullgate service is not running, so pulls wait or fail. Start it: sudo systemctl start pullgate";
        let failure = Failure::new(Code::Failed, "The Pullgate service gave no answer").with_hint(hint);
        assert_eq!(inputs.recv().await, Some(said(Response::Error(failure))));
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_attempt_to_come_back_does_not_wait_twice_its_time() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("control.sock");
        let (sender, mut inputs) = unbounded_channel();
        let started = tokio::time::Instant::now();
        tokio::spawn(watch(socket.clone(), sender));
        assert_eq!(
            inputs.recv().await,
            Some(Input::Service(ServiceEvent::Disconnected(Disconnect::NotRunning)))
        );
        let listener = UnixListener::bind(&socket).unwrap();
        listener.accept().await.unwrap();
        // The clock of a timer has whole milliseconds, rounded up.
        let waited = started.elapsed();
        assert!(waited >= FIRST && waited <= FIRST + Duration::from_millis(2), "{waited:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_service_that_greets_and_goes_away_is_not_asked_four_times_a_second() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("control.sock");
        let listener = UnixListener::bind(&socket).unwrap();
        let (sender, _inputs) = unbounded_channel();
        let started = tokio::time::Instant::now();
        tokio::spawn(watch(socket, sender));
        for _ in 0..8 {
            drop(accepted(&listener).await);
        }
        // 0.25, 0.5, 1, 2, 4, 5 and 5 seconds lie between them.
        assert!(started.elapsed() >= Duration::from_secs(17), "{:?}", started.elapsed());
    }
}

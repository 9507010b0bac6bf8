//! One connection to the demo: the same greeting, the same order of answers as with the service.

use ipc::Failure;
use link::{Link, LinkError};
use tokio::net::UnixStream;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use wire::{Event, Request, Response};

use super::stage::Stage;

type Client = Link<Request, Response>;

/// Answers one client until it goes away.
pub(super) async fn talk(stage: &Stage, stream: UnixStream) -> Result<(), LinkError> {
    let mut link = Client::greet(stream).await?;
    loop {
        match link.receive().await {
            Ok(Ok(request)) => answer(stage, request, &mut link).await?,
            Ok(Err(error)) => link.send(&Response::Error(Failure::from(&error))).await?,
            Err(LinkError::Closed) => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}

async fn answer(stage: &Stage, request: Request, link: &mut Client) -> Result<(), LinkError> {
    // Before the answers, so that nothing happens unheard between them and the events.
    let events = stage.listen();
    let (watches, follows) =
        (request == Request::Watch, matches!(request, Request::Log { follow: true, .. }));
    for response in stage.answers(request) {
        link.send(&response).await?;
    }
    if watches || follows { hand_on(events, watches, link).await } else { Ok(()) }
}

async fn hand_on(mut events: Receiver<Event>, with_status: bool, link: &mut Client) -> Result<(), LinkError> {
    loop {
        let event = tokio::select! {
            event = events.recv() => event,
            gone = link.closed() => return Err(gone),
        };
        match event {
            Ok(event) if with_status || matches!(event, Event::Verdict { .. }) => {
                link.send(&Response::Event { event }).await?;
            }
            Ok(_) | Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return Ok(()),
        }
    }
}

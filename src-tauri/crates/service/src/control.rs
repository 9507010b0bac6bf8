//! The control socket: everybody may connect, and each request is judged by who asks, on the kernel's word.

mod answer;
mod doctor;
mod explain;
mod log;
mod places;
mod policy_show;
mod sign_in;
mod status;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use host::{log::Seldom, peer::Peer};
use ipc::{Code, Failure};
use link::{Link, LinkError};
use tokio::net::{UnixListener, UnixStream};
use wire::{Authority, Request, Response, authority};

use super::{core::Core, session};
pub(super) use explain::of_pull;
use places::Places;

static FAILED: Seldom = Seldom::every(Duration::from_secs(10));

pub(super) type Client = Link<Request, Response>;

/// Answers clients until the service ends.
pub(super) async fn serve(core: Arc<Core>, listener: UnixListener) {
    let places = Places::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let (core, places) = (Arc::clone(&core), places.clone());
                tokio::spawn(async move {
                    if let Err(error) = client(&core, &places, stream).await {
                        tracing::debug!(%error, "a client went away");
                    }
                });
            }
            Err(error) => {
                if let Some(more) = FAILED.is_due(Instant::now()) {
                    tracing::warn!(%error, more, "a client could not be accepted");
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn client(core: &Arc<Core>, places: &Places, stream: UnixStream) -> Result<(), LinkError> {
    let peer = host::peer::of(&stream)?;
    let mut link = Client::say_hello(stream).await?;
    let _place = match places.take(peer.uid) {
        Ok(place) => place,
        Err(failure) => return link.send(&Response::Error(failure)).await,
    };
    let ended = converse(core, peer, &mut link).await;
    if let Err(error) = &ended
        && let Some(failure) = last_word(error)
    {
        link.send(&Response::Error(failure)).await?;
    }
    ended
}

async fn converse(core: &Arc<Core>, peer: Peer, link: &mut Client) -> Result<(), LinkError> {
    link.await_hello().await?;
    loop {
        match link.receive().await {
            Ok(Ok(request)) => match refusal(core, &request, peer) {
                Some(failure) => link.send(&Response::Error(failure)).await?,
                None => answer::answer(core, peer, request, link).await?,
            },
            Ok(Err(error)) => link.send(&Response::Error(Failure::from(&error))).await?,
            Err(LinkError::Closed) => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}

/// What a client is told before a connection ends that cannot go on; nothing where it went away itself.
fn last_word(error: &LinkError) -> Option<Failure> {
    let code = match error {
        LinkError::Fault(_) | LinkError::Silent(_) | LinkError::OutOfTurn => Code::BadRequest,
        LinkError::Disagreement(_) => Code::Protocol,
        LinkError::Frame(_) => Code::TooLarge,
        LinkError::Broken(_) | LinkError::Closed => return None,
    };
    Some(Failure::new(code, error.to_string()))
}

/// Why this person may not ask this.
fn refusal(core: &Core, request: &Request, peer: Peer) -> Option<Failure> {
    let needs =
        |who: &str, step: &str| Failure::new(Code::NotAllowed, format!("this needs {who}")).with_hint(step);
    match authority(request) {
        Authority::Anyone => None,
        Authority::SessionOwner => {
            let may = session::may_end(core, peer.uid);
            (!may).then(|| {
                let step = "Ask that person, or an administrator to run it with `sudo`";
                needs("the person who is signed in, or an administrator of the machine", step)
            })
        }
        Authority::Administrator => {
            let step = "Run it again with `sudo`";
            (peer.uid != 0).then(|| needs("an administrator of the machine", step))
        }
    }
}

/// Whether an asker sees everything.
fn is_administrator(peer: Peer) -> bool {
    peer.uid == 0
}

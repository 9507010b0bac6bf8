//! The control socket: everybody may connect, and each request is judged by who asks, on the kernel's word.

mod answer;
mod doctor;
mod explain;
mod log;
mod places;
mod policy_show;
mod sign_in;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use host::{log::Seldom, peer::Peer};
use ipc::{Code, Failure};
use link::{Link, LinkError};
use tokio::{
    net::{UnixListener, UnixStream},
    sync::broadcast,
};
use wire::{Authority, Event, Request, Response, authority};

use super::{
    conditions::Conditions,
    decisions::JournalWriter,
    engines::Engines,
    images::Images,
    policies::PolicyStore,
    publisher::Publisher,
    session::{self, SessionDriver},
    steward_client::Steward,
    upstreams::UpstreamMonitor,
};
use places::Places;

static FAILED: Seldom = Seldom::every(Duration::from_secs(10));

pub(super) type Client = Link<Request, Response>;

/// What requests are answered from.
pub(super) struct Handles {
    pub(super) publisher: Arc<Publisher>,
    pub(super) policies: Arc<PolicyStore>,
    pub(super) session: Arc<SessionDriver>,
    pub(super) engines: Arc<Engines>,
    pub(super) images: Arc<Images>,
    pub(super) upstreams: Arc<UpstreamMonitor>,
    pub(super) decisions: JournalWriter,
    pub(super) steward: Steward,
    pub(super) conditions: Arc<Conditions>,
    pub(super) events: broadcast::Sender<Event>,
}

/// Answers clients until the service ends.
pub(super) async fn serve(handles: Arc<Handles>, listener: UnixListener) {
    let places = Places::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let (handles, places) = (Arc::clone(&handles), places.clone());
                tokio::spawn(async move {
                    if let Err(error) = client(&handles, &places, stream).await {
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

async fn client(handles: &Arc<Handles>, places: &Places, stream: UnixStream) -> Result<(), LinkError> {
    let peer = host::peer::of(&stream)?;
    let mut link = Client::say_hello(stream).await?;
    let _place = match places.take(peer.uid) {
        Ok(place) => place,
        Err(failure) => return link.send(&Response::Error(failure)).await,
    };
    let ended = converse(handles, peer, &mut link).await;
    if let Err(error) = &ended
        && let Some(failure) = last_word(error)
    {
        link.send(&Response::Error(failure)).await?;
    }
    ended
}

async fn converse(handles: &Arc<Handles>, peer: Peer, link: &mut Client) -> Result<(), LinkError> {
    link.await_hello().await?;
    loop {
        match link.receive().await {
            Ok(Ok(request)) => match refusal(handles, &request, peer) {
                Some(failure) => link.send(&Response::Error(failure)).await?,
                None => answer::answer(handles, peer, request, link).await?,
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
fn refusal(handles: &Handles, request: &Request, peer: Peer) -> Option<Failure> {
    let needs =
        |who: &str, step: &str| Failure::new(Code::NotAllowed, format!("this needs {who}")).with_hint(step);
    match authority(request) {
        Authority::Anyone => None,
        Authority::SessionOwner => {
            let may = session::may_end(&handles.session, peer.uid);
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

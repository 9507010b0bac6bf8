//! The control socket: everybody may connect, and each request is judged by who asks, on the kernel's word.

mod answer;
mod doctor;
mod explain;
mod log;
mod policy_show;
mod status;

use std::sync::Arc;

use host::peer::Peer;
use tokio::{
    net::{UnixListener, UnixStream},
    sync::Semaphore,
};
use wire::{Authority, Code, Failure, Request, Response, authority};

use super::core::Core;
use crate::link::{Link, LinkError};

pub(super) type Client = Link<Request, Response>;

/// More than every tray and terminal of a machine; a flood waits.
const CLIENTS: usize = 256;

/// Answers clients until the service ends.
pub(super) async fn serve(core: Arc<Core>, listener: UnixListener) {
    let places = Arc::new(Semaphore::new(CLIENTS));
    loop {
        let place = Arc::clone(&places).acquire_owned().await;
        match listener.accept().await {
            Ok((stream, _)) => {
                let core = Arc::clone(&core);
                tokio::spawn(async move {
                    if let Err(error) = client(&core, stream).await {
                        tracing::debug!(%error, "a client went away");
                    }
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a client could not be accepted");
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            }
        }
    }
}

async fn client(core: &Arc<Core>, stream: UnixStream) -> Result<(), LinkError> {
    let peer = host::peer::of(&stream)?;
    let mut link: Client = Link::greet(stream).await?;
    loop {
        match link.receive().await {
            Ok(Ok(request)) => match refusal(&request, peer) {
                Some(failure) => link.send(&Response::Error(failure)).await?,
                None => answer::answer(core, peer, request, &mut link).await?,
            },
            Ok(Err(error)) => link.send(&Response::Error(Failure::from(&error))).await?,
            Err(LinkError::Closed) => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}

/// Why this person may not ask this.
fn refusal(request: &Request, peer: Peer) -> Option<Failure> {
    let allowed = match authority(request) {
        Authority::Anyone => true,
        // There is no session yet that could belong to anybody.
        Authority::SessionOwner | Authority::Administrator => peer.uid == 0,
    };
    (!allowed).then(|| {
        Failure::new(Code::NotAllowed, "this needs an administrator of the machine")
            .with_hint("Run it again with `sudo`")
    })
}

/// Whether an asker sees everything.
fn is_administrator(peer: Peer) -> bool {
    peer.uid == 0
}

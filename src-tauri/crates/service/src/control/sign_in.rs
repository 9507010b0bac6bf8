//! Signing in and out, as long as the asking person stays.

use std::sync::Arc;

use host::peer::Peer;
use link::LinkError;
use tokio::sync::mpsc::channel;
use wire::{Response, SignInMethod};

use super::{Client, Handles};
use crate::session;

/// Leads the asker through the sign-in; it ends when they go away.
pub(super) async fn sign_in(
    handles: &Arc<Handles>,
    peer: Peer,
    method: SignInMethod,
    link: &mut Client,
) -> Result<(), LinkError> {
    let (steps, mut next) = channel(1);
    let mut flow = std::pin::pin!(session::sign_in(&handles.session, peer, method, &steps));
    loop {
        tokio::select! {
            Some(step) = next.recv() => link.send(&Response::SignIn { step }).await?,
            done = &mut flow => {
                handles.publisher.publish_context();
                let response = done.map_or_else(Response::Error, |step| Response::SignIn { step });
                return link.send(&response).await;
            }
            // Nothing more is asked before this is answered: either they went away, or they break the order.
            gone = link.closed() => return Err(gone),
        }
    }
}

/// Ends the session.
pub(super) async fn sign_out(handles: &Arc<Handles>) -> Response {
    let (sentence, page) = session::sign_out(&handles.session).await;
    handles.publisher.publish_context();
    Response::SignedOut { sentence, url: page.map(|page| page.expose().to_owned()) }
}

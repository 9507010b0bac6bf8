//! The proxy front: a forward proxy for engines. What may be a pull is opened up and read; `connect` says what is not.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use host::log::Seldom;
use http1::{Connection, ReadError, Request, Stream, Target};
use tokio::net::TcpStream;

use super::{connect, parse::parse, requests};
use crate::{
    gate::Gate,
    ports::Owner,
    pull::{
        pipeline,
        respond::{self, After},
    },
    upstream::{Destination, Scheme},
};

/// A stranger has this long to say what it wants.
const STRANGER_TIME: Duration = Duration::from_secs(5);
static STRANGERS: Seldom = Seldom::every(Duration::from_secs(10));

/// Serves one connection of an engine that uses the gateway as its proxy.
pub(crate) async fn proxy(gate: Arc<Gate>, socket: TcpStream, owner: Option<Owner>) {
    let mut connection = Connection::new(Stream::Plain(socket));
    if !gate.may_use_proxy(owner) {
        return turn_away(connection, owner).await;
    }
    while let Some((request, body)) = requests::next(&mut connection).await {
        let after = match &request.target {
            Target::Authority(_) if !gate.may_use_proxy(owner) => {
                respond::proxy_not_allowed(&mut connection, owner).await;
                After::Close
            }
            Target::Authority(authority) => {
                let authority = authority.clone();
                return connect(&gate, connection, &request, &authority, owner).await;
            }
            Target::Absolute { authority, path } => {
                let place = Destination::from_authority(Scheme::Http, authority);
                let path = path.clone();
                match place
                    .ok_or_else(|| "the host of the request is not `host:port`".to_owned())
                    .and_then(|place| not_itself(&gate, place))
                    .and_then(|place| parse(request, body, place, &path, owner))
                {
                    Ok(request) if !requests::may_still(&gate, &request) => {
                        respond::proxy_not_allowed(&mut connection, owner).await;
                        After::Close
                    }
                    Ok(request) => pipeline::answer(&gate, request, &mut connection).await,
                    Err(why) => refuse(&mut connection, &why).await,
                }
            }
            Target::Origin(_) => {
                refuse(
                    &mut connection,
                    "this is a proxy for container engines; it serves no pages of its own",
                )
                .await
            }
        };
        if after != After::KeepOpen {
            return requests::end(connection, after).await;
        }
    }
    respond::close(connection).await;
}

/// Tells a stranger that this front is not theirs. Clients listen once they have asked, so the request is read first.
async fn turn_away(mut connection: Connection, owner: Option<Owner>) {
    if let Some(more) = STRANGERS.is_due(Instant::now()) {
        tracing::warn!(
            uid = owner.map(|owner| owner.uid),
            more,
            "a stranger at the proxy front was turned away"
        );
    }
    match connection.read_head(STRANGER_TIME).await {
        Ok(_) | Err(ReadError::TooLong) => respond::proxy_not_allowed(&mut connection, owner).await,
        Err(ReadError::Closed | ReadError::Silent(_) | ReadError::Broken(_)) => {}
    }
    respond::close(connection).await;
}

async fn refuse(connection: &mut Connection, why: &str) -> After {
    respond::bad_request(connection, why).await;
    After::Close
}

async fn connect(
    gate: &Arc<Gate>,
    mut connection: Connection,
    request: &Request,
    authority: &str,
    owner: Option<Owner>,
) {
    let host_agrees = request.host().eq_ignore_ascii_case(authority)
        || Destination::from_authority(Scheme::Https, request.host())
            == Destination::from_authority(Scheme::Https, authority);
    let place = Destination::from_authority(Scheme::Https, authority).filter(|_| host_agrees);
    let Some(place) = place else {
        return respond::bad_request(&mut connection, "`Host` and the address of CONNECT differ").await;
    };
    let place = match not_itself(gate, place) {
        Ok(place) => place,
        Err(why) => return respond::bad_request(&mut connection, &why).await,
    };
    connect::handle(gate, connection, request, place, owner).await;
}

/// Under whatever name it is called.
fn not_itself(gate: &Gate, place: Destination) -> Result<Destination, String> {
    if gate.fronts.names(&place) { Err("the gateway does not connect to itself".into()) } else { Ok(place) }
}

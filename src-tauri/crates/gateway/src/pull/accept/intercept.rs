//! Inside a CONNECT: the gateway speaks TLS as the host the engine called, and reads the requests.

use std::sync::Arc;

use http1::{Connection, Target};

use super::{parse::parse, requests::serve};
use crate::{
    gate::Gate,
    ports::Owner,
    tls::Hello,
    upstream::{Destination, Scheme},
};

pub(super) async fn intercept(
    gate: &Arc<Gate>,
    connection: Connection,
    place: Destination,
    owner: Option<Owner>,
) {
    let accepted = match Hello::read(connection).await {
        Ok(hello) => secure(gate, hello, &place).await,
        Err(error) => Err(error.to_string()),
    };
    let connection = match accepted {
        Ok(connection) => connection,
        Err(why) => return tracing::info!(host = %place.host, why, "TLS with an engine failed"),
    };
    serve(gate, connection, |request, body| {
        let inside = Destination::from_authority(Scheme::Https, request.host());
        if inside.as_ref() != Some(&place) {
            return Err("`Host` differs from the host that was connected to".into());
        }
        let Target::Origin(target) = request.target.clone() else {
            return Err("the request inside a tunnel does not begin with `/`".into());
        };
        parse(request, body, place.clone(), &target, owner)
    })
    .await;
}

async fn secure(gate: &Gate, hello: Hello, place: &Destination) -> Result<Connection, String> {
    let is_address = place.host.parse::<std::net::IpAddr>().is_ok();
    match hello.server_name() {
        Some(name) if name == place.host => {}
        None if is_address => {}
        Some(name) => return Err(format!("the server name inside is `{name}`")),
        None => return Err("no server name inside".into()),
    }
    let config = gate.ports.certificates.intercept(&place.host).await.map_err(|error| error.to_string())?;
    hello.accept(config).await.map_err(|error| error.to_string())
}

//! The control socket `/lab/control.sock`, where tests read the record, order manners and publish images.

use acceptance::internet::{Behavior, Image};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::sync::Arc;
use tokio::net::UnixListener;

use crate::body::{Answer, Failure, json as reply, text};
use crate::publish;
use crate::world::{Shared, World};

const SOCKET: &str = "/lab/control.sock";

pub(crate) async fn serve(world: Shared) {
    let _ = std::fs::remove_file(SOCKET);
    let listener =
        UnixListener::bind(SOCKET).unwrap_or_else(|error| panic!("cannot listen at {SOCKET}: {error}"));
    while let Ok((stream, _)) = listener.accept().await {
        let world = Arc::clone(&world);
        let service = service_fn(move |request| {
            let world = Arc::clone(&world);
            async move { Ok::<_, Infallible>(answer(&world, request).await) }
        });
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

async fn answer(world: &World, request: Request<Incoming>) -> Answer {
    match obey(world, request).await {
        Ok(Some(value)) => reply(StatusCode::OK, &value),
        Ok(None) => text(StatusCode::NOT_FOUND, "no such order"),
        Err(error) => text(StatusCode::BAD_REQUEST, &error.to_string()),
    }
}

async fn obey(world: &World, request: Request<Incoming>) -> Result<Option<Value>, Failure> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let value = match (parts.method.as_str(), parts.uri.path()) {
        ("GET", "/ready") if world.is_ready() => json!(true),
        ("GET", "/requests") => serde_json::to_value(world.recorder.all())?,
        ("DELETE", "/requests") => {
            world.recorder.forget();
            Value::Null
        }
        ("POST", "/behavior") => {
            world.manners.order(serde_json::from_slice::<Behavior>(&body)?);
            Value::Null
        }
        ("DELETE", "/behavior") => {
            world.manners.clear();
            Value::Null
        }
        ("POST", "/images") => {
            serde_json::to_value(publish::publish(world, serde_json::from_slice::<Image>(&body)?).await?)?
        }
        _ => return Ok(None),
    };
    Ok(Some(value))
}

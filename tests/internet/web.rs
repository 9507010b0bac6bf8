//! Web hosts whose content comes from a program on loopback, and how any web host misbehaves on order.

use std::time::Duration;

use acceptance::internet::Manner;
use hyper::body::Incoming;
use hyper::header::{self, HeaderValue};
use hyper::{Request, Response, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use crate::body::{Answer, Body, Failure, answer, full, incoming, oci_error, text};
use crate::manners::spoil;
use crate::world::World;

/// The way to the programs behind web hosts.
pub(crate) struct Web {
    client: Client<HttpConnector, Body>,
}

impl Default for Web {
    fn default() -> Self {
        Self { client: Client::builder(TokioExecutor::new()).build_http() }
    }
}

/// Answers with the word of the program at an address of loopback, such as `127.0.0.1:7001`.
pub(crate) async fn serve(world: &World, host: &str, behind: &str, request: Request<Incoming>) -> Answer {
    let manners = world.manners.of_page(host, request.uri().path());
    if let Some(special) = special(&manners).await {
        return special;
    }
    match world.web.ask(host, behind, request).await {
        Ok(answer) => answer.map(|body| spoil(body, &manners)),
        Err(error) => text(StatusCode::BAD_GATEWAY, &format!("nothing runs behind {host}: {error}")),
    }
}

/// The answer that these manners give whatever was asked, after the wait they want.
pub(crate) async fn special(manners: &[Manner]) -> Option<Answer> {
    for manner in manners {
        match manner {
            Manner::Slow { milliseconds } => tokio::time::sleep(Duration::from_millis(*milliseconds)).await,
            Manner::Answers { status, headers, body } => {
                let builder = headers.iter().fold(Response::builder().status(*status), |builder, header| {
                    builder.header(&header.0, &header.1)
                });
                return Some(answer(builder, full(body.clone())));
            }
            Manner::Refuses { status, code, message } => {
                let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                return Some(oci_error(status, code, message));
            }
            Manner::CutsBlobs { .. }
            | Manner::Drips { .. }
            | Manner::InlineBlobs
            | Manner::Redirects { .. }
            | Manner::RedirectsBlobs { .. } => {}
        }
    }
    None
}

impl Web {
    async fn ask(&self, host: &str, behind: &str, request: Request<Incoming>) -> Result<Answer, Failure> {
        let (mut parts, body) = request.into_parts();
        let rest = parts.uri.path_and_query().map_or("/", |rest| rest.as_str());
        let mut inside = Request::builder().method(&parts.method).uri(format!("http://{behind}{rest}"));
        parts.headers.remove(header::CONNECTION);
        parts.headers.insert(header::HOST, HeaderValue::from_str(host)?);
        parts.headers.insert("X-Forwarded-Proto", HeaderValue::from_static("https"));
        if let Some(headers) = inside.headers_mut() {
            *headers = parts.headers;
        }
        let mut answer = self.client.request(inside.body(incoming(body))?).await?.map(incoming);
        for hop in [header::CONNECTION, header::TRANSFER_ENCODING] {
            answer.headers_mut().remove(hop);
        }
        Ok(answer)
    }
}

//! The real registry behind all pretended ones: `docker.io/acme/tool` lies there under exactly that name.

use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::Bytes;
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::{Method, Request, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use crate::body::{Answer, Body, Failure, full, incoming, oci_error};

const ADDRESS: &str = "http://127.0.0.1:5001";

pub(crate) struct Warehouse {
    client: Client<HttpConnector, Body>,
}

impl Default for Warehouse {
    fn default() -> Self {
        Self { client: Client::builder(TokioExecutor::new()).build_http() }
    }
}

impl Warehouse {
    /// Waits until it answers.
    pub(crate) async fn wait(&self) {
        while self.send(Method::GET, "/v2/", HeaderMap::new(), full("")).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Sends a request to the warehouse as it stands.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        mut headers: HeaderMap,
        body: Body,
    ) -> Result<Answer, Failure> {
        for name in [header::HOST, header::AUTHORIZATION, header::CONNECTION] {
            headers.remove(name);
        }
        let mut request = Request::builder().method(method).uri(format!("{ADDRESS}{path}")).body(body)?;
        *request.headers_mut() = headers;
        Ok(self.client.request(request).await?.map(incoming))
    }

    /// Asks for `/v2/<name>/<rest>` of a registry whose repositories lie in `folder`, and answers in its name.
    pub(crate) async fn ask(
        &self,
        folder: &str,
        path: &str,
        method: Method,
        headers: HeaderMap,
        body: Body,
    ) -> Answer {
        let inside = path.replacen("/v2/", &format!("/v2/{folder}/"), 1);
        let inside = inside.replace("from=", &format!("from={folder}/"));
        match self.send(method, &inside, headers, body).await {
            Ok(answer) => rename(answer, folder).await,
            Err(error) => oci_error(StatusCode::BAD_GATEWAY, "UNKNOWN", &format!("the warehouse: {error}")),
        }
    }
}

/// Takes the folder out of everything that names it.
async fn rename(answer: Answer, folder: &str) -> Answer {
    let (mut parts, body) = answer.into_parts();
    for name in [header::LOCATION, header::LINK] {
        let Some(value) = parts.headers.get(&name).and_then(|value| value.to_str().ok()) else { continue };
        let outside = value.replacen(&format!("/v2/{folder}/"), "/v2/", 1);
        parts.headers.insert(name, HeaderValue::from_str(&outside).expect("it was a header before"));
    }
    let media = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    if !media.starts_with("application/json") || parts.status == StatusCode::NO_CONTENT {
        return Answer::from_parts(parts, body);
    }
    let bytes = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let outside = String::from_utf8_lossy(&bytes).replace(&format!("\"{folder}/"), "\"");
    if !bytes.is_empty() {
        parts.headers.insert(header::CONTENT_LENGTH, outside.len().into());
    }
    Answer::from_parts(parts, full(Bytes::from(outside)))
}

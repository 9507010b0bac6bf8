//! Bodies of answers and the few shapes of answer that many hosts give.

use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::http::response::Builder;
use hyper::{Response, StatusCode};

pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;
pub(crate) type Body = UnsyncBoxBody<Bytes, Failure>;
pub(crate) type Answer = Response<Body>;

pub(crate) fn full(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync()
}

pub(crate) fn incoming(body: Incoming) -> Body {
    body.map_err(Failure::from).boxed_unsync()
}

pub(crate) fn answer(builder: Builder, body: Body) -> Answer {
    builder.body(body).expect("header values are printable")
}

pub(crate) fn text(status: StatusCode, text: &str) -> Answer {
    let builder = Response::builder().status(status).header("Content-Type", "text/plain");
    answer(builder, full(text.to_owned()))
}

pub(crate) fn json(status: StatusCode, value: &serde_json::Value) -> Answer {
    let builder = Response::builder().status(status).header("Content-Type", "application/json");
    answer(builder, full(value.to_string()))
}

pub(crate) fn oci_error(status: StatusCode, code: &str, message: &str) -> Answer {
    json(status, &serde_json::json!({"errors": [{"code": code, "message": message, "detail": null}]}))
}

pub(crate) fn redirect(to: &str) -> Answer {
    let builder = Response::builder().status(StatusCode::TEMPORARY_REDIRECT).header("Location", to);
    answer(builder, full(""))
}

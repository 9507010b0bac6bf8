//! Just enough gRPC and protocol buffers for the two conversations of this laboratory.

use std::fmt;

use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncWrite};

/// A connection on which calls can be made.
pub(crate) struct Channel {
    sender: http2::SendRequest<Full<Bytes>>,
}

/// Why a call failed, in the words of the far end.
#[derive(Debug)]
pub(crate) struct Status {
    code: usize,
    message: String,
}

impl fmt::Display for Status {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        const NAMES: [&str; 17] = [
            "OK",
            "Canceled",
            "Unknown",
            "InvalidArgument",
            "DeadlineExceeded",
            "NotFound",
            "AlreadyExists",
            "PermissionDenied",
            "ResourceExhausted",
            "FailedPrecondition",
            "Aborted",
            "OutOfRange",
            "Unimplemented",
            "Internal",
            "Unavailable",
            "DataLoss",
            "Unauthenticated",
        ];
        let name = NAMES.get(self.code).unwrap_or(&"Unknown");
        write!(formatter, "rpc error: code = {name} desc = {}", self.message)
    }
}

impl Channel {
    pub(crate) async fn open(
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    ) -> Result<Self, Status> {
        let io = TokioIo::new(stream);
        let (sender, connection) = http2::handshake(TokioExecutor::new(), io).await.map_err(transport)?;
        tokio::spawn(connection);
        Ok(Self { sender })
    }

    /// Makes one call with one message each way.
    pub(crate) async fn call(&mut self, method: &str, message: &[u8]) -> Result<Vec<u8>, Status> {
        let length = u32::try_from(message.len()).unwrap_or(u32::MAX);
        let framed = [&[0][..], &length.to_be_bytes(), message].concat();
        let request = Request::post(format!("http://localhost/{method}"))
            .header("Content-Type", "application/grpc")
            .header("TE", "trailers")
            .body(Full::new(Bytes::from(framed)))
            .map_err(transport)?;
        let (parts, body) = self.sender.send_request(request).await.map_err(transport)?.into_parts();
        let body = body.collect().await.map_err(transport)?;
        let trailers = body.trailers().unwrap_or(&parts.headers);
        let header = |name| trailers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        match header("grpc-status").parse().unwrap_or(2) {
            0 => Ok(body.to_bytes().get(5..).unwrap_or_default().to_vec()),
            code => Err(Status { code, message: unescape(header("grpc-message")) }),
        }
    }
}

/// A field that holds bytes, text or a message.
pub(crate) fn field(number: u64, content: &[u8]) -> Vec<u8> {
    [varint(number << 3 | 2), varint(u64::try_from(content.len()).unwrap_or(0)), content.to_vec()].concat()
}

/// The content of the first field of this number that holds bytes, text or a message.
pub(crate) fn find(mut message: &[u8], wanted: u64) -> Option<Vec<u8>> {
    while !message.is_empty() {
        let key = take(&mut message)?;
        let length = match key & 7 {
            0 => take(&mut message).map(|_| 0)?,
            1 => 8,
            2 => usize::try_from(take(&mut message)?).ok()?,
            5 => 4,
            _ => return None,
        };
        let (content, rest) = message.split_at_checked(length)?;
        if key >> 3 == wanted && key & 7 == 2 {
            return Some(content.to_vec());
        }
        message = rest;
    }
    None
}

fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value > 0x7F {
        bytes.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    bytes.push(value.to_le_bytes()[0]);
    bytes
}

fn take(message: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = message.split_first()?;
        *message = rest;
        value |= u64::from(byte & 0x7F) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

fn transport(error: impl fmt::Display) -> Status {
    Status { code: 14, message: error.to_string() }
}

fn unescape(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend_from_slice(before.as_bytes());
        let byte = after.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(b'%'));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

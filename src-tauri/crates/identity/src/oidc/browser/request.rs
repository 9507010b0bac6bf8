//! Reading the head of one request, of limited size, and nothing after it.

use std::io;

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use url::form_urlencoded;

use super::CALLBACK_PATH;

/// More than any browser sends with a callback.
const LONGEST_HEAD: usize = 32 * 1024;
const MOST_HEADERS: usize = 100;

/// What came to the port that waits for the browser.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum CallbackRequest {
    Callback(Parameters),
    Elsewhere,
    Malformed,
}

/// What comes with a callback.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Parameters {
    pub(super) state: Option<String>,
    pub(super) code: Option<String>,
    pub(super) iss: Option<String>,
    pub(super) error: Option<String>,
    pub(super) error_description: Option<String>,
}

/// `None` if the connection ended before a byte.
pub(super) async fn read(
    stream: &mut TcpStream,
    port: u16,
    own: &str,
) -> io::Result<Option<CallbackRequest>> {
    let mut head = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        let count = stream.read(&mut chunk).await?;
        head.extend_from_slice(chunk.get(..count).unwrap_or_default());
        if head.is_empty() {
            return Ok(None);
        }
        if let Some(request) = parse(&head, port, own) {
            return Ok(Some(request));
        }
        if count == 0 || head.len() > LONGEST_HEAD {
            return Ok(Some(CallbackRequest::Malformed));
        }
    }
}

/// `None` while the head is not whole.
pub(super) fn parse(head: &[u8], port: u16, own: &str) -> Option<CallbackRequest> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(head) {
        Ok(status) if status.is_partial() => None,
        Ok(_) => Some(wanted(&request, port, own)),
        Err(_) => Some(CallbackRequest::Malformed),
    }
}

/// A request to another host than a loopback address, or the one the browser was sent back to, is a page elsewhere that
/// found this port.
fn wanted(request: &httparse::Request<'_, '_>, port: u16, own: &str) -> CallbackRequest {
    let mut hosts = request.headers.iter().filter(|header| header.name.eq_ignore_ascii_case("host"));
    let host = hosts.next().and_then(|header| std::str::from_utf8(header.value).ok());
    let own = [format!("127.0.0.1:{port}"), format!("[::1]:{port}"), own.to_owned()];
    if hosts.next().is_some() || !host.is_some_and(|host| own.iter().any(|own| own == host.trim())) {
        return CallbackRequest::Malformed;
    }
    let (path, query) =
        request.path.unwrap_or_default().split_once('?').unwrap_or((request.path.unwrap_or_default(), ""));
    match (request.method, path == CALLBACK_PATH) {
        (_, false) => CallbackRequest::Elsewhere,
        (Some("GET"), true) => {
            parameters(query).map_or(CallbackRequest::Malformed, CallbackRequest::Callback)
        }
        (_, true) => CallbackRequest::Malformed,
    }
}

/// Nothing if a parameter comes twice: which one is meant cannot be known.
fn parameters(query: &str) -> Option<Parameters> {
    let mut found = Parameters::default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let place = match name.as_ref() {
            "state" => &mut found.state,
            "code" => &mut found.code,
            "iss" => &mut found.iss,
            "error" => &mut found.error,
            "error_description" => &mut found.error_description,
            _ => continue,
        };
        if place.replace(value.into_owned()).is_some() {
            return None;
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PORT: u16 = 40123;

    fn request(line: &str, host: &str) -> Option<CallbackRequest> {
        request_to(line, host, "127.0.0.1:40123")
    }

    fn request_to(line: &str, host: &str, own: &str) -> Option<CallbackRequest> {
        parse(format!("{line} HTTP/1.1\r\nHost: {host}\r\nAccept: */*\r\n\r\n").as_bytes(), PORT, own)
    }

    #[test]
    fn a_callback_to_localhost_is_one_where_the_browser_was_sent_there() {
        let own = "localhost:40123";
        for host in [own, "127.0.0.1:40123", "[::1]:40123"] {
            let found = request_to("GET /callback", host, own);
            assert_eq!(found, Some(CallbackRequest::Callback(Parameters::default())), "{host}");
        }
        assert_eq!(request_to("GET /callback", "evil.example:40123", own), Some(CallbackRequest::Malformed));
    }

    #[test]
    fn a_callback_brings_its_parameters_decoded() {
        let line = "GET /callback?code=a%2Bb&state=s+t&iss=https%3A%2F%2Flogin.example&session_state=9";
        let expected = Parameters {
            code: Some("a+b".to_owned()),
            state: Some("s t".to_owned()),
            iss: Some("https://login.example".to_owned()),
            ..Parameters::default()
        };
        assert_eq!(request(line, "127.0.0.1:40123"), Some(CallbackRequest::Callback(expected)));
    }

    #[test]
    fn a_parameter_that_comes_twice_is_malformed() {
        assert_eq!(
            request("GET /callback?state=a&state=b", "127.0.0.1:40123"),
            Some(CallbackRequest::Malformed)
        );
    }

    #[test]
    fn a_request_to_another_host_is_malformed() {
        for host in ["evil.example:40123", "localhost:40123", "127.0.0.1:1", "127.0.0.1"] {
            assert_eq!(request("GET /callback?state=a", host), Some(CallbackRequest::Malformed), "{host}");
        }
    }

    #[test]
    fn other_paths_and_other_methods_are_no_callback() {
        let host = "[::1]:40123";
        assert_eq!(request("GET /favicon.ico", host), Some(CallbackRequest::Elsewhere));
        assert_eq!(request("GET /callback/", host), Some(CallbackRequest::Elsewhere));
        assert_eq!(request("POST /callback?state=a", host), Some(CallbackRequest::Malformed));
        assert_eq!(request("GET /callback", host), Some(CallbackRequest::Callback(Parameters::default())));
    }

    #[test]
    fn half_a_head_is_waited_for() {
        let half = b"GET /callback?state=a HTTP/1.1\r\nHost: 127";
        assert_eq!(parse(half, PORT, "127.0.0.1:40123"), None);
    }
}

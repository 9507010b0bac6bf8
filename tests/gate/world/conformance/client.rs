//! A client of registries that shows every byte it is answered: one connection for a request, straight to the registry or
//! by one of the gateway's fronts.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

/// How a registry is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Direct,
    /// By CONNECT, as Docker Engine does.
    Proxy,
    /// As a mirror, as Podman and containerd do.
    Mirror,
}

/// A registry, and how to get there.
pub(super) struct Client {
    pub(super) way: Way,
    pub(super) registry: &'static str,
    /// Where the registry itself listens.
    pub(super) address: &'static str,
    pub(super) config: Arc<ClientConfig>,
}

/// An answer, byte for byte.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    fields: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Reply {
    /// The value of a field; empty where there is none.
    pub(super) fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Believes these authorities.
pub(super) fn config(authorities: &[String]) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    for authority in authorities {
        let der = CertificateDer::from_pem_slice(authority.as_bytes()).expect("the authority is PEM");
        roots.add(der).expect("the authority is one");
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    Arc::new(builder.expect("the provider knows TLS").with_root_certificates(roots).with_no_client_auth())
}

impl Client {
    /// Sends a request; a body makes a `Content-Length`, unless a field says that it is chunked.
    pub(super) fn send(&self, method: &str, path: &str, fields: &[(&str, &str)], body: &[u8]) -> Reply {
        let (host, path) = match self.way {
            Way::Direct | Way::Proxy => (self.registry, path.to_owned()),
            Way::Mirror => ("127.0.0.1:858", self.mirrored(path)),
        };
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
        for (name, value) in fields {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let is_chunked = fields.iter().any(|(name, _)| *name == "Transfer-Encoding");
        if !is_chunked && !matches!(method, "GET" | "HEAD" | "DELETE") {
            head.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        bytes.extend(if is_chunked { chunked(body) } else { body.to_vec() });
        let mut stream = self.connect(host);
        stream.write_all(&bytes).unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        let mut answer = Vec::new();
        // A server that closes without the end of TLS has said what it said: the framing of HTTP tells.
        let _ = stream.read_to_end(&mut answer);
        parse(&answer, method).unwrap_or_else(|| {
            panic!("{method} {path} by {:?}: no answer: {}", self.way, String::from_utf8_lossy(&answer))
        })
    }

    fn mirrored(&self, path: &str) -> String {
        match path.strip_prefix("/v2/") {
            Some(rest) if !rest.is_empty() && !rest.starts_with(self.registry) => {
                format!("/v2/{}/{rest}", self.registry)
            }
            _ => path.to_owned(),
        }
    }

    fn connect(&self, host: &str) -> StreamOwned<ClientConnection, TcpStream> {
        let place = match self.way {
            Way::Direct => self.address,
            Way::Proxy => "127.0.0.1:859",
            Way::Mirror => "127.0.0.1:858",
        };
        let mut socket = TcpStream::connect(place).unwrap_or_else(|error| panic!("{place}: {error}"));
        socket.set_read_timeout(Some(Duration::from_secs(60))).expect("a socket takes a limit");
        if self.way == Way::Proxy {
            let asked = format!("CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n");
            socket.write_all(asked.as_bytes()).expect("the proxy reads");
            let mut answer = Vec::new();
            while !answer.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                socket.read_exact(&mut byte).expect("the proxy answers");
                answer.extend(byte);
            }
            assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
        }
        let name = ServerName::try_from(host.split(':').next().unwrap_or(host).to_owned());
        let connection = ClientConnection::new(Arc::clone(&self.config), name.expect("a host is a name"));
        StreamOwned::new(connection.expect("the configuration is whole"), socket)
    }
}

/// Two chunks, so that a reader has to put them together.
fn chunked(body: &[u8]) -> Vec<u8> {
    let (first, second) = body.split_at(body.len() / 2);
    let mut bytes = Vec::new();
    for part in [first, second].into_iter().filter(|part| !part.is_empty()) {
        bytes.extend(format!("{:x}\r\n", part.len()).bytes());
        bytes.extend(part);
        bytes.extend(b"\r\n");
    }
    bytes.extend(b"0\r\n\r\n");
    bytes
}

fn parse(bytes: &[u8], method: &str) -> Option<Reply> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let status: u16 = head.split(' ').nth(1)?.parse().ok()?;
    let rest = &bytes[end + 4..];
    if (100..200).contains(&status) {
        return parse(rest, method);
    }
    let split = |line: &str| {
        line.split_once(':').map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
    };
    let fields: Vec<(String, String)> = head.lines().skip(1).filter_map(split).collect();
    let reply = Reply { status, fields, body: Vec::new() };
    let body = if method == "HEAD" || status == 204 {
        assert!(rest.is_empty(), "there is no body after {method} {status}");
        Vec::new()
    } else if reply.field("transfer-encoding") == "chunked" {
        unchunked(rest)?
    } else {
        let length = reply.field("content-length").parse().unwrap_or(rest.len());
        assert_eq!(rest.len(), length, "the body is as long as was said");
        rest.to_vec()
    };
    Some(Reply { body, ..reply })
}

fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|window| window == b"\r\n")?;
        let length = usize::from_str_radix(std::str::from_utf8(&rest[..end]).ok()?.trim(), 16).ok()?;
        rest = rest.get(end + 2..)?;
        if length == 0 {
            return Some(body);
        }
        body.extend(rest.get(..length)?);
        rest = rest.get(length + 2..)?;
    }
}

//! A client for measurements: `load HOW URL TIMES` makes GET requests one after the other on one connection, and
//! prints what they took. HOW is `direct` or the `host:port` of a proxy.
#![expect(clippy::panic, reason = "a wrong call ends the program")]
#![expect(clippy::print_stdout, clippy::expect_used, reason = "this program talks to the benchmark")]

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Instant;

use rustls::crypto::aws_lc_rs::{self, cipher_suite};
use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::json;

const AUTHORITY: &str = "/etc/bench/ca.pem";
const PROXY_AUTHORITIES: &str = "/etc/pullgate/ca";
const BUFFER: usize = 256 * 1024;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [how, url, times] = arguments.as_slice() else { panic!("usage: load direct|PROXY URL TIMES") };
    let (scheme, rest) = url.split_once("://").expect("the URL has a scheme");
    let (host, path) = rest.find('/').map(|at| rest.split_at(at)).expect("the URL has a path");
    let proxy = (how != "direct").then_some(how.as_str());
    let mut connection = connect(proxy, scheme, host).expect("the far end answers");
    let target = if scheme == "http" && proxy.is_some() { url } else { path };
    let request = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: docker/28.0\r\n\r\n");
    let started = Instant::now();
    let mut answers: Vec<(u16, u64, f64)> = Vec::new();
    for _ in 0..times.parse().expect("TIMES is a number") {
        let asked = Instant::now();
        connection.get_mut().write_all(request.as_bytes()).expect("the connection stays");
        let (status, length) = answer(&mut connection).expect("the answer arrives whole");
        answers.push((status, length, asked.elapsed().as_secs_f64()));
    }
    let seconds = started.elapsed().as_secs_f64();
    let bytes: u64 = answers.iter().map(|(_, length, _)| length).sum();
    let mut each: Vec<f64> = answers.iter().map(|(_, _, seconds)| *seconds).collect();
    each.sort_by(f64::total_cmp);
    let status = answers.first().map(|(status, _, _)| *status);
    assert!(answers.iter().all(|(other, _, _)| Some(*other) == status), "every answer is alike");
    println!(
        "{}",
        json!({"status": status, "bytes": bytes, "seconds": seconds, "p50": each[each.len() / 2]})
    );
}

trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}
type Connection = BufReader<Box<dyn Stream>>;

fn connect(proxy: Option<&str>, scheme: &str, host: &str) -> io::Result<Connection> {
    let port = if scheme == "http" { 80 } else { 443 };
    let place = format!("{host}:{port}");
    let socket = TcpStream::connect(proxy.unwrap_or(&place))?;
    socket.set_nodelay(true)?;
    let mut socket = Gathered(BufReader::with_capacity(BUFFER, socket));
    if scheme == "http" {
        return Ok(BufReader::with_capacity(BUFFER, Box::new(socket)));
    }
    if proxy.is_some() {
        let head = format!("CONNECT {place} HTTP/1.1\r\nHost: {place}\r\nUser-Agent: docker/28.0\r\n\r\n");
        socket.write_all(head.as_bytes())?;
        let (status, _) = read_head(&mut socket.0)?;
        assert_eq!(status, 200, "the proxy makes a tunnel");
    }
    let name = ServerName::try_from(host.to_owned()).expect("the host is a name");
    let session = ClientConnection::new(Arc::new(trust()), name).expect("the configuration is sound");
    Ok(BufReader::with_capacity(BUFFER, Box::new(StreamOwned::new(session, socket))))
}

/// A socket that is read in large pieces, however small those are that TLS asks for.
struct Gathered(BufReader<TcpStream>);

impl Read for Gathered {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Gathered {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.get_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.get_mut().flush()
    }
}

/// Trusts what an engine trusts, and prefers the ciphers that Go prefers.
fn trust() -> ClientConfig {
    let mut provider = aws_lc_rs::default_provider();
    provider.cipher_suites =
        vec![cipher_suite::TLS13_AES_128_GCM_SHA256, cipher_suite::TLS13_AES_256_GCM_SHA384];
    let mut roots = RootCertStore::empty();
    let published = std::fs::read_dir(PROXY_AUTHORITIES).into_iter().flatten().flatten();
    for path in published.map(|entry| entry.path()).chain([AUTHORITY.into()]) {
        for certificate in CertificateDer::pem_file_iter(&path).into_iter().flatten().flatten() {
            let (_added, _ignored) = roots.add_parsable_certificates([certificate]);
        }
    }
    ClientConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()
        .expect("the provider speaks TLS 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth()
}

fn answer(connection: &mut Connection) -> io::Result<(u16, u64)> {
    let (status, length) = read_head(connection)?;
    let mut left = length;
    while left > 0 {
        let there = connection.fill_buf()?.len();
        if there == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let used = there.min(usize::try_from(left).unwrap_or(there));
        connection.consume(used);
        left -= used as u64;
    }
    Ok((status, length))
}

fn read_head(from: &mut impl BufRead) -> io::Result<(u16, u64)> {
    let (mut status, mut length, mut line) = (None, 0, String::new());
    loop {
        line.clear();
        from.read_line(&mut line)?;
        let text = line.trim_end();
        match text.split_once(": ") {
            _ if text.is_empty() => break,
            _ if status.is_none() => status = text.split(' ').nth(1).and_then(|word| word.parse().ok()),
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.parse().map_err(io::Error::other)?;
            }
            Some(_) | None => {}
        }
    }
    Ok((status.ok_or(io::ErrorKind::InvalidData)?, length))
}

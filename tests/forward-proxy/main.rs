//! A company's forward proxy: HTTP, HTTP inside TLS and SOCKS 5, each with and without a login.
//!
//! `forward-proxy ADDRESS` listens there on the ports of [`DOORS`]. Who may pass stands in
//! `/etc/forward-proxy/logins`, one `name:password` a line; how it behaves in `/run/forward-proxy/manner`, one word.
//! Every question is a JSON line in `/run/forward-proxy/log`, the password left out.
#![expect(clippy::expect_used, clippy::panic, reason = "a broken laboratory ends the test that uses it")]

mod http;
mod log;
mod socks;

use std::{fs, sync::Arc};

use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, copy_bidirectional},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

/// What is spoken at a door.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tongue {
    Http,
    Https,
    Socks,
}

/// Port, tongue, and whether a login is wanted.
const DOORS: [(u16, Tongue, bool); 6] = [
    (3128, Tongue::Http, true),
    (3129, Tongue::Http, false),
    (8443, Tongue::Https, true),
    (8444, Tongue::Https, false),
    (1080, Tongue::Socks, true),
    (1081, Tongue::Socks, false),
];

fn main() {
    let address = std::env::args().nth(1).expect("usage: forward-proxy ADDRESS");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("the kernel gives an event queue").block_on(serve(&address));
}

async fn serve(address: &str) {
    let secure = TlsAcceptor::from(identity());
    let mut doors = Vec::new();
    for (port, tongue, wants_login) in DOORS {
        let listener = TcpListener::bind((address, port)).await;
        let listener = listener.unwrap_or_else(|error| panic!("cannot listen at {address}:{port}: {error}"));
        let secure = secure.clone();
        doors.push(tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(receive(socket, tongue, wants_login, secure.clone()));
            }
        }));
    }
    for door in doors {
        door.await.expect("no door panics");
    }
}

async fn receive(socket: TcpStream, tongue: Tongue, wants_login: bool, secure: TlsAcceptor) {
    match tongue {
        Tongue::Http => http::serve(socket, wants_login).await,
        Tongue::Socks => socks::serve(socket, wants_login).await,
        Tongue::Https => {
            if let Ok(stream) = secure.accept(socket).await {
                http::serve(stream, wants_login).await;
            }
        }
    }
}

/// How it behaves now: `usual` where nothing was ordered.
fn manner() -> String {
    let text = fs::read_to_string("/run/forward-proxy/manner").unwrap_or_default();
    if text.trim().is_empty() { "usual".to_owned() } else { text.trim().to_owned() }
}

/// Whether somebody may pass.
fn may_pass(name: &str, password: &str) -> bool {
    let logins = fs::read_to_string("/etc/forward-proxy/logins").unwrap_or_default();
    logins.lines().any(|line| line.split_once(':') == Some((name, password)))
}

async fn lead(mut here: impl AsyncRead + AsyncWrite + Unpin, mut there: TcpStream) {
    // Either side may end it as it likes.
    let _ended = copy_bidirectional(&mut here, &mut there).await;
}

fn identity() -> Arc<ServerConfig> {
    let read =
        |name| fs::read(format!("/etc/internet/proxy.acme.example.{name}")).expect("`internet prepare` ran");
    let certificate = CertificateDer::from_pem_slice(&read("pem")).expect("the certificate was made here");
    let key = PrivateKeyDer::from_pem_slice(&read("key")).expect("the key was made here");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.expect("the provider knows TLS 1.2 and 1.3").with_no_client_auth();
    Arc::new(builder.with_single_cert(vec![certificate], key).expect("key and certificate match"))
}

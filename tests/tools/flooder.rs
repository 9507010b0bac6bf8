//! Takes what one user can have of the gateway, all at once: `flooder CONNECTIONS NAMES MEBIBYTES FOLDER`.
//!
//! Holds connections to both fronts and opens those anew that were closed, asks for images that nobody ever made, and
//! pushes bytes at the control socket behind a request that is being answered. `FOLDER/began` is there once each of them
//! has begun; it goes on until `FOLDER/stop` is there and it has done as much as it was told, and says what it did in
//! `FOLDER/done`.
#![expect(
    clippy::panic,
    clippy::expect_used,
    reason = "a wrong call, or a broken laboratory, ends the program"
)]

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
use rustls::{ClientConfig, RootCertStore};
use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;
use tokio_rustls::{TlsConnector, client::TlsStream};

const MIRROR: &str = "127.0.0.1:858";
const PROXY: &str = "127.0.0.1:859";
const AUTHORITY: &str = "/etc/containers/certs.d/127.0.0.1:858/ca.crt";
const CONTROL: &str = "/run/pullgate/control.sock";
const HELLO: &[u8] = br#"{"protocol":1,"build":"0.1.0"}"#;
/// UpstreamResult for as long as the client stays.
const WATCH: &[u8] = br#"{"kind":"watch"}"#;
/// So many connections ask for names, and so many push.
const ASKERS: u64 = 64;
const PUSHERS: u64 = 48;
/// A connection that was closed is opened anew after this long.
const AGAIN: Duration = Duration::from_secs(5);
const READ: Duration = Duration::from_millis(500);
const LOOK: Duration = Duration::from_millis(50);

#[derive(Default)]
struct Done {
    opened: AtomicU64,
    closed: AtomicU64,
    names: AtomicU64,
    refused: AtomicU64,
    pushed: AtomicU64,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [connections, names, mebibytes, folder] = arguments.as_slice() else {
        panic!("usage: flooder CONNECTIONS NAMES MEBIBYTES FOLDER")
    };
    let number = |text: &str| text.parse::<u64>().expect("a number");
    let wanted = (number(connections), number(names), number(mebibytes) << 20);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("the machine has room").block_on(flood(wanted, PathBuf::from(folder)));
}

#[expect(clippy::disallowed_methods, reason = "whoever waits for these files looks whether they are there")]
async fn flood((connections, names, bytes): (u64, u64, u64), folder: PathBuf) {
    let done = Arc::new(Done::default());
    for number in 0..ASKERS {
        tokio::spawn(ask(Arc::clone(&done), connector(), number));
    }
    for _ in 0..PUSHERS {
        tokio::spawn(push(Arc::clone(&done)));
    }
    wait(|| of(&done.names) > ASKERS).await;
    for number in 0..connections {
        tokio::spawn(hold(Arc::clone(&done), if number % 2 == 0 { MIRROR } else { PROXY }));
    }
    wait(|| of(&done.opened) >= connections && of(&done.pushed) > 0).await;
    std::fs::write(folder.join("began"), "").expect("the folder is this user's");
    let stop = folder.join("stop");
    wait(|| of(&done.names) >= names && of(&done.pushed) >= bytes && Path::new(&stop).exists()).await;
    let told = json!({
        "opened": of(&done.opened), "closed": of(&done.closed), "names": of(&done.names),
        "refused": of(&done.refused), "pushed": of(&done.pushed) >> 20,
    });
    std::fs::write(folder.join("done"), told.to_string()).expect("the folder is this user's");
}

fn of(count: &AtomicU64) -> u64 {
    count.load(Ordering::Relaxed)
}

fn add(count: &AtomicU64, more: u64) -> u64 {
    count.fetch_add(more, Ordering::Relaxed)
}

async fn wait(mut is_so: impl FnMut() -> bool) {
    while !is_so() {
        tokio::time::sleep(LOOK).await;
    }
}

/// A connection that says nothing.
async fn hold(done: Arc<Done>, front: &str) {
    loop {
        if let Ok(mut socket) = TcpStream::connect(front).await {
            add(&done.opened, 1);
            let mut rest = [0; 64];
            while matches!(socket.read(&mut rest).await, Ok(1..)) {}
            add(&done.closed, 1);
        }
        tokio::time::sleep(AGAIN).await;
    }
}

/// Asks for one invented image after the other: of publishers, of registries, and of the official ones, which pass and
/// are not there.
async fn ask(done: Arc<Done>, connector: TlsConnector, asker: u64) {
    for number in 0.. {
        let Ok(mut stream) = secured(&connector).await else {
            tokio::time::sleep(AGAIN).await;
            continue;
        };
        let mut next = number * 1_000_000;
        while let Ok(status) = question(&mut stream, &name(asker, next)).await {
            add(&done.names, 1);
            add(&done.refused, u64::from(status == 403));
            next += 1;
        }
    }
}

fn name(asker: u64, number: u64) -> String {
    match number % 120 {
        0 => format!("docker.io/library/invented{asker}x{number}"),
        1..30 => format!("registry{asker}x{number}.example/made/up"),
        _ => format!("docker.io/invented{asker}x{number}/made-up"),
    }
}

fn connector() -> TlsConnector {
    let mut roots = RootCertStore::empty();
    let published = CertificateDer::pem_file_iter(AUTHORITY).expect("engines are led to the mirror front");
    let (_added, _ignored) = roots.add_parsable_certificates(published.flatten());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider speaks TLS 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

type Asked = BufReader<TlsStream<TcpStream>>;

async fn secured(connector: &TlsConnector) -> io::Result<Asked> {
    let socket = TcpStream::connect(MIRROR).await?;
    let name = ServerName::try_from("127.0.0.1").expect("an address is a name");
    Ok(BufReader::new(connector.connect(name, socket).await?))
}

async fn question(stream: &mut Asked, name: &str) -> io::Result<u16> {
    let request = format!(
        "GET /v2/{name}/manifests/1 HTTP/1.1\r\nHost: {MIRROR}\r\nUser-Agent: containers/5.34\r\n\r\n"
    );
    stream.get_mut().write_all(request.as_bytes()).await?;
    let (mut status, mut length) = (0, 0);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let line = line.trim_end().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(rest) = line.strip_prefix("http/1.1 ") {
            status = rest.split(' ').next().and_then(|word| word.parse().ok()).unwrap_or(0);
        } else if let Some(rest) = line.strip_prefix("content-length:") {
            length = rest.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    Ok(status)
}

/// Asks for something that is answered for long, and talks on.
async fn push(done: Arc<Done>) {
    let piece = vec![b'x'; 64 * 1024];
    loop {
        let Ok(mut socket) = UnixStream::connect(CONTROL).await else {
            tokio::time::sleep(LOOK).await;
            continue;
        };
        let mut begin = Vec::new();
        for message in [HELLO, WATCH] {
            begin.extend(u32::try_from(message.len()).expect("it is short").to_be_bytes());
            begin.extend(message);
        }
        if socket.write_all(&begin).await.is_ok() {
            // What is not read any longer is left: the system keeps no more for a connection.
            while let Ok(Ok(count)) = timeout(READ, socket.write(&piece)).await {
                add(&done.pushed, u64::try_from(count).expect("it is short"));
            }
        }
    }
}

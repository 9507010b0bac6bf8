//! Serves the BuildKit inside a Docker Engine on a socket of its own, as a daemon of BuildKit has one.
//!
//! Docker Engine speaks BuildKit's gRPC on its own socket, after an upgrade of the HTTP that it speaks there. A client of
//! a BuildKit daemon speaks gRPC from the first byte: so each connection is upgraded, and then every byte passes as it is.
#![expect(clippy::print_stderr, reason = "standard error is the journal of the unit that runs this program")]

use std::io;
use std::path::Path;
use std::process::ExitCode;

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{UnixListener, UnixStream};

const USAGE: &str = "usage: buildkit-socket SOCKET DOCKER-SOCKET";
const UPGRADE: &[u8] =
    b"POST /grpc HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 0\r\n\r\n";
/// An answer to an upgrade is a few lines.
const LIMIT: usize = 8 * 1024;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [socket, docker] = arguments.as_slice() else { return complain(USAGE) };
    match serve(Path::new(socket), Path::new(docker)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => complain(&error.to_string()),
    }
}

fn complain(problem: &str) -> ExitCode {
    eprintln!("{problem}");
    ExitCode::FAILURE
}

async fn serve(socket: &Path, docker: &Path) -> io::Result<()> {
    match std::fs::remove_file(socket) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let listener = UnixListener::bind(socket)?;
    loop {
        let (client, _) = listener.accept().await?;
        let docker = docker.to_path_buf();
        tokio::spawn(async move {
            if let Err(error) = pass(client, &docker).await {
                eprintln!("a connection ended: {error}");
            }
        });
    }
}

async fn pass(mut client: UnixStream, docker: &Path) -> io::Result<()> {
    let mut engine = UnixStream::connect(docker).await?;
    engine.write_all(UPGRADE).await?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() == LIMIT {
            return Err(io::ErrorKind::InvalidData.into());
        }
        head.push(engine.read_u8().await?);
    }
    if !head.starts_with(b"HTTP/1.1 101 ") {
        return Err(io::Error::other(String::from_utf8_lossy(&head).into_owned()));
    }
    copy_bidirectional(&mut client, &mut engine).await.map(drop)
}

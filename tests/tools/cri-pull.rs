//! Speaks CRI to containerd as a kubelet does: pulls an image, says whether it is there, removes it.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this program talks to a person at a terminal"
)]

mod grpc;

use std::env;
use std::process::ExitCode;

use grpc::{Channel, Status, field, find};
use tokio::net::UnixStream;

const SOCKET: &str = "/run/containerd/containerd.sock";
const USAGE: &str =
    "usage: cri-pull pull IMAGE [USER PASSWORD | --identity-token TOKEN] | status IMAGE | remove IMAGE";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let stream = match UnixStream::connect(SOCKET).await {
        Ok(stream) => stream,
        Err(error) => return complain(&format!("cannot connect to {SOCKET}: {error}")),
    };
    match run(stream, &words).await {
        Ok(Some(answer)) => {
            println!("{answer}");
            ExitCode::SUCCESS
        }
        Ok(None) => complain("the image is not there"),
        Err(status) => complain(&status.to_string()),
    }
}

async fn run(stream: UnixStream, words: &[&str]) -> Result<Option<String>, Status> {
    let mut channel = Channel::open(stream).await?;
    match words {
        ["pull", image] => pull(&mut channel, &spec(image)).await,
        ["pull", image, "--identity-token", token] => {
            let login = field(5, token.as_bytes());
            pull(&mut channel, &[spec(image), field(2, &login)].concat()).await
        }
        ["pull", image, user, password] => {
            let login = [field(1, user.as_bytes()), field(2, password.as_bytes())].concat();
            pull(&mut channel, &[spec(image), field(2, &login)].concat()).await
        }
        ["status", image] => {
            let answer = channel.call("runtime.v1.ImageService/ImageStatus", &spec(image)).await?;
            Ok(find(&answer, 1).and_then(|image| find(&image, 1)).map(text))
        }
        ["remove", image] => {
            channel.call("runtime.v1.ImageService/RemoveImage", &spec(image)).await?;
            Ok(Some(String::new()))
        }
        _ => Ok(Some(USAGE.to_owned())),
    }
}

async fn pull(channel: &mut Channel, request: &[u8]) -> Result<Option<String>, Status> {
    let answer = channel.call("runtime.v1.ImageService/PullImage", request).await?;
    Ok(find(&answer, 1).map(text))
}

fn spec(image: &str) -> Vec<u8> {
    field(1, &field(1, image.as_bytes()))
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}

fn complain(message: &str) -> ExitCode {
    eprintln!("{message}");
    ExitCode::FAILURE
}

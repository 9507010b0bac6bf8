//! SOCKS 5 (RFC 1928) with user name and password (RFC 1929). The proxy resolves names, as with Go programs.

use std::{io, net::IpAddr};

use egress::ProxyLogin;
use http1::Stream;
use policy_text::render::ProxyProblem;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::Refusal;
use crate::upstream::Destination;

const VERSION: u8 = 5;
const OPEN: u8 = 0;
const BY_PASSWORD: u8 = 2;
const NO_METHOD: u8 = 0xff;

/// Asks a SOCKS proxy for a connection.
pub(super) async fn through(
    mut stream: Stream,
    destination: &Destination,
    login: Option<&ProxyLogin>,
) -> Result<Stream, Refusal> {
    let method = greet(&mut stream, login.is_some()).await?;
    match (method, login) {
        (OPEN, _) => {}
        (BY_PASSWORD, Some(login)) => show(&mut stream, login).await?,
        (NO_METHOD, None) => return Err(Refusal::Login(ProxyProblem::LoginWanted)),
        (NO_METHOD, Some(_)) => {
            let schemes = "other ways of SOCKS".to_owned();
            return Err(Refusal::Other(ProxyProblem::OtherSchemes { schemes }));
        }
        _ => return Err(unusable("it chose a way of signing in that it was not offered")),
    }
    stream.write_all(&request(destination)?).await.map_err(broken)?;
    stream.flush().await.map_err(broken)?;
    answer(&mut stream, destination).await?;
    Ok(stream)
}

/// Offers what is spoken; the proxy chooses.
pub(super) async fn greet(stream: &mut Stream, with_password: bool) -> Result<u8, Refusal> {
    let offer: &[u8] = if with_password { &[VERSION, 2, OPEN, BY_PASSWORD] } else { &[VERSION, 1, OPEN] };
    stream.write_all(offer).await.map_err(broken)?;
    stream.flush().await.map_err(broken)?;
    let mut choice = [0; 2];
    stream.read_exact(&mut choice).await.map_err(broken)?;
    if choice[0] == VERSION { Ok(choice[1]) } else { Err(unusable("it does not speak SOCKS 5")) }
}

async fn show(stream: &mut Stream, login: &ProxyLogin) -> Result<(), Refusal> {
    let (name, password) = login.parts();
    let lengths = (u8::try_from(name.len()), u8::try_from(password.len()));
    let (Ok(name_length @ 1..), Ok(password_length)) = lengths else {
        return Err(unusable(
            "SOCKS has no user names or passwords of more than 255 bytes, and none without a name",
        ));
    };
    let mut message = vec![1, name_length];
    message.extend_from_slice(name);
    message.push(password_length);
    message.extend_from_slice(password);
    stream.write_all(&message).await.map_err(broken)?;
    stream.flush().await.map_err(broken)?;
    let mut status = [0; 2];
    // Some proxies close instead of saying no.
    match stream.read_exact(&mut status).await {
        Ok(_) if status[1] == 0 => Ok(()),
        Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => Err(broken(error)),
        Ok(_) | Err(_) => Err(Refusal::Login(ProxyProblem::LoginRefused { user: login.name().into_owned() })),
    }
}

fn request(destination: &Destination) -> Result<Vec<u8>, Refusal> {
    let mut message = vec![VERSION, 1, 0];
    match destination.host.parse() {
        Ok(IpAddr::V4(address)) => {
            message.push(1);
            message.extend_from_slice(&address.octets());
        }
        Ok(IpAddr::V6(address)) => {
            message.push(4);
            message.extend_from_slice(&address.octets());
        }
        Err(_) => {
            let length = u8::try_from(destination.host.len())
                .map_err(|_| unusable("SOCKS has no names of more than 255 bytes"))?;
            message.extend_from_slice(&[3, length]);
            message.extend_from_slice(destination.host.as_bytes());
        }
    }
    message.extend_from_slice(&destination.port.to_be_bytes());
    Ok(message)
}

async fn answer(stream: &mut Stream, destination: &Destination) -> Result<(), Refusal> {
    let mut head = [0; 4];
    stream.read_exact(&mut head).await.map_err(broken)?;
    if head[0] != VERSION {
        return Err(unusable("it does not speak SOCKS 5"));
    }
    if head[1] != 0 {
        return Err(refusal(head[1], destination));
    }
    let length = match head[3] {
        1 => 4,
        4 => 16,
        3 => usize::from(stream.read_u8().await.map_err(broken)?),
        _ => return Err(unusable("it named an address of no known kind")),
    };
    let mut address = vec![0; length + 2];
    stream.read_exact(&mut address).await.map_err(broken)?;
    Ok(())
}

/// The codes of RFC 1928, 6.
fn refusal(code: u8, destination: &Destination) -> Refusal {
    let place = destination.host_port();
    let failed = |why: &str| ProxyProblem::Failed { place: place.clone(), why: why.to_owned() };
    Refusal::Other(match code {
        2 => ProxyProblem::Denied { place, why: "not allowed by its rules".to_owned() },
        3 => failed("its network is unreachable"),
        4 => failed("the host is unreachable"),
        5 => failed("the connection was refused"),
        6 => failed("the connection took too long"),
        7 | 8 => ProxyProblem::NoAnswer { why: "it does not serve connections of this kind".to_owned() },
        other => failed(&format!("SOCKS failure {other}")),
    })
}

fn unusable(why: &str) -> Refusal {
    Refusal::Other(ProxyProblem::NoAnswer { why: why.to_owned() })
}

#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` hands over")]
fn broken(error: io::Error) -> Refusal {
    match error.kind() == io::ErrorKind::UnexpectedEof {
        true => unusable("it closed the connection"),
        false => Refusal::Other(ProxyProblem::NoAnswer { why: error.to_string() }),
    }
}

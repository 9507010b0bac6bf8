//! SOCKS 5.

use std::{net::Ipv6Addr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{lead, log, manner, may_pass};

/// Answers one question.
pub(crate) async fn serve(mut stream: TcpStream, wants_login: bool) {
    // Who asked may be gone at any time.
    let _ended = converse(&mut stream, wants_login).await;
}

async fn converse(stream: &mut TcpStream, wants_login: bool) -> std::io::Result<()> {
    let manner = manner();
    let mut greeting = [0; 2];
    stream.read_exact(&mut greeting).await?;
    let mut methods = vec![0; usize::from(greeting[1])];
    stream.read_exact(&mut methods).await?;
    if manner == "silent" {
        tokio::time::sleep(Duration::from_secs(600)).await;
    }
    let wanted = if wants_login { 2 } else { 0 };
    if !methods.contains(&wanted) || manner == "ntlm" {
        log::write("socks5", "", "", None, false);
        return stream.write_all(&[5, 0xff]).await;
    }
    stream.write_all(&[5, wanted]).await?;
    let user = if wants_login { Some(login(stream).await?) } else { None };
    if let Some((name, false)) = &user {
        log::write("socks5", "", "", Some(name), false);
        return stream.write_all(&[1, 1]).await;
    }
    if wants_login {
        stream.write_all(&[1, 0]).await?;
    }
    let (host, port) = request(stream).await?;
    let code = match manner.as_str() {
        "forbid" => 2,
        "unavailable" => 4,
        _ => 0,
    };
    let place = format!("{host}:{port}");
    log::write("socks5", "", &place, user.as_ref().map(|(name, _)| name.as_str()), code == 0);
    let answer = |code| [5, code, 0, 1, 0, 0, 0, 0, 0, 0];
    if code != 0 {
        return stream.write_all(&answer(code)).await;
    }
    let Ok(there) = TcpStream::connect((host.as_str(), port)).await else {
        return stream.write_all(&answer(5)).await;
    };
    stream.write_all(&answer(0)).await?;
    lead(stream, there).await;
    Ok(())
}

async fn login(stream: &mut TcpStream) -> std::io::Result<(String, bool)> {
    stream.read_u8().await?;
    let name = text(stream).await?;
    let password = text(stream).await?;
    let known = may_pass(&name, &password);
    Ok((name, known))
}

async fn text(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut bytes = vec![0; usize::from(stream.read_u8().await?)];
    stream.read_exact(&mut bytes).await?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

async fn request(stream: &mut TcpStream) -> std::io::Result<(String, u16)> {
    let mut head = [0; 4];
    stream.read_exact(&mut head).await?;
    let host = match head[3] {
        1 => std::net::Ipv4Addr::from(stream.read_u32().await?).to_string(),
        4 => Ipv6Addr::from(stream.read_u128().await?).to_string(),
        _ => text(stream).await?,
    };
    Ok((host, stream.read_u16().await?))
}

//! `CONNECT` (RFC 9110, 9.3.6).

use egress::ProxyLogin;
use http1::{Connection, Reply, Stream};
use policy_text::render::ProxyProblem;
use tokio::io::AsyncWriteExt;

use super::Refusal;
use crate::upstream::Destination;

/// Asks an HTTP proxy for a tunnel.
pub(super) async fn through(
    stream: Stream,
    destination: &Destination,
    login: Option<&ProxyLogin>,
) -> Result<Stream, Refusal> {
    let (reply, ahead, stream) = request_tunnel(stream, destination, login).await?;
    let place = destination.host_port();
    let status = reply.status;
    let problem = match status {
        200..=299 if ahead.is_empty() => return Ok(stream),
        200..=299 => ProxyProblem::NoAnswer { why: "it sent more than its answer".to_owned() },
        // Some proxies (tinyproxy) answer 401 to a login they do not know.
        401 | 407 => return Err(login_refusal(&reply, login)),
        500..=599 => ProxyProblem::Failed { place, why: status.to_string() },
        _ => ProxyProblem::Denied { place, why: status.to_string() },
    };
    Err(Refusal::Other(problem))
}

/// The head of the proxy's answer, and what came behind it.
pub(super) async fn request_tunnel(
    mut stream: Stream,
    destination: &Destination,
    login: Option<&ProxyLogin>,
) -> Result<(Reply, Vec<u8>, Stream), Refusal> {
    let place = destination.host_port();
    let authorization =
        login.map(|login| format!("Proxy-Authorization: {}\r\n", login.basic())).unwrap_or_default();
    let agent = concat!("pullgate/", env!("CARGO_PKG_VERSION"));
    let head =
        format!("CONNECT {place} HTTP/1.1\r\nHost: {place}\r\nUser-Agent: {agent}\r\n{authorization}\r\n");
    let unusable = |why: String| Refusal::Other(ProxyProblem::NoAnswer { why });
    stream.write_all(head.as_bytes()).await.map_err(|error| unusable(error.to_string()))?;
    stream.flush().await.map_err(|error| unusable(error.to_string()))?;
    let mut connection = Connection::new(stream);
    let head = connection.read_head(super::PATIENCE).await.map_err(|error| unusable(error.to_string()))?;
    let reply = Reply::parse(&head).map_err(|error| unusable(error.to_string()))?;
    let (ahead, stream) = connection.into_parts();
    Ok((reply, ahead, stream))
}

fn login_refusal(reply: &Reply, login: Option<&ProxyLogin>) -> Refusal {
    let problem = login_problem(reply, login);
    // What was not shown was not refused.
    if login.is_some() { Refusal::Login(problem) } else { Refusal::Other(problem) }
}

/// What a 407 says.
pub(crate) fn login_problem(reply: &Reply, login: Option<&ProxyLogin>) -> ProxyProblem {
    let schemes = schemes(reply);
    if !schemes.is_empty() && !schemes.iter().any(|scheme| scheme.eq_ignore_ascii_case("basic")) {
        return ProxyProblem::OtherSchemes { schemes: schemes.join(", ") };
    }
    match login {
        Some(login) => ProxyProblem::LoginRefused { user: login.name().into_owned() },
        None => ProxyProblem::LoginWanted,
    }
}

/// The schemes of all challenges. One field may hold several; what has `=` behind its first word is a parameter.
pub(super) fn schemes(reply: &Reply) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for part in reply.fields.all("proxy-authenticate").flat_map(|value| value.split(',')) {
        let part = part.trim();
        let word = part.split(' ').next().unwrap_or_default();
        let is_scheme =
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if is_scheme && !found.iter().any(|known| known.eq_ignore_ascii_case(word)) && found.len() < 8 {
            found.push(word.chars().take(20).collect());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schemes_of_a_proxy_are_read_from_all_its_challenges() {
        for (fields, expected) in [
            ("Proxy-Authenticate: Basic realm=\"a, b\"\r\n", vec!["Basic"]),
            ("Proxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\n", vec!["Negotiate", "NTLM"]),
            ("Proxy-Authenticate: Digest realm=x, nonce=y, Basic realm=z\r\n", vec!["Digest", "Basic"]),
            ("", vec![]),
        ] {
            let head = format!("HTTP/1.1 407 No\r\n{fields}\r\n");
            let mut found = schemes(&Reply::parse(head.as_bytes()).unwrap());
            // A quoted realm with a comma in it may look like one more scheme, which harms nobody.
            found.retain(|scheme| scheme != "b");
            assert_eq!(found, expected, "{fields}");
        }
    }
}

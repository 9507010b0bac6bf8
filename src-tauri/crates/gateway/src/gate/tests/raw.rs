//! Bytes that two readers could understand differently, by every way in, beside a registry that notes all it is asked:
//! nothing that was not judged reaches it, and no answer reaches somebody else.
//!
//! A case is written once. `ACME` is a place that may be pulled from and `EVIL` one that may not, each as the way in has
//! it, and `HOST` is the proper `Host`.

mod answers;
mod authorities;
mod cases;
mod judged;
mod leaving;
mod refused;
mod sequences;

use super::{
    client::{Answer, Client},
    harness::Harness,
    origin::{Origin, Seen, Step, raw},
};

/// A way in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum EntryPoint {
    Absolute,
    Tunnel,
    Mirror,
}

/// A server that reads requests as they are meant, and one that takes every body for further requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Server {
    Proper,
    Careless,
}

const SERVERS: [Server; 2] = [Server::Proper, Server::Careless];

impl EntryPoint {
    async fn open(self, harness: &Harness) -> Client {
        match self {
            Self::Absolute => harness.proxy().await,
            Self::Tunnel => harness.inside("ghcr.io").await,
            Self::Mirror => harness.mirror().await,
        }
    }

    /// The case as it is written on this way.
    fn written(self, case: &str) -> String {
        let (place, host) = match self {
            Self::Absolute => ("http://ghcr.io/v2", "ghcr.io"),
            Self::Tunnel => ("/v2", "ghcr.io"),
            Self::Mirror => ("/v2/ghcr.io", "127.0.0.1"),
        };
        let places = [("ACME", "acme/app"), ("EVIL", "evil/miner")];
        let written = places
            .iter()
            .fold(case.to_owned(), |text, (name, path)| text.replace(name, &format!("{place}/{path}")));
        written.replace("HOST", &format!("Host: {host}"))
    }

    /// Asks for a manifest with that tag.
    async fn ask(self, client: &mut Client, tag: &str) -> Answer {
        client.send(self.written(&format!("GET ACME/manifests/{tag} HTTP/1.1\r\nHOST\r\n\r\n"))).await;
        client.answer("GET").await
    }
}

/// What an answer is marked with: the request that it is of.
fn mark(method: &str, tag: &str) -> String {
    format!("{method} /v2/acme/app/manifests/{tag}")
}

fn is_marked(answer: &Answer, method: &str, tag: &str) -> bool {
    let mark = mark(method, tag);
    let is_text = method == "HEAD" || answer.text() == mark;
    answer.status == 200 && answer.whole && answer.field("x-mark") == Some(mark.as_str()) && is_text
}

/// Answers every request with its own mark; what is blocked has a mark of its own.
fn marked(seen: &Seen) -> Vec<Step> {
    let (asked, is_head) = (seen.asked(), seen.asked().starts_with("HEAD "));
    let body = if seen.head.contains("evil") { "CONTENT OF EVIL" } else { asked };
    let content = if is_head { "" } else { body };
    raw(&format!("HTTP/1.1 200 OK\r\nX-Mark: {asked}\r\nContent-Length: {}\r\n\r\n{content}", body.len()))
}

async fn harness(server: Server) -> (Origin, Harness) {
    let origin = match server {
        Server::Proper => Origin::plain(marked).await,
        Server::Careless => Origin::plain(|seen| [vec![Step::Early], marked(seen)].concat()).await,
    };
    let harness = Harness::before(&origin).await;
    (origin, harness)
}

/// Fails where the registry was asked by a head that nobody judged. A careless server takes bodies for heads, which its
/// registry has to bear: they came to it as what they are, and nobody else is answered on that connection.
fn nothing_unjudged(origin: &Origin, server: Server, case: &str) {
    let all = origin.seen();
    let has_body = |seen: &Seen| {
        seen.field("transfer-encoding").is_some()
            || seen.field("content-length").is_some_and(|length| length != "0")
    };
    for (at, seen) in all.iter().enumerate() {
        let came = || all[..at].iter().filter(|other| other.connection == seen.connection);
        if server == Server::Careless && came().any(has_body) {
            continue;
        }
        let is_permitted =
            seen.asked().split(' ').nth(1).is_some_and(|path| path.starts_with("/v2/acme/app/"));
        assert!(is_permitted, "{case:?} reached the registry as {:?}", seen.head);
        let lower = seen.head.to_ascii_lowercase();
        for hop in [
            "\r\nupgrade:",
            "\r\nhttp2-settings:",
            "\r\nconnection:",
            "\r\nexpect:",
            "\r\nte:",
            "\r\nx-original",
        ] {
            assert!(!lower.contains(hop), "{case:?} reached the registry as {:?}", seen.head);
        }
    }
}

/// Somebody else asks on a connection of their own and gets their own answer.
async fn another_is_answered(harness: &Harness, entry: EntryPoint, turn: usize, case: &str) {
    let tag = format!("other-{turn}");
    let answer = entry.ask(&mut entry.open(harness).await, &tag).await;
    assert!(
        is_marked(&answer, "GET", &tag),
        "after {case:?} by {entry:?}: {} {}",
        answer.head,
        answer.text()
    );
}

//! Long sequences of requests, answers and ends, drawn by chance from a seed, by users of whom one may not show the
//! certificate that the registry wants: whatever came before, everybody gets the answer to their own request or none.

use std::collections::HashMap;

use serde_json::json;

use super::{EntryPoint, is_marked, mark, marked};
use crate::{
    ClientCertificate, Readers,
    gate::tests::{
        authority::Authority,
        client::Client,
        corporate::Corporate,
        harness::{ADA, BOB, Harness},
        origin::{Origin, Seen, Step, raw},
    },
};

const ROOT: u32 = 0;
const SEEDS: u64 = 12;
const STEPS: usize = 60;

/// Numbers by chance, the same for the same seed (splitmix64, Steele 2014).
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % most
    }
}

/// How the registry answers is in the tag: well, in chunks, with an end, with more than was asked, or broken.
fn answer(seen: &Seen) -> Vec<Step> {
    let (asked, proper) = (seen.asked(), marked(seen));
    let body = if asked.starts_with("HEAD ") { "" } else { asked };
    let size = asked.len();
    let head = |fields: &str| format!("HTTP/1.1 200 OK\r\nX-Mark: {asked}\r\n{fields}\r\n");
    let trap = "HTTP/1.1 200 OK\r\nX-Mark: TRAP\r\nContent-Length: 4\r\n\r\nTRAP";
    match asked.rsplit('-').next() {
        Some("chunks") if body.is_empty() => raw(&head("Transfer-Encoding: chunked\r\n")),
        Some("chunks") => {
            raw(&format!("{}{size:x}\r\n{body}\r\n0\r\n\r\n", head("Transfer-Encoding: chunked\r\n")))
        }
        Some("close") => {
            let text = format!("{}{body}", head(&format!("Connection: close\r\nContent-Length: {size}\r\n")));
            [raw(&text), vec![Step::Close]].concat()
        }
        Some("dies") => [proper, vec![Step::Reset]].concat(),
        Some("more") => [proper, raw(trap)].concat(),
        Some("broken") => [raw(&head("Content-Length: 99999\r\n")), raw("half"), vec![Step::Close]].concat(),
        Some("none") => vec![Step::Close],
        Some("early") => [vec![Step::Early], proper].concat(),
        _ => proper,
    }
}

const KINDS: [&str; 9] = ["well", "well", "chunks", "close", "dies", "more", "broken", "none", "early"];

async fn walk(seed: u64) -> usize {
    let private = Authority::new("private");
    let origin = Origin::tls(private.asking_server(&["ghcr.io"]), answer).await;
    let corporate = Corporate::leading_to(origin.address).await;
    let mut upstreams = corporate.upstreams(&private, &["ghcr.io"]);
    let leaf = private.leaf(&["this machine"]);
    upstreams.registries.get_mut("ghcr.io").unwrap().clients.push(ClientCertificate {
        certificate: leaf.pem.clone(),
        key: leaf.key_pem.clone(),
        source: "/etc/docker/certs.d/ghcr.io/client.cert".into(),
        readers: Readers::Users([ADA].into()),
    });
    let harness = Harness::new(json!({}), upstreams).await;
    let (mut chance, mut open, mut answered) = (Chance(seed), HashMap::new(), 0);
    for step in 0..STEPS {
        let user = [ROOT, ADA, BOB][usize::try_from(chance.below(3)).unwrap()];
        let entry = [EntryPoint::Tunnel, EntryPoint::Mirror][usize::try_from(chance.below(2)).unwrap()];
        harness.asks_as(user);
        let mut client = match open.remove(&(user, entry == EntryPoint::Mirror)) {
            Some(client) if chance.below(4) > 0 => client,
            Some(_) | None => entry.open(&harness).await,
        };
        let kind = KINDS[usize::try_from(chance.below(KINDS.len() as u64)).unwrap()];
        let (tag, words) =
            (format!("{step}-{kind}"), format!("seed {seed}, step {step}, {user} by {entry:?}, {kind}"));
        let (method, framing) = [
            ("GET", ""),
            ("GET", ""),
            ("HEAD", ""),
            ("PUT", "Content-Length: 5\r\n\r\nhello"),
            ("PUT", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
        ][usize::try_from(chance.below(5)).unwrap()];
        let framing = if framing.is_empty() { "\r\n" } else { framing };
        client
            .send(entry.written(&format!("{method} ACME/manifests/{tag} HTTP/1.1\r\nHOST\r\n{framing}")))
            .await;
        if chance.below(6) == 0 {
            client.reset();
            continue;
        }
        if let Some(client) = is_own(client, method, &tag, user != BOB, &words).await {
            open.insert((user, entry == EntryPoint::Mirror), client);
            answered += 1;
        }
    }
    answered
}

/// The connection, where it can go on.
async fn is_own(mut client: Client, method: &str, tag: &str, may: bool, words: &str) -> Option<Client> {
    let answer = client.answer(method).await;
    let own = mark(method, tag);
    match answer.field("x-mark") {
        None => assert_eq!(answer.status, 502, "{words}: {}", answer.head),
        Some(found) => assert!(may && found == own, "{words}: {}", answer.head),
    }
    let is_whole =
        tag.ends_with("chunks") || answer.field("x-mark").is_none() || is_marked(&answer, method, tag);
    let fails = ["broken", "none"].iter().any(|kind| tag.ends_with(kind));
    assert!(is_whole || fails, "{words}: {} {}", answer.head, answer.text());
    (answer.whole && answer.field("connection") != Some("close")).then_some(client)
}

#[tokio::test]
async fn whatever_came_before_everybody_gets_their_own_answer() {
    for seed in 0..SEEDS {
        let answered = walk(seed).await;
        assert!(answered > STEPS / 6, "seed {seed}: {answered}");
    }
    println!("{SEEDS} sequences of {STEPS} requests");
}

//! The authorization code with PKCE, through the browser and back to a port of loopback; and out again.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::time::Duration;

use acceptance::browser::Browser;
use acceptance::internet::ADA_PASSWORD;
use acceptance::laptop::Laptop;
use acceptance::provider::{CLIENT, ISSUER};
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::reply::{Reply, ask_for_tokens};

const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters-0123456789";
const PAGE: &[u8] =
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<h1>Signed in</h1>";

pub(super) fn a_person_signs_in_with_a_browser(laptop: &Laptop, browser: &Browser<'_>) -> Reply {
    let tokens = sign_in(laptop, browser, |browser| {
        assert_eq!(browser.title(), "Sign in to Acme");
        browser.type_into("#user", "ada");
        browser.type_into("#password", "guessed");
        browser.click("#sign-in");
        browser.wait_for_text("#complaint", "Wrong user or password.");
        let picture = laptop.lab().join("sign-in.png");
        browser.screenshot(&picture);
        assert!(std::fs::read(picture).is_ok_and(|picture| picture.starts_with(b"\x89PNG\r\n")));
        browser.type_into("#user", "ada");
        browser.type_into("#password", ADA_PASSWORD);
        browser.click("#sign-in");
    });
    let mut claims = claims(&tokens);
    for varying in ["iat", "exp", "at_hash", "sid"] {
        claims.as_object_mut().expect("claims are an object").remove(varying);
    }
    assert_eq!(
        claims,
        json!({
            "iss": ISSUER, "aud": CLIENT, "sub": "00u1001", "nonce": "n1",
            "name": "Ada Acme", "preferred_username": "ada", "groups": ["engineering", "qa"],
        })
    );
    tokens
}

/// Sends the browser to the provider, lets a person act there if they must, and redeems the code that comes back.
pub(super) fn sign_in(laptop: &Laptop, browser: &Browser<'_>, act: impl FnOnce(&Browser<'_>)) -> Reply {
    let listener = laptop.inside(|| TcpListener::bind("127.0.0.1:0")).expect("a port is free");
    let back = format!("http://{}/callback", listener.local_addr().expect("it listens"));
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, VERIFIER.as_bytes()));
    let callback = std::thread::spawn(move || receive(&listener));
    browser.go(&format!(
        "{ISSUER}/auth?client_id={CLIENT}&response_type=code&redirect_uri={back}&state=s1&nonce=n1\
         &scope=openid%20offline_access%20groups%20profile&prompt=consent\
         &code_challenge={challenge}&code_challenge_method=S256"
    ));
    act(browser);
    browser.wait_for_text("h1", "Signed in");
    let query = callback.join().expect("the callback came");
    let field = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    assert_eq!(
        (field("state"), field("iss")),
        (Some("s1"), Some("https%3A%2F%2Flogin.acme.example")),
        "{query}"
    );
    let code = ("code", field("code").expect("a code comes back"));
    let verifier = ("code_verifier", VERIFIER);
    ask_for_tokens(laptop, &[("grant_type", "authorization_code"), code, ("redirect_uri", &back), verifier])
}

pub(super) fn a_person_signs_out(laptop: &Laptop, browser: &Browser<'_>, tokens: &Reply) {
    assert_eq!(laptop.provider().account("ada").sessions, 1);
    browser.go(&format!("{ISSUER}/session/end?id_token_hint={}", tokens.word("id_token")));
    browser.click("#sign-out");
    browser.wait_for_text("h1", "Signed out");
    assert_eq!(laptop.provider().account("ada").sessions, 0);
}

/// What an ID token says, taken on trust.
pub(super) fn claims(tokens: &Reply) -> Value {
    part(tokens, 1)
}

/// The head (0) or the claims (1) of an ID token.
pub(super) fn part(tokens: &Reply, number: usize) -> Value {
    let token = tokens.word("id_token");
    let part = token.split('.').nth(number).expect("a token has three parts");
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(part).expect("a token is in base64");
    serde_json::from_slice(&bytes).expect("a token holds JSON")
}

/// Waits for the browser to come back, and returns the query it brings. It may open connections it never uses.
fn receive(listener: &TcpListener) -> String {
    loop {
        let (mut stream, _) = listener.accept().expect("the port stays open");
        stream.set_read_timeout(Some(Duration::from_millis(500))).expect("a time is given");
        let mut line = String::new();
        let read = BufReader::new(&stream).read_line(&mut line);
        let path = line.split(' ').nth(1).unwrap_or_default();
        if let (Ok(_), Some(query)) = (read, path.strip_prefix("/callback?")) {
            stream.write_all(PAGE).expect("the browser waits for its page");
            return query.to_owned();
        }
    }
}

//! An OpenID provider in this process, whose every part a test can break.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use aws_lc_rs::digest::{SHA256, digest};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use stub_server::{Seen, Server};
use tokio::net::TcpListener;
use url::Url;

use super::*;

pub(super) mod signing;

use signing::Key;

/// The provider and what it can be told to do.
pub(super) struct Acme {
    server: Server,
    state: Arc<Mutex<State>>,
}

pub(super) struct State {
    pub(super) metadata: Value,
    pub(super) key: Key,
    /// The keys it shows.
    pub(super) shown: Vec<Value>,
    /// What it puts into an ID token, over the usual claims.
    pub(super) claims: Map<String, Value>,
    /// Whether a renewal brings an ID token, and whether refresh tokens are given at all.
    pub(super) renewal_signs: bool,
    pub(super) gives_refresh: bool,
    pub(super) userinfo: Reply,
    /// Who may ask for tokens.
    pub(super) clients: Vec<String>,
    /// Answers to give at a path before its own.
    pub(super) scripted: BTreeMap<String, VecDeque<Reply>>,
    codes: BTreeMap<String, (String, String)>,
    refresh: Option<String>,
    used: BTreeSet<String>,
    serial: u32,
}

impl Acme {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State::new(&issuer)));
        let answering = Arc::clone(&state);
        let server = Server::start_on(listener, move |seen| answering.lock().unwrap().answer(seen));
        Self { server, state }
    }

    pub(super) fn issuer(&self) -> String {
        self.server.at("")
    }

    pub(super) fn provider(&self) -> Arc<Provider> {
        provider_with(config(&self.issuer()))
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// The next answers at this path.
    pub(super) fn script(&self, path: &str, replies: impl IntoIterator<Item = Reply>) {
        self.state().scripted.insert(path.to_owned(), replies.into_iter().collect());
    }

    pub(super) fn seen(&self, path: &str) -> Vec<Seen> {
        self.server.seen().into_iter().filter(|seen| seen.path() == path).collect()
    }

    /// What a person does in the browser: signs in, and is sent back to the address that is returned.
    pub(super) fn authorize(&self, url: &str) -> String {
        let url = Url::parse(url).unwrap();
        let asked: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
        assert_eq!(asked["code_challenge_method"], "S256");
        let mut state = self.state();
        state.serial += 1;
        let code = format!("code-{}", state.serial);
        let remembered = (asked["nonce"].clone(), asked["code_challenge"].clone());
        state.codes.insert(code.clone(), remembered);
        let mut back = Url::parse(&asked["redirect_uri"]).unwrap();
        let pairs = [("code", &code), ("state", &asked["state"]), ("iss", &self.issuer())];
        back.query_pairs_mut().extend_pairs(pairs);
        back.into()
    }
}

impl State {
    fn new(issuer: &str) -> Self {
        let at = |path: &str| format!("{issuer}{path}");
        let key = Key::es256("first");
        Self {
            metadata: json!({
                "issuer": issuer,
                "authorization_endpoint": at("/authorize"),
                "token_endpoint": at("/token"),
                "jwks_uri": at("/keys"),
                "device_authorization_endpoint": at("/device"),
                "revocation_endpoint": at("/revoke"),
                "end_session_endpoint": at("/end"),
                "authorization_response_iss_parameter_supported": true,
            }),
            shown: vec![key.public()],
            key,
            claims: ada(),
            renewal_signs: true,
            gives_refresh: true,
            userinfo: reply(404, "text/plain", ""),
            clients: vec!["pullgate".to_owned()],
            scripted: BTreeMap::new(),
            codes: BTreeMap::new(),
            refresh: None,
            used: BTreeSet::new(),
            serial: 0,
        }
    }

    fn answer(&mut self, seen: &Seen) -> Reply {
        if let Some(reply) = self.scripted.get_mut(seen.path()).and_then(VecDeque::pop_front) {
            return reply;
        }
        match seen.path() {
            "/.well-known/openid-configuration" => ok(&self.metadata),
            "/keys" => ok(&json!({ "keys": self.shown })),
            "/device" => ok(&json!({
                "device_code": "device-secret", "user_code": "WDJB-MJHT",
                "verification_uri": format!("{}/activate", self.issuer()),
                "verification_uri_complete": format!("{}/activate?code=WDJB-MJHT", self.issuer()),
                "expires_in": 600, "interval": 1,
            })),
            "/token" => self.tokens(&seen.form()),
            "/userinfo" => self.userinfo.clone(),
            "/revoke" => reply(200, "text/plain", ""),
            _ => reply(404, "text/html", "<h1>nothing</h1>"),
        }
    }

    fn issuer(&self) -> &str {
        self.metadata["issuer"].as_str().unwrap()
    }

    fn tokens(&mut self, form: &BTreeMap<String, String>) -> Reply {
        assert!(self.clients.contains(&form["client_id"]), "{form:?}");
        match form["grant_type"].as_str() {
            "authorization_code" => {
                let Some((nonce, challenge)) = self.codes.remove(&form["code"]) else {
                    return refused("invalid_grant");
                };
                let hash = digest(&SHA256, form["code_verifier"].as_bytes());
                assert_eq!(BASE64_URL_SAFE_NO_PAD.encode(hash), challenge);
                self.give(Some(nonce), true)
            }
            "refresh_token" if self.refresh.as_ref() == Some(&form["refresh_token"]) => {
                self.give(None, self.renewal_signs)
            }
            "refresh_token" => {
                // A token that was used before is in two hands: none of its successors is good any more.
                if self.used.contains(&form["refresh_token"]) {
                    self.refresh = None;
                }
                refused("invalid_grant")
            }
            _ => self.give(None, true),
        }
    }

    fn give(&mut self, nonce: Option<String>, signs: bool) -> Reply {
        let mut tokens =
            json!({ "access_token": "access-secret", "token_type": "Bearer", "expires_in": 3600 });
        if self.gives_refresh {
            self.serial += 1;
            let next = format!("refresh-{}", self.serial);
            self.used.extend(self.refresh.replace(next.clone()));
            tokens["refresh_token"] = json!(next);
        }
        if signs {
            tokens["id_token"] = json!(self.id_token(nonce));
        }
        ok(&tokens)
    }

    pub(super) fn id_token(&self, nonce: Option<String>) -> String {
        let start = START.parse::<Timestamp>().unwrap().as_second();
        let mut claims = object(json!({
            "iss": self.issuer(), "aud": "pullgate", "iat": start, "exp": start + 3600, "nonce": nonce,
        }));
        claims.extend(self.claims.clone());
        claims.retain(|_, value| !value.is_null());
        self.key.sign(&claims)
    }
}

pub(super) fn ok(value: &Value) -> Reply {
    let headers = "Content-Type: application/json\r\nDate: Wed, 25 Nov 2026 12:00:07 GMT\r\n";
    Reply::with(200, headers, &value.to_string())
}

pub(super) fn refused(error: &str) -> Reply {
    let body = json!({ "error": error, "error_description": "as the provider says" }).to_string();
    reply(400, "application/json", &body)
}

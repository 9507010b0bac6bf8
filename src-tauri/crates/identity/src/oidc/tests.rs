use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use stub_server::{Reply, reply};
use web::{Limits, Settings};

use super::*;

mod browser;
mod callbacks;
mod device;
mod discovery;
mod id_tokens;
mod manners;
mod provider;
mod renewal;
mod sign_out;
mod userinfo;
mod visitor;

use provider::Acme;

const START: &str = "2026-11-25T12:00:00Z";
const LONG: Duration = Duration::from_secs(20);

thread_local! {
    static PASSED: Cell<i64> = const { Cell::new(0) };
}

fn now() -> Timestamp {
    let start: Timestamp = START.parse().unwrap();
    start + SignedDuration::from_secs(PASSED.get())
}

/// Time passes for the code under test, and for nobody else.
fn pass(seconds: i64) {
    PASSED.set(PASSED.get() + seconds);
}

fn config(issuer: &str) -> Config {
    Config {
        organization: "Acme".to_owned(),
        issuer: issuer.to_owned(),
        client: Registration { client_id: "pullgate".to_owned(), client_secret: None },
        device_client: None,
        scopes: Some(vec!["openid".to_owned(), "offline_access".to_owned(), "groups".to_owned()]),
        parameters: [("prompt", "consent"), ("state", "fixed")]
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .into(),
        redirect_host: REDIRECT_HOST.to_owned(),
        redirect_ports: Vec::new(),
        membership: None,
        needed_claims: vec!["groups".to_owned()],
        account_claim: None,
        now,
    }
}

fn client() -> Client {
    let limits = Limits {
        connect: Duration::from_secs(2),
        read: Duration::from_millis(300),
        total: Duration::from_secs(3),
        body: 1000,
    };
    Client::new(&Settings { limits, ..Settings::default() }).unwrap()
}

fn provider_with(config: Config) -> Arc<Provider> {
    provider_on(config, Arc::default())
}

fn provider_on(config: Config, cache: Arc<Cache>) -> Arc<Provider> {
    Arc::new(Provider::new(config, client(), cache))
}

fn object(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn ada() -> Map<String, Value> {
    object(json!({ "sub": "17", "preferred_username": "ada", "groups": ["engineering"] }))
}

/// Signs in with a browser that goes where it is sent.
async fn sign_in(acme: &Acme, provider: &Arc<Provider>) -> Result<Identity, SignInError> {
    let waiting = provider.begin_browser().await?;
    let back = acme.authorize(waiting.url());
    let (result, _page) = tokio::join!(finish(waiting), visitor::get(&back));
    result
}

/// Waits for the browser and welcomes whoever comes.
async fn finish(waiting: BrowserSignIn) -> Result<Identity, SignInError> {
    let (identity, tab) = waiting.finish(LONG).await?;
    tab.welcome().await;
    Ok(identity)
}

/// The claims that were put into the token, without those of the protocol.
fn personal(identity: &Identity) -> Map<String, Value> {
    let protocol = ["iss", "aud", "exp", "iat", "nonce", "azp"];
    let claims = identity.claims.clone().into_iter();
    claims.filter(|(name, _)| !protocol.contains(&name.as_str())).collect()
}

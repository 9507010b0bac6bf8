//! What the registry sends arrives byte for byte, or is seen to be broken off.

mod broken;
mod leaving;
mod long;
mod whole;

use super::{
    client::{Answer, Client},
    harness::{DIGEST, Harness},
};

fn blob() -> String {
    format!("/v2/acme/app/blobs/{DIGEST}")
}

/// The same request on a plain connection and inside a tunnel: bytes take different ways through the gateway.
async fn both_ways(harness: &Harness) -> [(Client, &'static str); 2] {
    [(harness.proxy().await, "http://ghcr.io"), (harness.inside("ghcr.io").await, "")]
}

async fn get(client: &mut Client, start: &str, path: &str, fields: &str) -> Answer {
    client.ask_with("GET", "ghcr.io", &format!("{start}{path}"), fields).await
}

//! The way to the registry: the organization's proxy, trust, plain HTTP, mirrors, and connections that wait.

mod certificates;
mod insecure;
mod mirrors;
mod proxies;
mod waiting;

use super::{
    client::Answer,
    harness::{DIGEST, Harness},
};

async fn pull(harness: &Harness, registry: &str) -> Answer {
    let mut client = harness.inside(registry).await;
    client.ask("GET", registry, &format!("/v2/acme/app/blobs/{DIGEST}")).await
}

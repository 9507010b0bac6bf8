//! An enrollment from the web.

use host::managed::LIMIT;
use identity::web::{Client, Request, Settings, WebError};

/// What stands at an address, of at most the length of an enrollment.
pub(crate) fn fetch(address: &str) -> Result<Vec<u8>, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    runtime.block_on(body(address)).map_err(|error| error.to_string())
}

async fn body(address: &str) -> Result<Vec<u8>, WebError> {
    let client = Client::new(&Settings::default())?;
    let answer = client.send(Request::get(address)?.at_most(LIMIT)).await?;
    Ok(answer.success()?.body)
}

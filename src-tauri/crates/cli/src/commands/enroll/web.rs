//! An enrollment from the web, by the way out of whoever runs the command, else of this machine.

use egress::Egress;
use engines::candidates;
use engines::{Linux, Originals, ProcessEnvironment, upstream_facts};
use host::managed::LIMIT;
use web::{Client, Request, Settings, WebError, WebErrorKind};

/// What stands at an address, of at most the length of an enrollment.
pub(crate) fn fetch(address: &str) -> Result<Vec<u8>, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    runtime.block_on(first(address)).map_err(|error| error.to_string())
}

/// By each way until one leads there. What cannot be reached by any of them is told as it was by the first.
async fn first(address: &str) -> Result<Vec<u8>, WebError> {
    let mut failure = None;
    for way in ways() {
        match body(address, &way).await {
            Err(error) if is_of_the_way(&error.kind) => {
                tracing::debug!(way = %way.source, %error, "not this way");
                failure.get_or_insert(error);
            }
            answer => return answer,
        }
    }
    Err(failure.unwrap_or_else(|| WebError::invalid(address, "cannot be reached")))
}

async fn body(address: &str, way: &Egress) -> Result<Vec<u8>, WebError> {
    let client = Client::new(&Settings { egress: way.clone(), ..Settings::default() })?;
    let answer = client.send(Request::get(address)?.at_most(LIMIT)).await?;
    Ok(answer.success()?.body)
}

/// The command's own environment counts alone where it names a proxy: `sudo` hands it on only where it was told to.
fn ways() -> Vec<Egress> {
    let environ = std::env::vars_os().flat_map(|(name, value)| {
        let pair = format!("{}={}\0", name.to_string_lossy(), value.to_string_lossy());
        pair.into_bytes()
    });
    let own = ProcessEnvironment::read("pullgate", &environ.collect::<Vec<u8>>());
    match own.map(|own| own.egress(None)).filter(|own| !own.settings.is_direct()) {
        Some(own) => vec![own],
        None => {
            // Nothing of ours is on a machine that is not enrolled yet.
            let facts = upstream_facts(&Linux, &Originals::at("/var/lib/pullgate-steward/originals"));
            candidates(None, &facts.machine, &facts.engines)
        }
    }
}

fn is_of_the_way(kind: &WebErrorKind) -> bool {
    matches!(kind, WebErrorKind::Dns | WebErrorKind::Connect { .. } | WebErrorKind::Timeout)
}

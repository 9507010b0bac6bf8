//! Names to addresses, with an error of its own for a name that has none.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Asks the system, as everything else on the machine does.
pub(super) struct Resolver;

/// The name that has no address.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` has no address")]
pub(super) struct Unresolved(pub(super) String);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let name = name.as_str().to_owned();
        Box::pin(async move {
            let found: Option<Vec<_>> =
                tokio::net::lookup_host((name.as_str(), 0)).await.ok().map(Iterator::collect);
            let addresses: Addrs = Box::new(found.ok_or(Unresolved(name))?.into_iter());
            Ok(addresses)
        })
    }
}

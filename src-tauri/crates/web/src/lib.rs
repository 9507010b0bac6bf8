//! The one way out to providers of identity and policy: https with the machine's trust and the corporate proxy,
//! every wait and every size limited, and no redirect followed.
//!
//! Settings do not change under a running client. When the proxy changes, make another with [`Client::new`].

use std::sync::Arc;
use std::time::Duration;

use egress::{Egress, RefusedLogins};
use proxy::Proxies;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;

mod body;
mod error;
mod proxy;
mod request;
mod response;
mod tls;

pub use error::{WebError, WebErrorKind};
pub use request::{Request, permitted};
pub use response::{Response, RetryAfter};

/// What a client is made from.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Authorities to trust beside those of the machine.
    pub authorities: Vec<Authority>,
    /// The proxies that lead out of the organization's network, and whose they are.
    pub egress: Egress,
    /// Which logins proxies did not accept; shared by all who go out by the same proxies.
    pub proxy_logins: Arc<RefusedLogins>,
    /// How long to wait and how much to read.
    pub limits: Limits,
}

/// Certificates that are trusted, and the file they come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    /// A text of PEM certificates.
    pub pem: String,
    /// The file.
    pub source: String,
}

/// Two of them are equal where they share the logins that were refused, whatever these are by now.
impl PartialEq for Settings {
    fn eq(&self, other: &Self) -> bool {
        let Self { authorities, egress, proxy_logins, limits } = self;
        (authorities, egress, limits) == (&other.authorities, &other.egress, &other.limits)
            && Arc::ptr_eq(proxy_logins, &other.proxy_logins)
    }
}

/// How long to wait and how much to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// For a connection, TLS included.
    pub connect: Duration,
    /// For the next bytes of an answer.
    pub read: Duration,
    /// For the whole exchange.
    pub total: Duration,
    /// The most bytes of an answer, after decompression, unless the request names another limit.
    pub body: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            read: Duration::from_secs(20),
            total: Duration::from_secs(60),
            body: 1024 * 1024,
        }
    }
}

/// Sends requests under its settings; clones share their connections.
#[derive(Clone)]
pub struct Client {
    inner: reqwest::Client,
    proxies: Proxies,
    limit: u64,
}

impl Client {
    /// Makes a client that trusts the machine's authorities and those of the settings.
    pub fn new(settings: &Settings) -> Result<Self, WebError> {
        let limits = &settings.limits;
        let proxies = Proxies::new(&settings.egress, Arc::clone(&settings.proxy_logins))?;
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls::config(&settings.authorities)?)
            .dns_resolver(Arc::new(Resolver))
            .redirect(Policy::none())
            .referer(false)
            .no_proxy()
            .connect_timeout(limits.connect)
            .read_timeout(limits.read)
            .timeout(limits.total)
            .user_agent(concat!("pullgate/", env!("CARGO_PKG_VERSION")));
        for proxy in proxies.rules() {
            builder = builder.proxy(proxy);
        }
        let inner = builder.build().map_err(|error| WebError::sending("the network client", &error))?;
        Ok(Self { inner, proxies, limit: limits.body })
    }

    /// Sends a request and reads its whole answer, whatever its status.
    pub async fn send(&self, request: Request) -> Result<Response, WebError> {
        let host = request.host();
        let limit = request.limit().unwrap_or(self.limit);
        let request = request.into_inner();
        let on_the_way = self.proxies.on_the_way(request.url()).await?;
        let answer = self.inner.execute(request).await;
        let answer = match on_the_way {
            Some(proxy) => proxy.judge(&host, answer)?,
            None => answer.map_err(|error| WebError::sending(&host, &error))?,
        };
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let body = body::read(answer, limit).await.map_err(|kind| WebError::new(&host, kind))?;
        Ok(Response { host, status, headers, body })
    }
}

/// Names to addresses, by the system as everything else on the machine, with an error of its own for a name that has
/// none.
struct Resolver;

/// The name that has no address.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` has no address")]
struct Unresolved(String);

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

#[cfg(test)]
mod tests;

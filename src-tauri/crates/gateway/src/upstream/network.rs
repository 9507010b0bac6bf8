//! Picks the way to a destination: a waiting connection, the organization's proxy, private trust, or plain HTTP
//! for registries that the machine lists as insecure.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use rustls::ClientConfig;

use super::{
    Destination, Problem, Scheme, StandIn, Upstreams,
    dial::{self, Hop},
    no_proxy::{NoProxy, in_range, parse_range},
    pool::Pool,
    settings::RegistryTrust,
    trust::Trust,
};
use crate::{http::Connection, stream::Stream};

/// After this time TLS is tried again: the registry may only have been starting.
const PLAIN_LIFE: Duration = Duration::from_secs(5 * 60);

/// The upstream leg under one set of settings.
pub(crate) struct Network {
    settings: Upstreams,
    no_proxy: NoProxy,
    trust: Trust,
    pub(crate) pool: Pool,
    /// Insecure registries that turned out to speak no TLS.
    plain: Mutex<HashMap<Destination, Instant>>,
}

/// A connection, and what a request on it must carry besides.
pub(crate) struct Opened {
    pub(crate) connection: Connection,
    /// The proxy that plain requests are addressed to in absolute form.
    pub(crate) absolute: Option<Hop>,
    pub(crate) reused: bool,
}

impl Network {
    /// Stand-ins bring their own trust, which is that of the host they name.
    pub(crate) fn new(mut settings: Upstreams) -> Self {
        let stand_ins: Vec<StandIn> = settings.stand_ins.values().cloned().collect();
        for (place, ca) in
            stand_ins.iter().filter_map(|one| Some((Destination::from_url(&one.url)?.0, one.ca.clone()?)))
        {
            let trust: &mut RegistryTrust = settings.registries.entry(place.host_port()).or_default();
            trust.authorities.push(ca);
        }
        let no_proxy = NoProxy::parse(settings.proxy.as_ref().map_or("", |proxy| &proxy.no_proxy));
        Self { settings, no_proxy, trust: Trust::of_system(), pool: Pool::default(), plain: Mutex::default() }
    }

    /// Where a registry's requests go, which is elsewhere for registries with a stand-in.
    pub(crate) fn stand_in(&self, registry: &str) -> Option<Destination> {
        self.settings.stand_ins.get(registry).and_then(|one| Some(Destination::from_url(&one.url)?.0))
    }

    /// The mirrors of Docker Hub, with the path each wants in front.
    pub(crate) fn hub_mirrors(&self) -> impl Iterator<Item = (Destination, String)> {
        self.settings.mirrors.iter().filter_map(|url| {
            let (place, path) = Destination::from_url(url)?;
            Some((place, path.trim_end_matches('/').to_owned()))
        })
    }

    /// A connection to the destination, from the pool where one waits and `fresh` is not asked for.
    pub(crate) async fn open(&self, destination: &Destination, fresh: bool) -> Result<Opened, Problem> {
        let destination = self.settled(destination);
        match self.open_as(&destination, fresh).await {
            // As engines do for registries they list as insecure: TLS first, then none.
            Err(_) if destination.scheme == Scheme::Https && self.is_insecure(&destination) => {
                let opened = self.open_as(&without_tls(&destination), fresh).await?;
                let mut plain = self.plain.lock().unwrap_or_else(PoisonError::into_inner);
                plain.insert(destination, Instant::now() + PLAIN_LIFE);
                Ok(opened)
            }
            opened => opened,
        }
    }

    /// The destination as it is really spoken to: plain HTTP where an insecure registry has no TLS.
    pub(crate) fn settled(&self, destination: &Destination) -> Destination {
        let plain = self.plain.lock().unwrap_or_else(PoisonError::into_inner);
        let is_plain = plain.get(destination).is_some_and(|until| *until > Instant::now());
        if is_plain { without_tls(destination) } else { destination.clone() }
    }

    /// A bare connection for a tunnel.
    pub(crate) async fn tunnel(&self, destination: &Destination) -> Result<Stream, Problem> {
        let hop = self.hop(destination)?;
        dial::open(destination, hop.as_ref()).await.map(Stream::Plain)
    }

    async fn open_as(&self, destination: &Destination, fresh: bool) -> Result<Opened, Problem> {
        let hop = self.hop(destination)?;
        let absolute = hop.clone().filter(|_| destination.scheme == Scheme::Http);
        if let Some(connection) = self.pool.take(destination).filter(|_| !fresh) {
            return Ok(Opened { connection, absolute, reused: true });
        }
        let socket = dial::open(destination, hop.as_ref()).await?;
        let stream = match destination.scheme {
            Scheme::Http => Stream::Plain(socket),
            Scheme::Https => dial::secure(socket, &destination.host, self.trusted(destination)?).await?,
        };
        Ok(Opened { connection: Connection::new(stream), absolute, reused: false })
    }

    fn trusted(&self, destination: &Destination) -> Result<Arc<ClientConfig>, Problem> {
        if self.is_insecure(destination) {
            return Ok(self.trust.unverified());
        }
        self.trust
            .for_host(&self.settings, destination)
            .map_err(|error| Problem::unreachable(&destination.host, error.to_string()))
    }

    fn is_insecure(&self, destination: &Destination) -> bool {
        let address: Option<IpAddr> = destination.host.parse().ok();
        // Engines treat registries of this machine so without being told.
        let loopback =
            destination.host == "localhost" || address.is_some_and(|address| address.is_loopback());
        loopback
            || self.settings.insecure.iter().any(|entry| match parse_range(entry) {
                Some((network, bits)) => address.is_some_and(|address| in_range(address, network, bits)),
                None => *entry == destination.authority() || *entry == destination.host_port(),
            })
    }

    fn hop(&self, destination: &Destination) -> Result<Option<Hop>, Problem> {
        let Some(proxy) = &self.settings.proxy else { return Ok(None) };
        let url = match destination.scheme {
            Scheme::Http => proxy.http.as_deref(),
            Scheme::Https => proxy.https.as_deref(),
        };
        match url.filter(|url| !url.is_empty()) {
            Some(url) if !self.no_proxy.matches(&destination.host, destination.port) => {
                Hop::parse(url).map(Some).map_err(|why| Problem::unreachable(&destination.host, why))
            }
            Some(_) | None => Ok(None),
        }
    }
}

/// Without TLS the standard port is 80.
fn without_tls(destination: &Destination) -> Destination {
    let port = if destination.port == 443 { 80 } else { destination.port };
    Destination { port, ..destination.with_scheme(Scheme::Http) }
}

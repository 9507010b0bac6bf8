//! Picks the way to a destination: a waiting connection, the asking engine's proxy, private trust, or plain HTTP
//! for registries that the machine lists as insecure.

use std::{
    collections::BTreeSet,
    sync::{Arc, PoisonError},
    time::Duration,
};

use egress::{ProxyScheme, Showing};
use host::clock::boottime;
use http1::{Connection, Stream};
use image_ref::Repository;
use policy_text::render::{ProxyProblem, UnreachableCause};
use rustls::ClientConfig;

use super::{
    Destination, EngineFamily, Problem, Scheme, address_filter::BlockedAddress, dial,
    egress_route::EgressRoute, family_trust::FamilyTrust, pool::Pool, proxy::Hop,
};

/// After this time TLS is tried again: the registry may only have been starting.
const PLAIN_LIFE: Duration = Duration::from_secs(5 * 60);

/// Connections to registries by one way out, for one family of engines. What waits in its pool has gone that way.
pub(crate) struct Network {
    pub(super) family_trust: Arc<FamilyTrust>,
    pub(crate) route: EgressRoute,
    /// The way to places that prove nothing of themselves, where that is another.
    pub(super) unverified_route: Option<EgressRoute>,
    pub(crate) pool: Pool,
}

/// A connection, and what a request on it must carry besides.
pub(crate) struct Opened {
    pub(crate) connection: Connection,
    /// The proxy that plain requests are addressed to in absolute form, and leave to show it its login.
    pub(crate) absolute: Option<(Hop, Showing)>,
    /// Whether it leads to a proxy first.
    pub(crate) via_proxy: bool,
    /// How long it had waited, where it is not a new one.
    pub(crate) waited: Option<Duration>,
}

impl Network {
    /// Whose requests these are.
    pub(crate) fn family(&self) -> EngineFamily {
        self.family_trust.family
    }

    /// The files of client certificates that are not shown here: what is given without them is for nobody else.
    pub(super) fn withheld(&self) -> &Arc<BTreeSet<String>> {
        &self.family_trust.withheld
    }

    /// Where a registry's requests go, which is elsewhere for registries with a stand-in.
    pub(crate) fn stand_in(&self, registry: &str) -> Option<Destination> {
        let stand_ins = &self.family_trust.settings.stand_ins;
        stand_ins.get(registry).and_then(|one| Some(Destination::from_url(&one.url)?.0))
    }

    /// The mirrors of Docker Hub, with the path each wants in front.
    pub(crate) fn hub_mirrors(&self) -> impl Iterator<Item = (Destination, String)> {
        self.family_trust.settings.mirrors.iter().filter_map(|url| {
            let (place, path) = Destination::from_url(url)?;
            Some((place, path.trim_end_matches('/').to_owned()))
        })
    }

    /// The web folder of signatures that is handed out under this name, and its path.
    pub(crate) fn lookaside(&self, name: &str) -> Option<(Destination, String)> {
        let (place, path) = Destination::from_url(self.family_trust.settings.lookasides.get(name)?)?;
        Some((place, path.trim_end_matches('/').to_owned()))
    }

    /// The destination as the settings for this repository have it.
    pub(crate) fn for_repository(&self, destination: Destination, repository: &Repository) -> Destination {
        let is_lenient = destination.is_lenient || self.family_trust.insecure.is_below_prefix(repository);
        Destination { is_lenient, ..destination }
    }

    /// Engines ask a registry's token service, and the places that it sends them to, by the registry's own trust.
    pub(crate) fn extend_trust(&self, registry: &Destination, place: &Destination) {
        self.family_trust.extend_trust(registry, place);
    }

    /// Whether something on this machine says how to believe this registry.
    pub(crate) fn has_own_trust(&self, registry: &Destination) -> bool {
        self.family_trust.has_own_trust(registry)
    }

    /// Leaves behind what was learned on a network that is gone.
    pub(crate) fn reset(&self) {
        self.pool.clear();
        self.family_trust.reset();
    }

    /// A connection to the destination, from the pool where one has waited for less than `idle`.
    pub(crate) async fn open(&self, destination: &Destination, idle: Duration) -> Result<Opened, Problem> {
        let destination = self.effective(destination);
        if destination.scheme == Scheme::Http {
            return self.open_as(&destination, false, idle).await;
        }
        let listed = self.family_trust.is_insecure(&destination);
        let mut opened = self.open_as(&destination, listed, idle).await;
        let insecure = &self.family_trust.insecure;
        let is_insecure = listed || (opened.is_err() && insecure.holds_addresses_of(&destination).await);
        if is_insecure && !listed {
            opened = self.open_as(&destination, true, idle).await;
        }
        match opened {
            // As engines do for registries they list as insecure: TLS first, then none.
            Err(_) if is_insecure => {
                let opened = self.open_as(&without_tls(&destination), true, idle).await?;
                let mut plain = self.family_trust.plain.lock().unwrap_or_else(PoisonError::into_inner);
                plain.insert(destination, boottime().saturating_add(PLAIN_LIFE));
                Ok(opened)
            }
            opened => opened,
        }
    }

    /// The destination as it is really spoken to: plain HTTP where an insecure registry has no TLS.
    pub(crate) fn effective(&self, destination: &Destination) -> Destination {
        let plain = self.family_trust.plain.lock().unwrap_or_else(PoisonError::into_inner);
        let is_plain = plain.get(destination).is_some_and(|until| *until > boottime());
        if is_plain { without_tls(destination) } else { destination.clone() }
    }

    /// A bare connection for a tunnel.
    pub(crate) async fn tunnel(&self, destination: &Destination) -> Result<Stream, Problem> {
        self.dial(destination, self.route_to(destination).hop(destination)?.as_ref()).await
    }

    /// A new connection to ask a stranger something by that is no secret: nobody there has to prove anything.
    pub(crate) async fn open_unverified(&self, destination: &Destination) -> Result<Connection, Problem> {
        let hop = self.route_to(destination).hop(destination)?;
        let stream = self.dial(destination, hop.as_ref()).await?;
        let (config, _) = self.family_trust.tls_config(destination, true)?;
        let stream = dial::secure(stream, &destination.host, config).await?;
        Ok(Connection::new(stream))
    }

    async fn open_as(
        &self,
        destination: &Destination,
        insecure: bool,
        idle: Duration,
    ) -> Result<Opened, Problem> {
        let hop = self.route_to(destination).hop(destination)?;
        let via_proxy = hop.is_some();
        let absolute = match &hop {
            Some(hop) if hop.is_absolute(destination) => Some((hop.clone(), hop.show().await?)),
            Some(_) | None => None,
        };
        if let Some((connection, waited)) = self.pool.take(destination, idle, boottime()) {
            return Ok(Opened { connection, absolute, via_proxy, waited: Some(waited) });
        }
        let stream = self.dial(destination, hop.as_ref()).await?;
        let stream = match destination.scheme {
            Scheme::Http => stream,
            Scheme::Https => self.secure(stream, destination, insecure).await?,
        };
        Ok(Opened { connection: Connection::new(stream), absolute, via_proxy, waited: None })
    }

    async fn secure(
        &self,
        stream: Stream,
        destination: &Destination,
        insecure: bool,
    ) -> Result<Stream, Problem> {
        let host = &destination.host;
        let (config, damaged) = self.family_trust.tls_config(destination, insecure)?;
        let secured = dial::secure(stream, host, config).await;
        secured.map_err(|problem| match damaged {
            // What could not be used may be just what was wanted.
            Some(file) if problem.is_about_trust() => Problem::Damaged { host: host.clone(), file },
            Some(_) | None => problem.asked_by(self.family(), destination),
        })
    }

    async fn dial(&self, destination: &Destination, hop: Option<&Hop>) -> Result<Stream, Problem> {
        let blocked = |blocked: BlockedAddress| Problem::unreachable(&destination.host, blocked.words());
        if let Some(why) = dial::blocked(destination, &self.family_trust.fronts).await {
            return Err(blocked(why));
        }
        let Some(hop) = hop else {
            let socket = dial::connect_to(destination, &self.family_trust.fronts).await;
            let socket = socket.map_err(|problem| self.without_proxy(destination, problem))?;
            return socket.map(Stream::Plain).map_err(blocked);
        };
        let trust = match hop.proxy.scheme {
            ProxyScheme::Http | ProxyScheme::Socks5 => None,
            ProxyScheme::Https => Some(self.trusted_proxy(hop)?),
        };
        hop.open(destination, trust).await
    }

    /// No connection came about in time: the proxy on the way is what gave no answer, where there is one.
    pub(super) fn silence(&self, destination: &Destination, waited: Duration) -> Problem {
        let why = format!("nothing came for {waited:?}");
        match self.route_to(destination).hop(destination) {
            Ok(Some(hop)) => hop.problem(ProxyProblem::NoAnswer { why }),
            Ok(None) => {
                let silent = Problem::unreachable(&destination.host, UnreachableCause::Silent.in_short());
                self.without_proxy(destination, silent)
            }
            Err(problem) => problem,
        }
    }

    /// A place that cannot be reached directly may want a proxy that nobody named.
    pub(super) fn without_proxy(&self, destination: &Destination, problem: Problem) -> Problem {
        match problem {
            Problem::Unreachable { host, problem } if self.route.is_direct() && !destination.is_local() => {
                Problem::NoWayOut { host, problem }
            }
            Problem::Unreachable { .. }
            | Problem::Certificate { .. }
            | Problem::NoTls { .. }
            | Problem::Damaged { .. }
            | Problem::Token { .. }
            | Problem::NoWayOut { .. }
            | Problem::Proxy(_) => problem,
        }
    }

    fn route_to(&self, destination: &Destination) -> &EgressRoute {
        let proves = destination.scheme == Scheme::Https && !self.family_trust.is_insecure(destination);
        self.unverified_route.as_ref().filter(|_| !proves).unwrap_or(&self.route)
    }

    fn trusted_proxy(&self, hop: &Hop) -> Result<Arc<ClientConfig>, Problem> {
        let (host, port) = (hop.proxy.host.clone(), hop.proxy.port);
        let place = Destination { scheme: Scheme::Https, host, port, is_lenient: false, referred_by: None };
        let tls_config = self.family_trust.tls_config(&place, false);
        tls_config
            .map(|(config, _)| config)
            .map_err(|problem| hop.problem(ProxyProblem::NoAnswer { why: problem.words() }))
    }
}

/// Without TLS the standard port is 80.
fn without_tls(destination: &Destination) -> Destination {
    let port = if destination.port == 443 { 80 } else { destination.port };
    Destination { port, ..destination.with_scheme(Scheme::Http) }
}

//! Opens a connection, plain or TLS.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use http1::{Stream, gathered};
use policy_text::render::UnreachableCause;
use rustls::{ClientConfig, pki_types::ServerName};
use tokio::{net::TcpStream, task::JoinSet, time::timeout};
use tokio_rustls::TlsConnector;

use super::{
    Destination, Problem,
    address_filter::{BlockedAddress, Fronts, Zone, is_inside},
    lookup::lookup,
};

const CONNECT_TIME: Duration = Duration::from_secs(30);
/// What one address has before the next is tried too.
const HEAD_START: Duration = Duration::from_millis(250);

/// Speaks TLS on an open connection.
pub(crate) async fn secure(stream: Stream, host: &str, config: Arc<ClientConfig>) -> Result<Stream, Problem> {
    let name = ServerName::try_from(host.to_owned())
        .map_err(|_| Problem::unreachable(host, "it is not a name that TLS can be spoken to"))?;
    let connector = TlsConnector::from(config);
    match stream {
        Stream::Plain(socket) => {
            let mut stream = handshaken(host, connector.connect(name, gathered(socket))).await?;
            stream.get_mut().1.set_buffer_limit(Some(crate::tls::SEND_BUFFER));
            Ok(Stream::Dialed(Box::new(stream)))
        }
        Stream::Dialed(outer) => {
            let mut stream = handshaken(host, connector.connect(name, outer)).await?;
            stream.get_mut().1.set_buffer_limit(Some(crate::tls::SEND_BUFFER));
            Ok(Stream::Nested(Box::new(stream)))
        }
        Stream::Accepted(_) | Stream::Nested(_) => {
            Err(Problem::unreachable(host, "TLS is spoken inside TLS once at most"))
        }
    }
}

async fn handshaken<T>(host: &str, handshake: impl Future<Output = io::Result<T>>) -> Result<T, Problem> {
    timeout(CONNECT_TIME, handshake)
        .await
        .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
        .map_err(|error| Problem::from_io(host, &error))
}

/// Opens a TCP connection to a place that the machine's settings name.
pub(crate) async fn connect(host: &str, port: u16) -> Result<TcpStream, Problem> {
    opened(host, async { first_of(lookup(host, port).await?.into_iter()).await }).await
}

/// Opens a TCP connection to a place that somebody asks for. Its name is looked up once: what was looked at is what is
/// connected to.
pub(crate) async fn connect_to(
    place: &Destination,
    fronts: &Fronts,
) -> Result<Result<TcpStream, BlockedAddress>, Problem> {
    let host = place.host.as_str();
    let opening = async {
        match sift(place, lookup(host, place.port).await?.into_iter(), fronts).await {
            Ok(addresses) => first_of(addresses.into_iter()).await.map(Ok),
            Err(blocked) => Ok(Err(blocked)),
        }
    };
    opened(host, opening).await
}

/// Why nothing connects to a place, as far as its name tells.
pub(crate) async fn blocked(place: &Destination, fronts: &Fronts) -> Option<BlockedAddress> {
    if let Some(blocked) = BlockedAddress::place(place, fronts) {
        return Some(blocked);
    }
    let (Some(registry), Ok(address)) = (&place.referred_by, place.host.parse()) else { return None };
    let zone = Zone::of(address);
    (zone != Zone::Outside && !zones(registry).await.contains(&zone))
        .then_some(BlockedAddress::PrivateReferral)
}

/// The addresses of a place that may be connected to.
async fn sift(
    place: &Destination,
    found: impl Iterator<Item = SocketAddr>,
    fronts: &Fronts,
) -> Result<Vec<SocketAddr>, BlockedAddress> {
    let (mut good, mut blocked) = (Vec::new(), None);
    for address in found {
        match BlockedAddress::address(address.ip(), address.port(), fronts) {
            Some(why) => blocked = Some(why),
            None => good.push(address),
        }
    }
    if let Some(registry) = &place.referred_by
        && good.iter().any(|address| is_inside(address.ip()))
    {
        let home = zones(registry).await;
        let before = good.len();
        good.retain(|address| !is_inside(address.ip()) || home.contains(&Zone::of(address.ip())));
        blocked = blocked.or((good.len() < before).then_some(BlockedAddress::PrivateReferral));
    }
    match blocked {
        Some(blocked) if good.is_empty() => Err(blocked),
        Some(_) | None => Ok(good),
    }
}

/// Who reaches a registry itself; nothing where its name is not known here.
async fn zones(registry: &Destination) -> Vec<Zone> {
    let found = lookup(&registry.host, registry.port).await;
    found
        .map(|addresses| addresses.into_iter().map(|address| Zone::of(address.ip())).collect())
        .unwrap_or_default()
}

async fn opened<T>(host: &str, opening: impl Future<Output = io::Result<T>>) -> Result<T, Problem> {
    timeout(CONNECT_TIME, opening)
        .await
        .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
        .map_err(|error| unresolved(host, &error).unwrap_or_else(|| Problem::from_io(host, &error)))
}

/// Tries the addresses of a host a little after one another and takes the first that answers (RFC 8305), so that
/// a family of addresses that leads nowhere does not hold up the other.
async fn first_of(addresses: impl Iterator<Item = SocketAddr>) -> io::Result<TcpStream> {
    let mut attempts = JoinSet::new();
    let mut addresses = addresses.fuse();
    let mut failure = io::ErrorKind::NotFound.into();
    loop {
        let patience = match addresses.next() {
            Some(address) => {
                attempts.spawn(TcpStream::connect(address));
                HEAD_START
            }
            None => CONNECT_TIME,
        };
        match timeout(patience, attempts.join_next()).await {
            Ok(Some(Ok(Ok(socket)))) => {
                if let Err(error) = socket.set_nodelay(true) {
                    tracing::debug!(%error, "the socket keeps Nagle's delay");
                }
                return Ok(socket);
            }
            Ok(Some(Ok(Err(error)))) => failure = error,
            Ok(Some(Err(error))) => failure = error.into(),
            Ok(None) => return Err(failure),
            Err(_) => {}
        }
    }
}

/// The resolver's errors have no kind of their own in the standard library.
fn unresolved(host: &str, error: &io::Error) -> Option<Problem> {
    let resolver = error.raw_os_error().is_none() && error.to_string().contains("lookup");
    resolver.then(|| Problem::unreachable(host, UnreachableCause::NoAddress.in_short()))
}

#[cfg(test)]
mod tests {
    use rustix::net::{AddressFamily, SocketType, bind, getsockname, listen, socket};

    use super::*;
    use crate::upstream::Scheme;

    /// An address that answers nothing: the one place in its queue is taken.
    fn silent() -> (SocketAddr, impl Sized) {
        let listener = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
        bind(&listener, &SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        listen(&listener, 0).unwrap();
        let address = SocketAddr::try_from(getsockname(&listener).unwrap()).unwrap();
        (address, (listener, std::net::TcpStream::connect(address).unwrap()))
    }

    #[tokio::test]
    async fn an_address_that_leads_nowhere_does_not_hold_up_the_next() {
        let (nowhere, _held) = silent();
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let good = listener.local_addr().unwrap();
        let closed = SocketAddr::from(([127, 0, 0, 1], 9));
        for addresses in [vec![nowhere, good], vec![nowhere, closed, nowhere, good], vec![closed, good]] {
            let socket = timeout(Duration::from_secs(5), first_of(addresses.into_iter())).await;
            assert_eq!(socket.unwrap().unwrap().peer_addr().unwrap(), good);
        }
        let refused = first_of([closed].into_iter()).await.unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
        assert_eq!(first_of(std::iter::empty()).await.unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[tokio::test]
    async fn a_registry_leads_into_a_private_network_only_from_inside_it() {
        let fronts = Fronts::default();
        let place = |text: &str| Destination::from_authority(Scheme::Https, text).unwrap();
        for (registry, led, expected) in [
            ("203.0.113.1", "10.0.0.5", Some(BlockedAddress::PrivateReferral)),
            ("203.0.113.1", "127.0.0.1:2375", Some(BlockedAddress::PrivateReferral)),
            ("203.0.113.1", "203.0.113.2", None),
            ("10.0.0.1", "10.0.0.5", None),
            ("10.0.0.1:5000", "10.0.0.1:5001", None),
            ("10.0.0.1", "169.254.169.254", Some(BlockedAddress::LinkLocal)),
            ("10.0.0.1", "127.0.0.1:2375", Some(BlockedAddress::PrivateReferral)),
            ("127.0.0.1:5000", "10.0.0.5", Some(BlockedAddress::PrivateReferral)),
            ("127.0.0.1:5000", "[::1]:5001", None),
        ] {
            let led = place(led).referred_by(&place(registry));
            assert_eq!(blocked(&led, &fronts).await, expected, "{registry} {led:?}");
            let addresses = [SocketAddr::new(led.host.parse().unwrap(), led.port)];
            let sifted = sift(&led, addresses.into_iter(), &fronts).await;
            assert_eq!(sifted.err(), expected, "{registry} {led:?}");
        }
    }

    #[tokio::test]
    async fn of_the_addresses_of_a_name_only_proper_ones_are_tried() {
        let fronts = Fronts::default();
        fronts.add("127.0.0.1:859".parse().unwrap());
        let place = Destination::from_authority(Scheme::Https, "rebound.example:859").unwrap();
        let good: SocketAddr = "203.0.113.1:859".parse().unwrap();
        let found = ["127.0.0.1:859", "169.254.169.254:859", "[::1]:859"].map(|text| text.parse().unwrap());
        let sifted = sift(&place, found.into_iter().chain([good]), &fronts).await;
        assert_eq!(sifted, Ok(vec![good]));
        assert_eq!(sift(&place, found.into_iter(), &fronts).await, Err(BlockedAddress::Itself));
    }
}

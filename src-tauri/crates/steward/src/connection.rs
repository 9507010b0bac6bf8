//! Connections: each asker is checked, then its requests are answered in order. Connections do not wait for each
//! other.

use std::{sync::Arc, time::Duration};

use host::peer;
use ipc::{Code, Failure, FrameError};
use link::{Link, LinkError};
use steward_protocol::{StewardRequest, StewardResponse};
use tokio::{
    net::{UnixListener, UnixStream},
    sync::Semaphore,
};

use super::{allowed_peers::AllowedPeers, handler::Handler, in_flight::InFlight};

/// The service needs a handful.
const MOST_CONNECTIONS: usize = 64;

/// After which a process that ran out of descriptors tries again.
const PAUSE: Duration = Duration::from_millis(100);

type ToService = Link<StewardRequest, StewardResponse>;

/// Where connections are received.
#[derive(Clone)]
pub(super) struct Server {
    admission: AllowedPeers,
    handler: Arc<Handler>,
    work: InFlight,
}

impl Server {
    pub(super) fn new(admission: AllowedPeers, handler: Arc<Handler>, work: InFlight) -> Self {
        Self { admission, handler, work }
    }

    /// Receives connections for good.
    pub(super) async fn receive(self, listener: UnixListener) {
        let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
        loop {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
            match listener.accept().await {
                Ok((stream, _)) => {
                    let server = self.clone();
                    tokio::spawn(async move {
                        server.serve_connection(stream).await;
                        drop(place);
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    async fn serve_connection(&self, stream: UnixStream) {
        match self.converse(stream).await {
            Ok(()) | Err(LinkError::Closed) => {}
            Err(error) => tracing::warn!(%error, "a connection ended early"),
        }
    }

    async fn converse(&self, stream: UnixStream) -> Result<(), LinkError> {
        let greeting = self.work.begin();
        let peer = peer::of(&stream)?;
        let mut link = ToService::greet(stream).await?;
        if let Err(failure) = self.admission.check(&peer) {
            tracing::warn!(uid = peer.uid, pid = peer.pid, "refused: {failure}");
            return link.send(&StewardResponse::Error(failure)).await;
        }
        drop(greeting);
        loop {
            let request = link.receive().await?;
            let task = self.work.begin();
            let response = match request {
                Ok(request) => self.handler.answer(request).await,
                Err(error) => StewardResponse::Error(Failure::from(&error)),
            };
            send(&mut link, &response).await?;
            drop(task);
        }
    }
}

/// An answer that is too large for a message is a failure the asker is told of.
async fn send(link: &mut ToService, response: &StewardResponse) -> Result<(), LinkError> {
    match link.send(response).await {
        Err(LinkError::Frame(error @ FrameError::TooLarge { .. })) => {
            let failure = Failure::new(Code::TooLarge, error.to_string());
            link.send(&StewardResponse::Error(failure)).await
        }
        sent => sent,
    }
}

#[cfg(test)]
mod tests {
    //! Conversations over a real socket, whose other end is the person who runs the tests.

    use std::path::PathBuf;

    use ca::LeafKey;
    use engines::EngineId;
    use ipc::Bytes;
    use steward_protocol::Issuer;

    use super::*;
    use crate::sample::{Bench, routing_request};

    type ToSteward = Link<StewardResponse, StewardRequest>;

    struct Running {
        bench: Bench,
        socket: PathBuf,
        work: InFlight,
    }

    impl Running {
        fn start(users: Vec<u32>) -> Self {
            let bench = Bench::new();
            let socket = bench.folder.path().join("steward.sock");
            let work = InFlight::default();
            let server = Server::new(AllowedPeers { users }, Arc::new(bench.handler()), work.clone());
            tokio::spawn(server.receive(UnixListener::bind(&socket).unwrap()));
            Self { bench, socket, work }
        }

        /// A steward that serves the person who runs the tests.
        fn for_me() -> Self {
            Self::start(vec![rustix::process::getuid().as_raw()])
        }

        async fn connect(&self) -> ToSteward {
            ToSteward::greet(UnixStream::connect(&self.socket).await.unwrap()).await.unwrap()
        }
    }

    async fn ask(link: &mut ToSteward, request: StewardRequest) -> StewardResponse {
        link.send(&request).await.unwrap();
        link.receive().await.unwrap().unwrap()
    }

    fn sign(issuer: Issuer, name: &str) -> StewardRequest {
        let public_key_der = Bytes(LeafKey::generate().unwrap().spki_der);
        StewardRequest::SignLeaf { authority: issuer, public_key_der, names: vec![name.into()] }
    }

    fn code(response: &StewardResponse) -> Option<Code> {
        if let StewardResponse::Error(failure) = response { Some(failure.code) } else { None }
    }

    #[tokio::test]
    async fn requests_of_one_connection_are_answered_in_order() {
        let steward = Running::for_me();
        let mut link = steward.connect().await;
        for request in [StewardRequest::Authorities, sign(Issuer::Mirror, "localhost"), StewardRequest::Find]
        {
            link.send(&request).await.unwrap();
        }
        let kinds = [link.receive().await, link.receive().await, link.receive().await];
        let kinds =
            kinds.map(|answer| serde_json::to_value(answer.unwrap().unwrap()).unwrap()["kind"].clone());
        assert_eq!(kinds, ["authorities", "leaf", "found"]);
    }

    #[tokio::test]
    async fn a_refused_request_does_not_end_the_connection() {
        let steward = Running::for_me();
        let mut link = steward.connect().await;
        let plan = |engine: EngineId| StewardRequest::Plan { engine, routing: routing_request() };
        assert_eq!(code(&ask(&mut link, sign(Issuer::Mirror, "quay.io")).await), Some(Code::Failed));
        assert_eq!(code(&ask(&mut link, plan(EngineId::Docker)).await), Some(Code::NotFound));
        let login = StewardRequest::ReadLogin {
            uid: 0,
            pid: None,
            socket: None,
            registry: "a b".into(),
            repository: None,
            finder: steward_protocol::LoginFinder::Docker,
            push: false,
        };
        assert_eq!(code(&ask(&mut link, login).await), Some(Code::BadRequest));
        assert_eq!(code(&ask(&mut link, StewardRequest::Authorities).await), None);
    }

    /// A service that was taken over could have had anybody's login for any registry read.
    #[tokio::test]
    async fn no_login_is_read_without_a_connection_of_the_persons_to_the_gateway() {
        let steward = Running::for_me();
        let mut link = steward.connect().await;
        let (listener, me) =
            (std::net::TcpListener::bind("127.0.0.1:0").unwrap(), rustix::process::getuid().as_raw());
        let client = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (from, to) = (client.local_addr().unwrap(), listener.local_addr().unwrap());
        let elsewhere = host::peer::tcp_owner(from, to).unwrap();
        assert_eq!((elsewhere.uid, host::peer::remote(elsewhere)), (me, Some(to)));
        for (uid, socket, registry) in [
            (me, None, "quay.io"),
            (0, None, "docker.io"),
            (me, Some(elsewhere.socket), "quay.io"),
            (0, Some(u64::MAX), "quay.io"),
        ] {
            let login = StewardRequest::ReadLogin {
                uid,
                pid: None,
                socket,
                registry: registry.into(),
                repository: None,
                finder: steward_protocol::LoginFinder::Docker,
                push: false,
            };
            assert_eq!(
                code(&ask(&mut link, login).await),
                Some(Code::BadRequest),
                "{uid} {socket:?} {registry}"
            );
        }
    }

    #[tokio::test]
    async fn long_engine_work_holds_nothing_else_up() {
        let steward = Running::for_me();
        steward.bench.machine.hold();
        let mut busy = steward.connect().await;
        busy.send(&StewardRequest::Find).await.unwrap();
        steward.bench.machine.somebody_waits().await;
        let mut other = steward.connect().await;
        assert_eq!(code(&ask(&mut other, sign(Issuer::Intercept, "quay.io")).await), None);
        steward.bench.machine.release();
        assert_eq!(code(&busy.receive().await.unwrap().unwrap()), None);
    }

    #[tokio::test]
    async fn the_steward_is_at_work_until_the_engine_is_done_even_if_the_asker_left() {
        let steward = Running::for_me();
        steward.bench.machine.hold();
        let mut leaving = steward.connect().await;
        let apply = StewardRequest::Apply { engine: EngineId::Podman, routing: routing_request() };
        leaving.send(&apply).await.unwrap();
        steward.bench.machine.somebody_waits().await;
        drop(leaving);
        let before = steward.bench.machine.files();
        steward.bench.machine.release();
        steward.work.finish().await;
        assert_ne!(steward.bench.machine.files(), before);
    }

    #[tokio::test]
    async fn anybody_else_is_told_no_before_they_can_ask() {
        let steward = Running::start(vec![4242]);
        let mut link = steward.connect().await;
        let refused = link.receive().await.unwrap().unwrap();
        assert_eq!(code(&refused), Some(Code::NotAllowed));
        assert!(matches!(link.receive().await, Err(LinkError::Closed)));
    }
}

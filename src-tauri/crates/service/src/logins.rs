//! Who asks, by the kernel's word, and that person's own login for a registry.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use gateway::{BoxFuture, Login, LoginAnswer, LoginQuestion, Logins, Owner, PeerLookup};
use policy::Engine;
use steward_protocol::{LoginFinder, LoginKind, StewardRequest, StewardResponse};

use super::steward_client::Steward;

/// Logins as the steward reads them, each in its owner's name.
pub(super) struct StewardLogins {
    steward: Steward,
    known: Mutex<HashMap<Key, (Instant, LoginAnswer)>>,
}

/// Who asks, for which repository, by whose rules and whether to push.
type Key = (Owner, String, String, LoginFinder, bool);

/// How long the answer holds for one connection; the next one may be of a process that keeps its logins elsewhere.
const KEEP: Duration = Duration::from_secs(10);

impl StewardLogins {
    pub(super) fn new(steward: Steward) -> Self {
        Self { steward, known: Mutex::default() }
    }

    async fn read(&self, question: &LoginQuestion<'_>) -> LoginAnswer {
        let registry = question.repository.registry().to_string();
        let (path, finder) = (question.repository.path().to_owned(), finder(question.engine));
        let key = (question.owner, registry.clone(), path.clone(), finder, question.push);
        if let Some(answer) = self.known(&key) {
            return answer;
        }
        let request = StewardRequest::ReadLogin {
            uid: question.owner.uid,
            pid: None,
            socket: Some(question.owner.socket),
            registry,
            repository: Some(path),
            finder,
            push: question.push,
        };
        let answer = match self.steward.ask(request).await {
            Ok(StewardResponse::Login { login: Some(login), .. }) => LoginAnswer::Found(to_gateway(login)),
            Ok(StewardResponse::Login { failure: Some(why), .. }) => LoginAnswer::Failed(why),
            Ok(_) => LoginAnswer::Missing,
            Err(error) => {
                tracing::warn!(%error, uid = question.owner.uid, "a login could not be read");
                LoginAnswer::Failed(error.to_string())
            }
        };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(key, (Instant::now(), answer.clone()));
        answer
    }

    fn known(&self, key: &Key) -> Option<LoginAnswer> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (since, _)| since.elapsed() < KEEP);
        known.get(key).map(|(_, answer)| answer.clone())
    }
}

/// Whose rules find the logins of a tool. Its name is its own word, and whatever it says, the login is of the person
/// whose process it is.
fn finder(engine: Engine) -> LoginFinder {
    match engine {
        Engine::Podman | Engine::Buildah | Engine::Skopeo | Engine::ContainersImage => {
            LoginFinder::ContainersImage
        }
        // Over CRI the login comes with the request, but for CRI-O, whose engine looks as Podman does.
        Engine::Kubernetes => LoginFinder::ContainersImage,
        Engine::Docker | Engine::BuildKit | Engine::Containerd | Engine::Nerdctl | Engine::Unknown => {
            LoginFinder::Docker
        }
    }
}

fn to_gateway(login: steward_protocol::Login) -> Login {
    let user = match login.kind {
        LoginKind::Password => login.username,
        LoginKind::IdentityToken => "<token>".to_owned(),
    };
    Login { user, secret: login.secret }
}

impl Logins for StewardLogins {
    fn login<'a>(&'a self, question: LoginQuestion<'a>) -> BoxFuture<'a, LoginAnswer> {
        Box::pin(async move { self.read(&question).await })
    }
}

/// The owner of a connection's other end.
pub(super) struct KernelPeerLookup(());

impl KernelPeerLookup {
    /// Asks once for nobody: what it takes to ask is there from then on, also where descriptors are used up.
    pub(super) fn new() -> Self {
        let nobody = SocketAddr::from(([127, 0, 0, 1], 0));
        let _no_owner = host::peer::tcp_owner(nobody, nobody);
        Self(())
    }
}

impl PeerLookup for KernelPeerLookup {
    fn owner(&self, client: SocketAddr, server: SocketAddr) -> Option<Owner> {
        let host::peer::Owner { uid, socket } = host::peer::tcp_owner(client, server)?;
        Some(Owner { uid, socket })
    }
}

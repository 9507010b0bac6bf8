//! A whole gateway with an invented organization, on loopback.

use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet, HashMap},
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use egress::{Egress, ProxySource};
use jiff::{SignedDuration, Timestamp};
use policy::{Contact, DecisionContext, LoadedPolicy, Organization, Policy, SignIn};
use secret::Secret;
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::watch};

use super::{authority::Authority, client::Client, origin::Origin};
use crate::{
    BoxFuture, DecisionRecord, DecisionSink, EgressFailure, EgressMonitor, Gate, Login, LoginAnswer,
    LoginQuestion, Logins, Owner, PassThrough, PassThroughLookup, PeerLookup, Ports, ProcessEgress, StandIn,
    Upstreams,
};

pub(super) const DIGEST: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
/// The process that asks belongs to her.
pub(super) const ADA: u32 = 1000;
pub(super) const BOB: u32 = 1001;
/// `(uid_t) -1` is nobody.
const UNKNOWN: u32 = u32::MAX;

thread_local! {
    /// A test runs on one thread, and so does all that it started.
    static SECONDS: Cell<i64> = const { Cell::new(0) };
    static DRAWN: Cell<u64> = const { Cell::new(0) };
}

pub(super) struct Harness {
    pub(super) gate: Arc<Gate>,
    pub(super) proxy: SocketAddr,
    pub(super) mirror: SocketAddr,
    pub(super) authority: Arc<Authority>,
    people: Arc<People>,
    recorder: Arc<Recorder>,
    situation: watch::Sender<Arc<DecisionContext>>,
    proxy_users: watch::Sender<Arc<BTreeSet<u32>>>,
}

/// Who asks, and with which logins.
#[derive(Default)]
struct People {
    asker: AtomicU32,
    pass_throughs: Mutex<HashMap<String, PassThrough>>,
    logins: Mutex<HashMap<(u32, String), Login>>,
    ways: Mutex<HashMap<u32, Egress>>,
    /// Why the login for a registry cannot be read.
    flaws: Mutex<HashMap<String, String>>,
}

/// Everything the gateway told.
#[derive(Default)]
struct Recorder {
    decisions: Mutex<Vec<DecisionRecord>>,
    ways_out: Mutex<Vec<String>>,
    /// Done once when a decision is told, so before it is carried out.
    meanwhile: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

impl Harness {
    pub(super) async fn new(change: Value, upstreams: Upstreams) -> Self {
        let authority = Authority::new("the test's authority");
        let people = Arc::new(People { asker: AtomicU32::new(ADA), ..People::default() });
        let recorder = Arc::new(Recorder::default());
        // Most tests are about other things than who may ask.
        let proxy_users = watch::Sender::new(Arc::new([ADA, BOB].into()));
        let (situation, receiver) = watch::channel(Arc::new(situation(change)));
        let ports = Ports {
            situation: receiver,
            certificates: authority.clone(),
            logins: people.clone(),
            peers: people.clone(),
            proxy_users: proxy_users.subscribe(),
            pass_through: people.clone(),
            process_egress: people.clone(),
            decisions: recorder.clone(),
            egress_monitor: recorder.clone(),
            proxy_logins: Arc::default(),
            clock: now,
            random: || DRAWN.with(|drawn| drawn.replace(drawn.get() + 1)),
        };
        let gate = Gate::new(ports, upstreams);
        let proxy = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let mirror = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let addresses = [proxy.local_addr().unwrap(), mirror.local_addr().unwrap()];
        tokio::spawn(Arc::clone(&gate).serve_proxy(proxy));
        tokio::spawn(Arc::clone(&gate).serve_mirror(mirror));
        Self {
            gate,
            proxy: addresses[0],
            mirror: addresses[1],
            authority,
            people,
            recorder,
            situation,
            proxy_users,
        }
    }

    /// The usual policy, with every registry of it at this origin.
    pub(super) async fn before(origin: &Origin) -> Self {
        Self::new(json!({}), upstreams(&[("docker.io", origin), ("ghcr.io", origin), ("quay.io", origin)]))
            .await
    }

    pub(super) fn adopt(&self, change: Value) {
        self.situation.send_replace(Arc::new(situation(change)));
    }

    /// Adopts another policy and other settings between the next decision and what is done by it.
    pub(super) fn adopts_meanwhile(&self, change: Value, upstreams: Upstreams) {
        let (sender, gate) = (self.situation.clone(), Arc::clone(&self.gate));
        let meanwhile = move || {
            sender.send_replace(Arc::new(situation(change)));
            gate.set_upstreams(upstreams);
        };
        *self.recorder.meanwhile.lock().unwrap() = Some(Box::new(meanwhile));
    }

    pub(super) fn asks_as(&self, uid: u32) {
        self.people.asker.store(uid, Ordering::SeqCst);
    }

    /// The enrollment lets these use the proxy front besides root.
    pub(super) fn lets_use_proxy(&self, users: &[u32]) {
        self.proxy_users.send_replace(Arc::new(users.iter().copied().collect()));
    }

    /// Nobody can tell who asks.
    pub(super) fn asks_as_nobody(&self) {
        self.people.asker.store(UNKNOWN, Ordering::SeqCst);
    }

    /// Root sees that whoever asks for this host asks for no image.
    pub(super) fn passes(&self, host: &str, pass_through: PassThrough) {
        self.people.pass_throughs.lock().unwrap().insert(host.to_owned(), pass_through);
    }

    pub(super) fn has_login(&self, uid: u32, registry: &str, user: &str, secret: &str) {
        let login = Login { user: user.to_owned(), secret: Secret::new(secret) };
        self.people.logins.lock().unwrap().insert((uid, registry.to_owned()), login);
    }

    /// Processes of this person go out that way.
    pub(super) fn goes_out(&self, uid: u32, egress: Egress) {
        self.people.ways.lock().unwrap().insert(uid, egress);
    }

    /// A login that should be there cannot be read.
    pub(super) fn has_flawed_login(&self, registry: &str, why: &str) {
        self.people.flaws.lock().unwrap().insert(registry.to_owned(), why.to_owned());
    }

    /// Every decision once, as it was last told.
    pub(super) fn decisions(&self) -> Vec<DecisionRecord> {
        let mut last: Vec<DecisionRecord> = Vec::new();
        for recorder in self.recorder.decisions.lock().unwrap().iter() {
            match last.iter_mut().find(|known| known.verdict.id == recorder.verdict.id) {
                Some(known) => *known = recorder.clone(),
                None => last.push(recorder.clone()),
            }
        }
        last
    }

    /// What was told of the ways out.
    pub(super) fn ways_out(&self) -> Vec<String> {
        self.recorder.ways_out.lock().unwrap().clone()
    }

    /// A connection to the proxy front.
    pub(super) async fn proxy(&self) -> Client {
        Client::open(self.proxy).await
    }

    /// A connection through the proxy front to that host, opened up.
    pub(super) async fn inside(&self, place: &str) -> Client {
        let name = place.rsplit_once(':').map_or(place, |(host, _)| host).trim_matches(['[', ']']);
        self.inside_as(place, name).await.unwrap()
    }

    pub(super) async fn inside_as(&self, place: &str, name: &str) -> std::io::Result<Client> {
        let client = self.connect(place, "").await;
        client.secured(self.authority.client(), name).await
    }

    /// A connection after CONNECT, before TLS.
    pub(super) async fn connect(&self, place: &str, fields: &str) -> Client {
        let place = if place.contains(':') { place.to_owned() } else { format!("{place}:443") };
        let mut client = self.proxy().await;
        client.send(format!("CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n{fields}\r\n")).await;
        let head = client.head().await.unwrap();
        assert_eq!(head, "HTTP/1.1 200 Connection established\r\n\r\n");
        client
    }

    /// A connection to the mirror front.
    pub(super) async fn mirror(&self) -> Client {
        Client::open(self.mirror).await.secured(self.authority.client(), "127.0.0.1").await.unwrap()
    }
}

/// These registries are at these origins.
pub(super) fn upstreams(places: &[(&str, &Origin)]) -> Upstreams {
    let stand_ins: BTreeMap<String, StandIn> = places
        .iter()
        .map(|(registry, origin)| ((*registry).to_owned(), StandIn { url: origin.url(), ca: None }))
        .collect();
    Upstreams { stand_ins, ..Upstreams::default() }
}

/// Lets the clock of the gateway go on.
pub(super) fn later(seconds: i64) {
    SECONDS.with(|now| now.set(now.get() + seconds));
}

fn now() -> Timestamp {
    let start: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
    start + SignedDuration::from_secs(SECONDS.with(Cell::get))
}

/// Docker Hub by class; `ghcr.io/acme/**`; nothing of `quay.io` nor of any other registry.
fn situation(change: Value) -> DecisionContext {
    let mut document = json!({
        "schema": "1.0", "organization": "acme", "serial": 7, "issued": "2026-11-22T06:00:00Z",
        "hub": {
            "organizations": ["acme"],
            "classes": { "organization": "allow", "official": "allow", "community": "block" }
        },
        "registries": { "default": "block", "entries": [
            { "host": "docker.io", "action": "allow" },
            { "host": "ghcr.io", "paths": ["acme/**"], "action": "allow" },
            { "host": "quay.io", "action": "block" }
        ] }
    });
    let Value::Object(fields) = change else { panic!("a change is an object") };
    document.as_object_mut().unwrap().extend(fields);
    let policy = Policy::parse(document.to_string().as_bytes(), None, "acme").unwrap();
    DecisionContext {
        organization: Organization {
            name: "acme".into(),
            display: "Acme".into(),
            contact: Contact::default(),
        },
        held: LoadedPolicy::Current(Arc::new(policy)),
        absent_blocks: true,
        sign_in: SignIn::NotRequired,
        grants: Vec::new(),
        pause: None,
    }
}

impl PeerLookup for People {
    fn owner(&self, _: SocketAddr, _: SocketAddr) -> Option<Owner> {
        let uid = self.asker.load(Ordering::SeqCst);
        (uid != UNKNOWN).then_some(Owner { uid, socket: 1 })
    }
}

impl PassThroughLookup for People {
    fn pass_through<'a>(&'a self, _: Owner, host: &'a str, _: u16) -> BoxFuture<'a, Option<PassThrough>> {
        let pass_through = self.pass_throughs.lock().unwrap().get(host).copied();
        Box::pin(async move { pass_through })
    }
}

impl ProcessEgress for People {
    fn egress(&self, owner: Owner) -> BoxFuture<'_, Option<Egress>> {
        let way = self.ways.lock().unwrap().get(&owner.uid).cloned();
        Box::pin(async move { way })
    }
}

impl Logins for People {
    fn login<'a>(&'a self, question: LoginQuestion<'a>) -> BoxFuture<'a, LoginAnswer> {
        let registry = question.repository.registry().to_string();
        let login = self.logins.lock().unwrap().get(&(question.owner.uid, registry.clone())).cloned();
        let why = self.flaws.lock().unwrap().get(&registry).cloned();
        Box::pin(async move {
            match (login, why) {
                (Some(login), _) => LoginAnswer::Found(login),
                (None, Some(why)) => LoginAnswer::Failed(why),
                (None, None) => LoginAnswer::Missing,
            }
        })
    }
}

impl EgressMonitor for Recorder {
    fn failed(&self, failure: &EgressFailure) {
        self.ways_out.lock().unwrap().push(failure.sentence.clone());
    }

    fn worked(&self, source: &ProxySource) -> bool {
        self.ways_out.lock().unwrap().push(format!("{source} works"));
        false
    }
}

impl DecisionSink for Recorder {
    fn record(&self, decision: &DecisionRecord) {
        self.decisions.lock().unwrap().push(decision.clone());
        let meanwhile = self.meanwhile.lock().unwrap().take();
        if let Some(meanwhile) = meanwhile {
            meanwhile();
        }
    }

    fn record_suppressed(&self, _: Option<u32>) {}
}

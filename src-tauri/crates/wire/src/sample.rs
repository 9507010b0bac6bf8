//! One message of every kind, with every field filled at least once.

use image_ref::Repository;
use ipc::{Code, Failure};
use jiff::Timestamp;
use policy::{
    Action, Class, Contact, Engine, Finding, Front, Image, ImageName, Organization, Outcome, Pause,
    PolicyStamp, Reason, Rule, RuleKind, SignInReason, Verdict, VerdictId,
};
use secret::Secret;
use serde_json::json;

use crate::*;

pub(crate) fn time(minute: i64) -> Timestamp {
    Timestamp::from_second(1_785_000_000 + 60 * minute).unwrap()
}

fn organization() -> Organization {
    let contact = Contact {
        name: Some("Platform team".into()),
        email: Some("platform@acme.example".into()),
        url: Some("https://it.acme.example/containers".into()),
    };
    Organization { name: "acme".into(), display: "Acme".into(), contact }
}

fn stamp() -> PolicyStamp {
    PolicyStamp {
        organization: "acme".into(),
        serial: 1042,
        issued: time(-12),
        sha256: Some("9c".repeat(32)),
    }
}

fn finding() -> Finding {
    Finding {
        outcome: Outcome::Blocked,
        reason: Reason::ClassBlocked,
        rule: Some(Rule { kind: RuleKind::Class, id: "community".into(), text: "community: block".into() }),
        class: Some(Class::Community),
        image: Image {
            name: ImageName::Repository(Repository::parse("someuser/tool").unwrap()),
            target: Some(":latest".into()),
            judged_as: None,
            sent_by: None,
        },
        action: Action::Pull,
        stamp: Some(stamp()),
        organization: organization(),
        message: Some("Ask in the channel first.".into()),
        support: Some("#container-help".into()),
        request_url: Some("https://it.acme.example/request?image=someuser%2Ftool".into()),
        instead: Some("bitnami/tool".into()),
    }
}

pub(crate) fn entry() -> Entry {
    let verdict = Verdict {
        id: VerdictId::parse("pg-7F3A9C2K").unwrap(),
        at: time(0),
        engine: Engine::Podman,
        front: Front::Mirror,
        finding: finding(),
    };
    Entry {
        verdict,
        count: 3,
        last: time(2),
        asker: Asker { uid: Some(1000) },
        upstream: Some(UpstreamResult::Refused { status: 429, message: "toomanyrequests".into() }),
        failures: None,
        digest: Some(format!("sha256:{}", "9c".repeat(32))),
    }
}

pub(crate) fn image() -> PresentImage {
    PresentImage {
        engine: "podman".into(),
        store: "Podman".into(),
        uid: Some(1000),
        id: "9c".repeat(32),
        image: Some("someuser/tool:1".into()),
        digest: Some(format!("sha256:{}", "9c".repeat(32))),
        size: Some(4_270_000),
        created: Some(time(-60)),
        containers: vec![StartedContainer { id: "7f".repeat(32), name: Some("web".into()) }],
        finding: Some(finding()),
        unjudged: Some("it has no name".into()),
    }
}

pub(crate) fn unlisted() -> UnlistedStore {
    UnlistedStore {
        engine: "docker".into(),
        store: "Docker Engine".into(),
        uid: Some(1000),
        problem: "it is not running".into(),
    }
}

fn condition() -> Condition {
    Condition {
        code: "engine-drifted".into(),
        severity: Severity::Attention,
        sentence: "The configuration of Docker Engine was changed".into(),
        since: time(1),
        action: Some("Run: sudo pullgate engines apply docker".into()),
    }
}

pub(crate) fn status() -> StatusReport {
    StatusReport {
        version: "0.1.0".into(),
        organization: Some(organization()),
        enforcing: true,
        sign_in: SignInState::Needed {
            why: SignInReason::Never,
            sentence: Some("Sign in to Acme: `pullgate sign-in`".into()),
        },
        policy: PolicyState::Current {
            stamp: stamp(),
            confirmed: time(0),
            source: "file:///etc/pullgate/policy/".into(),
            named: None,
            distrusted: None,
            signed_by: vec!["1f2e3d4c5b6a7988".into()],
            stale_since: Some(time(3)),
            change: Some(PolicyChange { at: time(0), sentence: "3 images are newly allowed".into() }),
        },
        pause: Some(Pause { until: time(60), reason: "outage".into(), by: "root".into() }),
        engines: EnginesSummary { found: 3, routed: 2, partly: 1 },
        conditions: vec![condition()],
        fronts: Fronts { proxy: Some("127.0.0.1:859".into()), mirror: Some("127.0.0.1:858".into()) },
        ways_out: Vec::new(),
        settings: vec![Setting {
            key: "policy.url".into(),
            value: json!("file:///etc/pullgate/policy/"),
            layer: SettingLayer::Locked,
            origin: Some("/etc/pullgate/enrollment.toml".into()),
        }],
    }
}

/// The session, in each of its states.
pub(crate) fn sessions() -> Vec<SignInState> {
    let groups: std::collections::BTreeSet<String> = ["qa".to_owned()].into();
    let account = "ada@acme.example".to_owned();
    vec![
        SignInState::NotRequired,
        SignInState::SignedIn {
            account: account.clone(),
            uid: Some(1000),
            groups: groups.clone(),
            shared_with: Some(["bob".to_owned()].into()),
        },
        SignInState::OfflineGrace {
            account,
            uid: Some(1000),
            groups,
            until: time(60),
            sentence: "The sign-in could not be renewed".into(),
        },
        SignInState::Needed { why: SignInReason::Ended, sentence: None },
    ]
}

pub(crate) fn requests() -> Vec<Request> {
    let engine: Option<String> = Some("docker".into());
    vec![
        Request::Status,
        Request::Explain { image: "someuser/tool".into() },
        Request::Why { id: Some("pg-7F3A9C2K".into()) },
        Request::Blocked { since: Some(time(0)), limit: None },
        Request::Log { since: Some(time(0)), follow: true },
        Request::Watch,
        Request::Engines,
        Request::EnginesPlan { engine: engine.clone() },
        Request::EnginesApply {
            engine: engine.clone(),
            dry_run: true,
            may_stop_containers: true,
            progress: false,
        },
        Request::EnginesVerify { engine: engine.clone() },
        Request::EnginesRestore { engine, dry_run: true, may_stop_containers: true },
        Request::SignIn { method: SignInMethod::Browser },
        Request::SignIn { method: SignInMethod::Device },
        Request::SignIn {
            method: SignInMethod::DockerHub { username: "ada".into(), secret: Secret::new("sample-secret") },
        },
        Request::SignIn { method: SignInMethod::DockerLogin },
        Request::SignOut,
        Request::PolicyShow,
        Request::PolicyRefresh,
        Request::Reload,
        Request::Pause { seconds: 3600, reason: "outage".into() },
        Request::Resume,
        Request::Doctor { bundle: true },
        Request::Images,
        Request::EnginesApply { engine: None, dry_run: false, may_stop_containers: false, progress: true },
        Request::Activity { from: vec![time(0), time(60)] },
    ]
}

#[expect(clippy::too_many_lines, reason = "one case after the other")]
pub(crate) fn responses() -> Vec<Response> {
    let sentences = vec!["someuser/tool is a community image, blocked at Acme".to_owned()];
    let report = EngineReport {
        engine: "docker".into(),
        name: "Docker Engine".into(),
        version: Some("28.3.0".into()),
        routed: Routed::Partly,
        why: Some("a second daemon is not routed".into()),
        unproved: None,
        stopped: false,
        proved_at: Some(time(0)),
        repaired_at: Some(time(1)),
        details: vec!["the proxy in force is http://127.0.0.1:859".into()],
        conditions: vec![condition()],
        personal: Vec::new(),
    };
    let plan = EnginePlan {
        engine: "docker".into(),
        sentences: vec!["add proxies to /etc/docker/daemon.json".into()],
        plan: Some(json!({"edits": []})),
        refused: Some("the file is not JSON".into()),
    };
    let change = EngineChange {
        engine: "docker".into(),
        sentences: vec!["restarted docker.service".into()],
        refused: Some("containers would stop".into()),
    };
    let policy = PolicyReport {
        state: PolicyState::Unusable { why: "line 3: expected `,`".into(), source: "file:///etc/p/".into() },
        document: Some(json!({"schema": "1.0"})),
        sentences: vec!["Community images are blocked".into()],
        warnings: vec!["`docker/dockerfile` is not allowed".into()],
    };
    let check = Check {
        name: "steward".into(),
        problem: Some(Severity::Critical),
        sentence: "the steward does not answer".into(),
        action: Some("Run: systemctl status pullgate-steward".into()),
    };
    vec![
        Response::Status(Box::new(status())),
        Response::Explain(Box::new(ExplainReport {
            image: "docker.io/someuser/tool:latest".into(),
            finding: finding(),
            sentences: sentences.clone(),
        })),
        Response::Why(Box::new(WhyReport { entry: Some(entry()), sentences })),
        Response::Entries(Entries { entries: vec![entry()], more: true }),
        Response::Event { event: Event::Verdict { entry: Box::new(entry()) } },
        Response::Event { event: Event::Status { status: Box::new(status()) } },
        Response::Event {
            event: Event::PolicyChanged { stamp: stamp(), sentence: "3 images are newly allowed".into() },
        },
        Response::Engines { engines: vec![report.clone()] },
        Response::Plans { plans: vec![plan] },
        Response::Changes { changes: vec![change] },
        Response::SignIn {
            step: SignInStep::Open {
                url: "https://login.acme.example/authorize".into(),
                until: time(5),
                redirects: Vec::new(),
                client: None,
            },
        },
        Response::SignIn {
            step: SignInStep::Code {
                code: "WDJB-MJHT".into(),
                url: "https://login.acme.example/device".into(),
                complete_url: Some("https://login.acme.example/device?code=WDJB-MJHT".into()),
                until: time(10),
            },
        },
        Response::SignIn {
            step: SignInStep::Done { account: "ada@acme.example".into(), sentence: "Signed in".into() },
        },
        Response::SignedOut {
            sentence: "Signed out".into(),
            url: Some("https://login.acme.example/session/end".into()),
        },
        Response::Policy(Box::new(policy)),
        Response::Done { sentence: "enforcement is paused for 1 h".into() },
        Response::Doctor(DoctorReport { checks: vec![check], bundle: Some(json!({"version": "0.1.0"})) }),
        Response::Error(
            Failure::new(Code::NotAllowed, "only an administrator can do this").with_hint("Use sudo"),
        ),
        Response::Images(ImagesReport { images: vec![image()], unlisted: vec![unlisted()], more: true }),
        Response::Progress { sentence: "docker: waiting until it has restarted".into() },
        Response::Engines {
            engines: vec![EngineReport {
                unproved: Some("no answer within 20 s".into()),
                stopped: true,
                ..report.clone()
            }],
        },
        Response::SignIn {
            step: SignInStep::Open {
                url: "https://login.acme.example/authorize".into(),
                until: time(5),
                redirects: vec!["http://localhost/callback".into()],
                client: Some("pullgate".into()),
            },
        },
        Response::Engines {
            engines: vec![EngineReport {
                personal: vec![Personal { uid: 1000, sentence: "ada has files of their own".into() }],
                ..report
            }],
        },
        Response::Activity {
            spans: vec![
                vec![EntryCount {
                    outcome: Outcome::Blocked,
                    rule: Some(RuleKind::Class),
                    class: Some(Class::Community),
                    entries: 3,
                }],
                Vec::new(),
            ],
        },
    ]
}

//! Answers of a service at an invented organization.

use image_ref::Repository;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use policy::{
    Action, Class, Contact, Engine, Finding, Front, Image, ImageName, Organization, Outcome, PolicyStamp,
    Reason, Rule, RuleKind, Verdict, VerdictId,
};
use wire::{
    Asker, Condition, EngineReport, EnginesSummary, Entry, Fronts, PolicyState, Routed, Setting,
    SettingLayer, Severity, SignInState, StatusReport,
};

use crate::show::View;

/// 13:00 on a Sunday in November, one hour east of Greenwich.
pub(crate) fn view() -> View {
    let login = |uid| (uid == 1000).then(|| "ada".to_owned());
    View { now: ago(0), zone: TimeZone::fixed(jiff::tz::offset(1)), login, colors: false }
}

/// So many minutes before that.
pub(crate) fn ago(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_795_348_800 - 60 * minutes).unwrap()
}

pub(crate) fn organization() -> Organization {
    let contact = Contact {
        name: Some("Platform team".into()),
        email: Some("platform@acme.example".into()),
        url: Some("https://it.acme.example/containers".into()),
    };
    Organization { name: "acme".into(), display: "Acme".into(), contact }
}

pub(crate) fn stamp() -> PolicyStamp {
    PolicyStamp { organization: "acme".into(), serial: 1042, issued: ago(12), sha256: Some("9c".repeat(32)) }
}

/// A community image, blocked.
pub(crate) fn blocked() -> Finding {
    Finding {
        outcome: Outcome::Blocked,
        reason: Reason::ClassBlocked,
        rule: Some(Rule {
            kind: RuleKind::Class,
            id: "community".into(),
            text: "community images: block".into(),
        }),
        class: Some(Class::Community),
        image: image("someuser/tool", ":latest"),
        action: Action::Pull,
        stamp: Some(stamp()),
        organization: organization(),
        message: Some("Community images need approval".into()),
        support: Some("Ask in #container-help".into()),
        request_url: Some("https://it.acme.example/request?image=someuser%2Ftool&id={id}".into()),
        instead: Some("bitnami/tool".into()),
    }
}

/// An official image, allowed.
pub(crate) fn allowed() -> Finding {
    Finding {
        outcome: Outcome::Allowed,
        reason: Reason::ClassAllowed,
        rule: Some(Rule {
            kind: RuleKind::Class,
            id: "official".into(),
            text: "official images: allow".into(),
        }),
        class: Some(Class::Official),
        image: image("nginx", ":1.27"),
        message: None,
        support: None,
        request_url: None,
        instead: None,
        ..blocked()
    }
}

pub(crate) fn image(repository: &str, target: &str) -> Image {
    let name = ImageName::Repository(Repository::parse(repository).unwrap());
    Image { name, target: Some(target.into()), judged_as: None, sent_by: None }
}

/// A verdict of Podman, asked three times by ada.
pub(crate) fn entry(finding: Finding) -> Entry {
    let verdict = Verdict {
        id: VerdictId::parse("pg-7F3A9C2K").unwrap(),
        at: ago(48),
        engine: Engine::Podman,
        front: Front::Mirror,
        finding,
    };
    Entry {
        verdict,
        count: 3,
        last: ago(2),
        asker: Asker { uid: Some(1000) },
        upstream: None,
        failures: None,
        digest: None,
    }
}

/// A verdict of Docker Engine, asked once, with the registry's answer.
pub(crate) fn entry_of_docker(finding: Finding, upstream: Option<wire::UpstreamResult>) -> Entry {
    let mut entry = entry(finding);
    entry.verdict.id = VerdictId::parse("pg-0M4XW8ZT").unwrap();
    entry.verdict.engine = Engine::Docker;
    entry.verdict.at = ago(26 * 60);
    Entry {
        count: 1,
        last: ago(26 * 60),
        asker: Asker::default(),
        upstream,
        digest: Some(format!("sha256:{}", "9c".repeat(32))),
        ..entry
    }
}

/// Three engines, two of them routed, and nothing else to see.
pub(crate) fn status() -> StatusReport {
    StatusReport {
        version: "0.1.0".into(),
        organization: Some(organization()),
        enforcing: true,
        sign_in: SignInState::NotRequired,
        policy: current(),
        pause: None,
        engines: EnginesSummary { found: 3, routed: 3, partly: 0 },
        conditions: Vec::new(),
        fronts: Fronts { proxy: Some("127.0.0.1:859".into()), mirror: Some("127.0.0.1:858".into()) },
        ways_out: Vec::new(),
        settings: vec![Setting {
            key: "policy.url".into(),
            value: "file:///etc/pullgate/policy/".into(),
            layer: SettingLayer::Locked,
            origin: Some("/etc/pullgate/enrollment.toml".into()),
        }],
    }
}

pub(crate) fn current() -> PolicyState {
    let source = "file:///etc/pullgate/policy/".into();
    PolicyState::Current {
        stamp: stamp(),
        confirmed: ago(1),
        source,
        named: None,
        distrusted: None,
        signed_by: Vec::new(),
        stale_since: None,
        change: None,
    }
}

pub(crate) fn condition(severity: Severity, sentence: &str, action: Option<&str>) -> Condition {
    Condition {
        code: "sample".into(),
        severity,
        sentence: sentence.into(),
        since: ago(95),
        action: action.map(str::to_owned),
    }
}

pub(crate) fn engine(engine: &str, name: &str, routed: Routed) -> EngineReport {
    EngineReport {
        engine: engine.into(),
        name: name.into(),
        version: Some("28.3.0".into()),
        routed,
        why: None,
        unproved: None,
        stopped: false,
        proved_at: Some(ago(12)),
        repaired_at: None,
        details: Vec::new(),
        conditions: Vec::new(),
        personal: Vec::new(),
    }
}

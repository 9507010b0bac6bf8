//! Every combination of enrollment, enforcement, pause, policy, session, engines and conditions, on every surface.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use wire::{PolicyReport, Response, Severity};

use super::*;
use crate::effect::{Input, ServiceEvent};
use crate::menu::{Row, TrayView};
use crate::page::{self, Place, Reader, Tab};
use crate::remembered::Remembered;
use crate::{State, text};

const NOW: Timestamp = Timestamp::constant(1_790_000_000, 0);

fn policies() -> [Value; 4] {
    let stamp = json!({ "organization": "acme", "serial": 7, "issued": NOW, "sha256": "00".repeat(32) });
    let current = json!({ "state": "current", "stamp": stamp, "confirmed": NOW, "source": "file:///x/" });
    let mut stale = current.clone();
    stale["staleSince"] = json!(NOW);
    let unusable = json!({ "state": "unusable", "why": "it is torn", "source": "file:///x/" });
    [current, stale, json!({ "state": "absent" }), unusable]
}

fn sessions() -> [Value; 4] {
    let grace = json!({ "state": "offlineGrace", "account": "ada", "until": NOW, "sentence": "It cannot be reached" });
    [
        json!({ "state": "notRequired" }),
        json!({ "state": "signedIn", "account": "ada" }),
        json!({ "state": "needed", "why": { "kind": "never" } }),
        grace,
    ]
}

fn conditions() -> Vec<Value> {
    let of = |code: &str, severity: &str| json!([{ "code": code, "severity": severity, "sentence": "It is so", "since": NOW }]);
    let severities = ["notice", "attention", "critical"].map(|severity| of("other", severity));
    [json!([]), of("enrollment-unusable", "critical")].into_iter().chain(severities).collect()
}

/// Every status that there can be, as far as surfaces tell them apart.
fn reports() -> Vec<StatusReport> {
    let mut reports = Vec::new();
    for (policy, session) in
        policies().iter().flat_map(|one| sessions().map(|session| (one.clone(), session)))
    {
        for (conditions, (found, routed)) in
            conditions().iter().flat_map(|one| [(0, 0), (3, 3), (3, 2)].map(|engines| (one.clone(), engines)))
        {
            for bits in 0..8_u8 {
                let [enrolled, enforcing, paused] = [1, 2, 4].map(|bit| bits & bit != 0);
                let pause = json!({ "until": NOW, "reason": "outage", "by": "root" });
                let organization = json!({ "name": "acme", "display": "Acme" });
                let report = json!({
                    "version": "0.1.0", "fronts": {}, "enforcing": enforcing && !paused,
                    "organization": if enrolled { organization } else { Value::Null },
                    "pause": if paused { pause } else { Value::Null },
                    "policy": policy, "signIn": session, "conditions": conditions,
                    "engines": { "found": found, "routed": routed, "partly": 0 },
                });
                reports.push(serde_json::from_value(report).unwrap());
            }
        }
    }
    reports
}

fn tray(report: &StatusReport) -> TrayView {
    let mut state = State::new(TimeZone::UTC, &Remembered::default());
    for event in
        [ServiceEvent::Connected, ServiceEvent::Message(Box::new(Response::Status(Box::new(report.clone()))))]
    {
        state.handle(Input::Service(event), NOW);
    }
    state.view(NOW)
}

fn labels(view: &TrayView) -> Vec<&str> {
    view.rows.iter().map(label).collect()
}

fn label(row: &Row) -> &str {
    match row {
        Row::Text(label) | Row::Choice { label, .. } | Row::Group { label, .. } => label,
        Row::Separator => "",
    }
}

#[test]
fn no_two_surfaces_disagree_and_all_is_well_is_never_said_beside_a_condition() {
    let reader = Reader { now: NOW, zone: TimeZone::UTC, login: |_| None };
    for report in reports() {
        let standing = report.standing();
        let (view, page) = (tray(&report), page::status(&report, None, &reader));
        let frame = page::frame(Some(&report), None, 0, (Place::of(Tab::Status), 0));
        assert_eq!((view.gate, frame.gate), (Gate::of(standing), Gate::of(standing)), "{report:?}");
        assert_eq!(page.headline, text::headline(&report, NOW, &TimeZone::UTC));
        assert!(labels(&view).contains(&text::in_row(&page.headline).as_str()), "{report:?}");
        let needs_eyes = report.worst() >= Some(Severity::Attention);
        assert!(
            !page.quiet || !needs_eyes && page.conditions.is_empty() && page.more.is_empty(),
            "{report:?}"
        );
        assert!(!needs_eyes || view.gate != Gate::Enforcing, "{report:?}");
        let is_enforced = report.organization.is_some() && report.enforcing;
        assert_eq!(
            page.headline.contains("is enforced"),
            is_enforced && GOES_ON.contains(&standing),
            "{report:?}"
        );
        let promised = labels(&view).contains(&"Quit this icon (pulls are still checked)");
        assert!(!promised || is_enforced || standing == Standing::EnrollmentUnusable, "{report:?}");
        assert!(!is_enforced || promised || standing == Standing::NothingToCheck, "{report:?}");
        the_policy_says_what_the_headline_says(&report, standing);
    }
}

const GOES_ON: [Standing; 3] = [Standing::Impaired, Standing::Attention, Standing::Enforced];

fn the_policy_says_what_the_headline_says(report: &StatusReport, standing: Standing) {
    let policy = PolicyReport {
        state: report.policy.clone(),
        document: None,
        sentences: Vec::new(),
        warnings: Vec::new(),
    };
    let said = page::policy(&policy, standing).opening.join(" ");
    let waits = [Standing::PassingUntilPolicy, Standing::BlockedUntilPolicy].contains(&standing);
    assert!(!waits || said.contains("fetched by itself"), "{report:?}: {said}");
    let never_comes = [Standing::NotEnrolled, Standing::EnrollmentUnusable].contains(&standing);
    assert!(!never_comes || !said.contains("fetched by itself"), "{report:?}: {said}");
    let passes = text::present(2, 0, standing);
    assert_eq!(passes.contains("paused"), standing == Standing::Paused, "{passes}");
}

#[test]
fn every_standing_is_reached_and_has_words_of_its_own() {
    let reached: std::collections::BTreeSet<Standing> =
        reports().iter().map(StatusReport::standing).collect();
    assert_eq!(reached.len(), 12, "all but a service that is away: {reached:?}");
    assert_eq!(standing(None, None), Standing::ServiceAway);
    assert!(reached.into_iter().all(|standing| text::standing(standing).len() <= 24));
}

#[test]
fn no_row_of_the_menu_is_wider_than_the_screen() {
    for report in reports() {
        let view = tray(&report);
        assert!(labels(&view).iter().all(|label| label.chars().count() <= text::ROW), "{:?}", view.rows);
    }
}

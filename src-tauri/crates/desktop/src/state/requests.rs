//! What the person has requested access to, and what of it is allowed meanwhile.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use policy::{Action, Finding};
use wire::Request;

use crate::effect::Effect;
use crate::notice::{Button, Notice, NoticeKey, Urgency};
use crate::page::Place;
use crate::requests::{AccessRequested, is_lasting};
use crate::text;

/// As many of the latest are asked about whenever the policy has changed.
const ASKED: usize = 20;

/// Requests, the latest last.
#[derive(Debug, Default)]
pub(super) struct Requests(Vec<AccessRequested>);

impl Requests {
    /// As they are kept; what the policy says of each that is open is to be asked.
    pub(super) fn recalled(&mut self, requests: Vec<AccessRequested>) -> Vec<Effect> {
        self.0 = requests;
        let open = self.0.iter().rev().filter(|one| one.is_open()).take(ASKED);
        open.map(|one| Effect::Ask(Request::Explain { image: one.image.clone() })).collect()
    }

    /// What the policy says of an image; whoever has requested it is told once that it is allowed.
    pub(super) fn judged(&mut self, finding: &Finding, now: Timestamp, zone: &TimeZone) -> Vec<Effect> {
        if finding.action != Action::Pull || !is_lasting(finding.outcome, &finding.reason) {
            return Vec::new();
        }
        let image = finding.image.familiar();
        let Some(request) = self.0.iter_mut().find(|one| one.is_open() && one.image == image) else {
            return Vec::new();
        };
        request.allowed = Some(now);
        let notice = Effect::Notify(notice(request, now, zone));
        vec![notice, Effect::AllowRequest { id: request.id.clone(), at: now }]
    }
}

fn notice(request: &AccessRequested, now: Timestamp, zone: &TimeZone) -> Notice {
    let asked = text::asked_at(request.at, now, zone);
    let command = request.command.as_ref().map(|command| format!("\n{command}"));
    Notice {
        key: NoticeKey::Allowed(request.image.clone()),
        title: text::allowed_now(&request.image),
        body: format!("{asked}{}", command.unwrap_or_default()),
        buttons: vec![(text::SHOW.to_owned(), Button::Open(Place::verdict(&request.id)))],
        urgency: Urgency::Normal,
    }
}

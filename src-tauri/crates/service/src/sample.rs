//! A verdict for tests.

use image_ref::Repository;
use jiff::Timestamp;
use policy::{
    Action, Contact, Engine, Finding, Front, Image, ImageName, Organization, Outcome, Reason, Verdict,
    VerdictId,
};

/// A verdict on a pull of `evil/miner` by Podman.
pub(crate) fn verdict(outcome: Outcome, id: VerdictId, at: Timestamp) -> Verdict {
    let name = ImageName::Repository(Repository::parse("evil/miner").unwrap());
    let finding = Finding {
        outcome,
        reason: Reason::ClassBlocked,
        rule: None,
        class: None,
        image: Image { name, target: None, judged_as: None, sent_by: None },
        action: Action::Pull,
        stamp: None,
        organization: Organization {
            name: "acme".into(),
            display: "Acme".into(),
            contact: Contact::default(),
        },
        message: None,
        support: None,
        request_url: None,
        instead: None,
    };
    Verdict { id, at, engine: Engine::Podman, front: Front::Mirror, finding }
}

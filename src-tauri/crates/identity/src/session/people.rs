//! What people do to the session: signing in and out, asking, and the terms their organization sets.

use super::record::Live;
use super::state::Ending;
use super::{Credential, Event, Evidence, Held, Now, Person, Refusal, Session, Terms};

impl Session {
    pub(super) fn sign_in(
        &mut self,
        person: Person,
        credential: Option<Credential>,
        evidence: Evidence,
        now: Now,
    ) {
        // Some providers answer the revocation of one token by ending all that the account has with this client.
        self.revoke_unless(&person);
        self.held = Held::Live(Box::new(Live {
            person,
            evidence,
            credential,
            confirmed: self.clock.believed(),
            granted: self.terms.grace(),
            in_flight: false,
            trouble: None,
        }));
        self.flight = None;
        self.renewals.1 = self.renewals.0.saturating_add(1);
        self.keep();
        self.plan_recheck(now);
    }

    fn revoke_unless(&mut self, successor: &Person) {
        let Held::Live(live) = &self.held else { return };
        if let Some(credential) = &live.credential
            && !live.person.is_same_account(successor)
        {
            self.events.push_back(Event::Revoke(credential.clone()));
        }
    }

    pub(super) fn refuse_sign_in(&mut self, refusal: Refusal) {
        if matches!(self.held, Held::Nothing | Held::Ended(_)) {
            self.end(Ending::Refused { refusal });
        }
    }

    pub(super) fn sign_out(&mut self) {
        let Held::Live(live) = &self.held else { return };
        let credential = live.credential.clone();
        self.end(Ending::SignedOut);
        self.events.extend(credential.map(Event::Revoke));
    }

    pub(super) fn asked(&mut self, now: Now) {
        if let Held::Live(live) = &self.held
            && live.credential.is_some()
            && self.flight.is_none()
        {
            self.schedule.at_once(now);
        }
    }

    pub(super) fn agree(&mut self, terms: Terms, now: Now) {
        self.terms = terms;
        if self.schedule.awaits_recheck() {
            self.plan_recheck(now);
        }
    }

    /// Applies a rule that is new to what the provider said last; the provider's yes is no younger for it.
    pub(super) fn rejudge(&mut self, judged: Result<Person, Refusal>) {
        let Held::Live(live) = &mut self.held else { return };
        match judged {
            Ok(person) if live.person.is_same_account(&person) => {
                let person = Person { uid: live.person.uid, ..person };
                if live.person != person {
                    live.person = person;
                    self.keep();
                }
            }
            Ok(_) => {}
            Err(refusal) => self.refuse(refusal),
        }
    }
}

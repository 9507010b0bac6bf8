//! One renewal: the marker on disk, the question, the exchanged credential, the verdict.

use super::clock::unsigned;
use super::record::Live;
use super::state::Ending;
use super::{
    Answer, Credential, Event, Evidence, Failure, Flight, Held, Hindrance, Now, PATIENCE, Person, Refusal,
    Session,
};

impl Session {
    /// Asks the provider, after the record that says so.
    pub(super) fn renew(&mut self, now: Now) {
        let Held::Live(live) = &mut self.held else { return };
        let Some(credential) = live.credential.clone() else { return self.schedule.stop() };
        let renewal = self.renewals.0.saturating_add(1);
        self.renewals.0 = renewal;
        let give_up = now.boottime.saturating_add(PATIENCE);
        self.flight = Some(Flight { renewal, doubt: live.in_flight, received: false, give_up });
        live.in_flight = true;
        self.schedule.due = None;
        self.keep();
        self.events.push_back(Event::Renew { renewal, credential });
    }

    /// Keeps an exchanged credential. One that comes late still belongs to the session it was asked for.
    pub(super) fn receive(&mut self, renewal: u64, credential: Credential) {
        let Held::Live(live) = &mut self.held else {
            return self.events.push_back(Event::Revoke(credential));
        };
        let (latest, first) = self.renewals;
        if !(first..=latest).contains(&renewal) {
            return;
        }
        live.credential = Some(credential);
        live.in_flight = false;
        if let Some(flight) = &mut self.flight {
            flight.received = true;
        }
        self.keep();
    }

    pub(super) fn conclude(&mut self, flight: &Flight, answer: Answer, now: Now) {
        match answer {
            Answer::Confirmed { person, evidence, said_at } => {
                self.confirm_time(said_at);
                self.confirm(person, evidence, now);
            }
            Answer::InvalidGrant => self.deny(flight, now),
            Answer::Refused(refusal) => self.refuse(refusal),
            Answer::Failed(failure) => {
                let doubt = failure.is_uncertain();
                self.fail(flight, failure, doubt, now);
            }
            Answer::NotAsked(failure) => self.fail(flight, failure, false, now),
        }
    }

    fn confirm(&mut self, person: Person, evidence: Evidence, now: Now) {
        let Held::Live(live) = &mut self.held else { return };
        if !live.person.is_same_account(&person) {
            let account = live.person.account.clone();
            return self.end(Ending::AccountChanged { account, found: person.account });
        }
        **live = Live {
            person: Person { uid: live.person.uid, ..person },
            evidence,
            credential: live.credential.take(),
            confirmed: self.clock.believed(),
            granted: self.terms.grace(),
            in_flight: false,
            trouble: None,
        };
        self.keep();
        self.plan_recheck(now);
    }

    fn deny(&mut self, flight: &Flight, now: Now) {
        let Held::Live(live) = &mut self.held else { return };
        let rotates = live.credential.as_ref().is_some_and(Credential::rotates);
        if !(flight.doubt && !flight.received && rotates) {
            let account = live.person.account.clone();
            return self.end(Ending::Revoked { account });
        }
        live.credential = None;
        live.in_flight = false;
        live.hindered(Hindrance::SignInAgain, self.clock.believed());
        self.schedule.stop();
        self.keep();
        tracing::info!(boottime = ?now.boottime, "the answer to an earlier renewal got lost; a new sign-in is needed");
    }

    pub(super) fn refuse(&mut self, refusal: Refusal) {
        let Held::Live(live) = &self.held else { return };
        let credential = live.credential.clone();
        self.end(Ending::Refused { refusal });
        self.events.extend(credential.map(Event::Revoke));
    }

    fn fail(&mut self, flight: &Flight, failure: Failure, doubt: bool, now: Now) {
        let Held::Live(live) = &mut self.held else { return };
        live.in_flight = !flight.received && (flight.doubt || doubt);
        self.schedule.failed(failure.retry_after().map(unsigned), now);
        live.hindered(Hindrance::Failed { failure }, self.clock.believed());
        self.keep();
    }
}

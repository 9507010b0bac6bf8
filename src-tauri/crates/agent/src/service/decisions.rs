//! Takes the gateway's decisions: into the journal on a thread of its own, and to whoever watches.
//!
//! The journal never decides: a full disk neither lets a denied pull through nor stops an allowed one. It becomes a
//! condition instead.

use std::{
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        mpsc::{Sender, SyncSender, channel, sync_channel},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use gateway::Decided;
use host::dirs::Dirs;
use jiff::SignedDuration;
use journal::{Journal, JournalError};
use policy::{Asker, Entry, Reason};
use tokio::sync::broadcast;
use wire::{Event, Severity};

use super::{StartError, conditions::Conditions};

/// The way from the gateway to the journal.
#[derive(Clone)]
pub(super) struct Journaled {
    lane: Sender<Note>,
    journal: Arc<RwLock<Option<Journal>>>,
    writer: Arc<Mutex<Option<JoinHandle<()>>>>,
}

enum Note {
    Entry(Box<Entry>),
    /// To be answered when everything before it is written.
    Reached(SyncSender<()>),
    End,
}

/// A person who asks waits this long at most for what was just decided.
const CATCH_UP: Duration = Duration::from_secs(2);
const FAILING: &str = "journal-failing";
/// About a year of a busy developer.
const KEEP_ROWS: usize = 100_000;
const KEEP_FOR: SignedDuration = SignedDuration::from_hours(24 * 400);
const PRUNE_EVERY: u32 = 1000;

impl Journaled {
    /// Opens the journal and starts its thread.
    pub(super) fn open(
        dirs: &Dirs,
        conditions: Arc<Conditions>,
        events: broadcast::Sender<Event>,
    ) -> Result<Self, StartError> {
        let journal = Arc::new(RwLock::new(None));
        let (lane, notes) = channel();
        let place = dirs.state.join("journal.sqlite");
        let writer = Writer { place, journal: Arc::clone(&journal), conditions, events };
        writer.open();
        let thread = thread::Builder::new().name("journal".into()).spawn(move || {
            let mut written = 0;
            loop {
                match notes.recv() {
                    Ok(Note::Entry(entry)) => writer.take(&entry),
                    Ok(Note::Reached(waiting)) => {
                        // Who no longer waits needs no answer.
                        let _gone = waiting.send(());
                        continue;
                    }
                    Ok(Note::End) | Err(_) => break,
                }
                written += 1;
                if written % PRUNE_EVERY == 0 {
                    writer.prune();
                }
            }
        })?;
        Ok(Self { lane, journal, writer: Arc::new(Mutex::new(Some(thread))) })
    }

    /// Asks the journal, if there is one, once it has everything that was decided so far; blocks.
    pub(super) fn with_journal<T>(
        &self,
        work: impl FnOnce(&Journal) -> Result<T, JournalError>,
    ) -> Option<Result<T, JournalError>> {
        let (waiting, reached) = sync_channel(1);
        if self.lane.send(Note::Reached(waiting)).is_ok() {
            // A writer that has fallen or hangs on a slow disk: what is written so far is the answer.
            let _late = reached.recv_timeout(CATCH_UP);
        }
        self.journal.read().unwrap_or_else(PoisonError::into_inner).as_ref().map(work)
    }

    /// Writes what is still to be written.
    pub(super) fn finish(&self) {
        let thread = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let (Ok(()), Some(thread)) = (self.lane.send(Note::End), thread)
            && thread.join().is_err()
        {
            tracing::error!("the journal's thread has failed");
        }
    }
}

impl gateway::Decisions for Journaled {
    fn decided(&self, decision: &Decided) {
        // The product's own proof is nobody's pull.
        if decision.verdict.finding.reason == Reason::Canary {
            return;
        }
        if self.lane.send(Note::Entry(Box::new(entry(decision)))).is_err() {
            tracing::error!(id = %decision.verdict.id, "a decision could not be journaled");
        }
    }
}

/// Bits for the name of a verdict.
pub(super) fn random_bits() -> u64 {
    let mut bytes = [0; 8];
    if let Err(error) = getrandom::fill(&mut bytes) {
        tracing::error!(%error, "no randomness; the clock stands in for it in a verdict's name");
        return host::clock::now().as_nanosecond().unsigned_abs() as u64;
    }
    u64::from_le_bytes(bytes)
}

struct Writer {
    place: std::path::PathBuf,
    journal: Arc<RwLock<Option<Journal>>>,
    conditions: Arc<Conditions>,
    events: broadcast::Sender<Event>,
}

impl Writer {
    fn open(&self) {
        match Journal::open(&self.place, host::clock::now()) {
            Ok(opened) => {
                if let Some(aside) = opened.set_aside {
                    let sentence = format!(
                        "The journal was damaged and has begun anew; the old one is `{}`",
                        aside.display()
                    );
                    let action = "Keep the old file if its history matters, else remove it";
                    self.conditions.raise("journal-damaged", Severity::Attention, sentence, Some(action));
                }
                self.conditions.clear(FAILING);
                *self.journal.write().unwrap_or_else(PoisonError::into_inner) = Some(opened.journal);
            }
            Err(error) => self.failing(&error),
        }
    }

    fn take(&self, entry: &Entry) {
        // Nobody watching is no fault.
        let _listeners = self.events.send(Event::Verdict { entry: Box::new(entry.clone()) });
        if self.journal.read().unwrap_or_else(PoisonError::into_inner).is_none() {
            self.open();
        }
        let recorded =
            self.journal.read().unwrap_or_else(PoisonError::into_inner).as_ref().map(|one| one.record(entry));
        match recorded {
            Some(Ok(())) => self.conditions.clear(FAILING),
            Some(Err(error)) => {
                if matches!(error, JournalError::Damaged { .. }) {
                    *self.journal.write().unwrap_or_else(PoisonError::into_inner) = None;
                }
                self.failing(&error);
            }
            None => {}
        }
    }

    fn prune(&self) {
        let older = host::clock::now().checked_sub(KEEP_FOR).unwrap_or(jiff::Timestamp::MIN);
        let pruned = self
            .journal
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            .map(|one| one.prune(KEEP_ROWS, older));
        if let Some(Err(error)) = pruned {
            self.failing(&error);
        }
    }

    fn failing(&self, error: &JournalError) {
        let sentence = format!("Decisions are enforced but cannot be recorded: {error}");
        self.conditions.raise(
            FAILING,
            Severity::Critical,
            sentence,
            Some("Free some space in `/var/lib/pullgate`"),
        );
    }
}

fn entry(decided: &Decided) -> Entry {
    Entry {
        verdict: decided.verdict.clone(),
        count: decided.count,
        last: decided.last,
        asker: Asker { uid: decided.uid, pid: None, program: None },
        upstream: decided.upstream.clone(),
        digest: decided.digest.clone(),
    }
}

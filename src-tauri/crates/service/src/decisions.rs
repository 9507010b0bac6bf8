//! Takes the gateway's decisions: into the journal on a thread of its own, and to whoever watches.
//!
//! The journal never decides: a full disk neither lets a denied pull through nor stops an allowed one. It becomes a
//! condition instead.

mod losses;

use std::{
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use gateway::DecisionRecord;
use host::{
    dirs::Dirs,
    quota::{self, Limits, Quota, Share},
};
use jiff::SignedDuration;
use journal::{Journal, JournalError};
use policy::{Asker, Entry, Reason};
use tokio::sync::broadcast;
use wire::{Event, Severity};

use super::conditions::Conditions;
use losses::Losses;

/// The way from the gateway to the journal.
#[derive(Clone)]
pub(super) struct JournalWriter {
    queue: Sender<Note>,
    waiting: Arc<Quota>,
    losses: Arc<Losses>,
    journal: Arc<RwLock<Option<Journal>>>,
    writer: Arc<Mutex<Option<JoinHandle<()>>>>,
}

enum Note {
    Entry(Box<Entry>, Share),
    /// To be answered when everything before it is written.
    Flush(SyncSender<()>),
    End,
}

/// A person who asks waits this long at most for what was just decided.
const CATCH_UP: Duration = Duration::from_secs(2);
const FAILING: &str = "journal-failing";
/// About a year of a busy developer.
const KEEP_ROWS: usize = 100_000;
pub(super) const KEEP_FOR: SignedDuration = SignedDuration::from_hours(24 * 400);
const PRUNE_EVERY: usize = 1000;
/// Decisions that wait for the disk, some 3 KB each. Beyond that they are counted.
const WAITING: Limits = Limits { each: 2048, all: 8192, for_root: 2048 };
/// So many are written together where so many wait: a slow disk has to keep them once.
const TOGETHER: usize = 256;
/// How long the writer waits for a decision before it looks at what was lost.
const LOOK: Duration = Duration::from_secs(10);

impl JournalWriter {
    /// Opens the journal and starts its thread.
    pub(super) fn open(
        dirs: &Dirs,
        conditions: Arc<Conditions>,
        events: broadcast::Sender<Event>,
    ) -> std::io::Result<Self> {
        let journal = Arc::new(RwLock::new(None));
        let (queue, notes) = channel();
        let place = dirs.state.join("journal.sqlite");
        let losses = Arc::new(Losses::default());
        let writer =
            Writer { place, journal: Arc::clone(&journal), conditions, events, losses: Arc::clone(&losses) };
        writer.open();
        writer.prune();
        let thread = thread::Builder::new().name("journal".into()).spawn(move || writer.run(&notes))?;
        let writer = Arc::new(Mutex::new(Some(thread)));
        Ok(Self { queue, waiting: Quota::new(WAITING), losses, journal, writer })
    }

    /// Asks the journal, if there is one, once it has everything that was decided so far; blocks.
    pub(super) fn with_journal<T>(
        &self,
        work: impl FnOnce(&Journal) -> Result<T, JournalError>,
    ) -> Option<Result<T, JournalError>> {
        let (waiting, flushed) = sync_channel(1);
        if self.queue.send(Note::Flush(waiting)).is_ok() {
            // A writer that has fallen or hangs on a slow disk: what is written so far is the answer.
            let _late = flushed.recv_timeout(CATCH_UP);
        }
        self.journal.read().unwrap_or_else(PoisonError::into_inner).as_ref().map(work)
    }

    /// As when the disk hangs, until what is returned is dropped: whoever writes waits, and so does whoever reads.
    #[cfg(test)]
    pub(super) fn hang(&self) -> std::sync::RwLockWriteGuard<'_, Option<Journal>> {
        self.journal.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what is still to be written.
    pub(super) fn finish(&self) {
        let thread = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let (Ok(()), Some(thread)) = (self.queue.send(Note::End), thread)
            && thread.join().is_err()
        {
            tracing::error!("the journal's thread has failed");
        }
    }
}

impl gateway::DecisionSink for JournalWriter {
    fn record(&self, decision: &DecisionRecord) {
        // The product's own proof is nobody's pull.
        if decision.verdict.finding.reason == Reason::Canary {
            return;
        }
        let Ok(place) = self.waiting.take(decision.uid, 1) else { return self.losses.behind() };
        if self.queue.send(Note::Entry(Box::new(entry(decision)), place)).is_err() {
            tracing::error!(id = %decision.verdict.id, "a decision could not be journaled");
        }
    }

    fn record_suppressed(&self, uid: Option<u32>) {
        self.losses.flooded(uid);
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
    losses: Arc<Losses>,
}

/// What a turn of the writer has to do.
#[derive(Default)]
struct Turn {
    entries: Vec<Entry>,
    /// Their places in the lane, given back when they are written.
    places: Vec<Share>,
    /// Who waits until they are.
    waiting: Vec<SyncSender<()>>,
    ends: bool,
}

impl Turn {
    fn add(&mut self, note: Note) {
        match note {
            Note::Entry(entry, place) => {
                self.entries.push(*entry);
                self.places.push(place);
            }
            Note::Flush(waiting) => self.waiting.push(waiting),
            Note::End => self.ends = true,
        }
    }
}

impl Writer {
    fn run(&self, notes: &Receiver<Note>) {
        let mut since_pruned = 0;
        loop {
            let mut turn = Turn::default();
            match notes.recv_timeout(LOOK) {
                Ok(note) => turn.add(note),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            while turn.entries.len() < TOGETHER && !turn.ends {
                let Ok(note) = notes.try_recv() else { break };
                turn.add(note);
            }
            self.take(&turn.entries);
            for waiting in &turn.waiting {
                // Who no longer waits needs no answer.
                let _gone = waiting.send(());
            }
            if turn.ends {
                return;
            }
            since_pruned += turn.entries.len();
            if since_pruned >= PRUNE_EVERY {
                since_pruned = 0;
                self.prune();
            }
            self.losses.tell(&self.conditions, Instant::now());
        }
    }

    fn open(&self) {
        match Journal::open(&self.place, host::clock::now()) {
            Ok(opened) => {
                if let Some(aside) = opened.set_aside {
                    let sentence = format!(
                        "The record of pulls was damaged and has begun anew; the old one is `{}`",
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

    fn take(&self, entries: &[Entry]) {
        if entries.is_empty() {
            return;
        }
        for entry in entries {
            // Nobody watching is no fault.
            let _listeners = self.events.send(Event::Verdict { entry: Box::new(entry.clone()) });
        }
        if self.journal.read().unwrap_or_else(PoisonError::into_inner).is_none() {
            self.open();
        }
        let recorded = {
            let journal = self.journal.read().unwrap_or_else(PoisonError::into_inner);
            journal.as_ref().map(|journal| journal.record_all(entries))
        };
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
            .map(|one| one.prune(KEEP_ROWS, older, &quota::ranges()));
        if let Some(Err(error)) = pruned {
            self.failing(&error);
        }
    }

    fn failing(&self, error: &JournalError) {
        let sentence = match error {
            JournalError::Full { .. } => "The disk is full, so pulls are not recorded".to_owned(),
            JournalError::Newer { .. }
            | JournalError::Busy { .. }
            | JournalError::Damaged { .. }
            | JournalError::File { .. }
            | JournalError::Storage { .. }
            | JournalError::Taken { .. }
            | JournalError::Entry { .. } => {
                format!("Pulls cannot be recorded: {error}")
            }
        };
        self.conditions.raise(FAILING, Severity::Critical, sentence, Some(remedy(error)));
    }
}

/// What helps against it.
fn remedy(error: &JournalError) -> &'static str {
    match error {
        JournalError::Full { .. } => "Free some space in `/var/lib/pullgate`",
        JournalError::Newer { .. } => "Update Pullgate, or move the file away and restart the service",
        JournalError::Busy { .. } => "Close what has the file open",
        JournalError::Damaged { .. } => "Restart the service: it moves the file aside and begins a new one",
        JournalError::File { .. }
        | JournalError::Storage { .. }
        | JournalError::Taken { .. }
        | JournalError::Entry { .. } => {
            "Make sure that `/var/lib/pullgate` is there, has room for another file and can be written by `pullgate`"
        }
    }
}

fn entry(decided: &DecisionRecord) -> Entry {
    Entry {
        verdict: decided.verdict.clone(),
        count: decided.count,
        last: decided.last,
        asker: Asker { uid: decided.uid },
        upstream: decided.upstream.clone(),
        failures: decided.failures.clone(),
        digest: decided.digest.clone(),
    }
}

#[cfg(test)]
mod tests;

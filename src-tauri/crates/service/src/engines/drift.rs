//! What is to be done about engines that drift: when one may be repaired and restarted, when something else that keeps
//! writing is left alone, and what a person is told. It decides and does nothing; time is since the machine's start.
//!
//! The rule for restarts: never while something is built or pulled, unless that has been waited for for [`LONGEST`];
//! at most one in [`APART`]; one that changed nothing counts, each further one waits twice as long, and after [`MOST_FUTILE`] of
//! them there is no more by itself; and somebody is told before and after.

mod conditions;

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use engines::{EngineId, MayRestart, Repaired, Restarted};

pub(super) use conditions::{CODES, DriftCondition};

/// A restart that waits for a build or pull waits no longer than this.
const LONGEST: Duration = Duration::from_secs(24 * 3600);
/// Between two restarts of an engine.
const APART: Duration = Duration::from_secs(60);
/// So many restarts in a row that changed nothing are enough.
const MOST_FUTILE: u32 = 3;
/// How soon a busy engine is asked again.
const ASK_AGAIN: Duration = Duration::from_secs(5);
/// So many repairs of a file within this time are a fight.
const CONTENTION_LIMIT: (usize, Duration) = (3, Duration::from_secs(600));
/// The first rest after a fight; each further one is twice as long, up to the longest.
const FIRST_REST: Duration = Duration::from_secs(120);
const LONGEST_REST: Duration = Duration::from_secs(3600);
/// How long people are told of what was repaired.
const SHOWN_FOR: Duration = Duration::from_secs(24 * 3600);

/// Everything that is known of drift.
#[derive(Default)]
pub(super) struct Drift(BTreeMap<EngineId, Engine>);

#[derive(Default)]
struct Engine {
    noticed: Option<Noticed>,
    waiting: Option<Waiting>,
    restarted: Option<Duration>,
    /// What restarts did not change.
    futile: FutileRestarts,
    /// Files and when they were put back, as long as that matters.
    repairs: Vec<(Duration, PathBuf)>,
    rest: Option<Backoff>,
}

/// What was last changed from outside, and what came of it.
struct Noticed {
    at: Duration,
    files: Vec<PathBuf>,
    end: End,
}

enum End {
    Repaired,
    Restarted,
    Failed(String),
}

/// A restart that is needed.
struct Waiting {
    since: Duration,
    again: Duration,
    work: Option<String>,
}

/// Restarts in a row after which the engine ran as before, without the gateway's settings.
#[derive(Default)]
struct FutileRestarts {
    times: u32,
    /// There was one, and it is not known yet what it changed.
    open: bool,
}

/// An engine that is left alone.
struct Backoff {
    until: Duration,
    length: Duration,
    why: Contention,
    /// It is tried again; the length is remembered until that has succeeded.
    over: bool,
}

enum Contention {
    /// Something else keeps writing.
    Writer(PathBuf),
    /// The engine does not start with our files.
    Start(String),
}

impl Drift {
    /// What may be done to an engine now; nothing while it is left alone.
    pub(super) fn may(&self, engine: EngineId, now: Duration) -> Option<MayRestart> {
        let Some(known) = self.0.get(&engine) else { return Some(MayRestart::No) };
        if known.rest.as_ref().is_some_and(|rest| !rest.over && now < rest.until) {
            return None;
        }
        Some(match &known.waiting {
            Some(waiting) if now < waiting.again => MayRestart::No,
            Some(waiting) if now >= waiting.since + LONGEST => MayRestart::Anyway,
            Some(_) => MayRestart::Idle,
            None => MayRestart::No,
        })
    }

    /// An engine was looked after.
    pub(super) fn handle_repaired(&mut self, repaired: &Repaired, now: Duration) {
        let engine = self.0.entry(repaired.engine).or_default();
        engine.weigh(repaired);
        engine.restart(&repaired.restart, now);
        if let Some(words) = &repaired.failed {
            engine.fail(repaired, words, now);
            return;
        }
        let done = match repaired.restart {
            Restarted::Once => Some(End::Restarted),
            Restarted::NotNeeded | Restarted::Wanted | Restarted::Busy(_) => {
                (!repaired.changed.is_empty()).then_some(End::Repaired)
            }
        };
        match done {
            Some(end) => engine.notice(&repaired.changed, end, now),
            // Somebody has put right what could not be put back.
            None => drop(engine.noticed.take_if(|noticed| matches!(noticed.end, End::Failed(_)))),
        }
        engine.count(&repaired.changed, now);
    }

    /// An engine proved that it is routed.
    pub(super) fn handle_proved(&mut self, engine: EngineId, now: Duration) {
        if let Some(engine) = self.0.get_mut(&engine) {
            let is_old = |noticed: &mut Noticed| now >= noticed.at + SHOWN_FOR;
            engine.noticed.take_if(is_old);
        }
    }

    /// Somebody has led these engines anew by hand, all of them when none is named.
    pub(super) fn handle_applied(&mut self, engine: Option<EngineId>) {
        self.0.retain(|known, _| engine.is_some_and(|engine| engine != *known));
    }

    /// When something is to be done without anybody asking, and why.
    pub(super) fn poll_timeout(&self) -> Option<(Duration, &'static str)> {
        self.0.values().filter_map(Engine::poll_timeout).min()
    }
}

impl Engine {
    fn poll_timeout(&self) -> Option<(Duration, &'static str)> {
        match (self.rest.as_ref().filter(|rest| !rest.over), &self.waiting) {
            (Some(rest), _) => Some((rest.until, "something else wrote")),
            (None, Some(waiting)) => Some((waiting.again, "a restart is needed")),
            (None, None) => None,
        }
    }

    /// What the last restart was good for. One after which a file was changed from outside proves nothing.
    fn weigh(&mut self, repaired: &Repaired) {
        match repaired.restart {
            Restarted::Once => self.futile.open = true,
            Restarted::NotNeeded if repaired.failed.is_some() => {}
            Restarted::NotNeeded => self.futile = FutileRestarts::default(),
            Restarted::Wanted | Restarted::Busy(_) if !repaired.changed.is_empty() => {
                self.futile = FutileRestarts::default();
            }
            Restarted::Wanted | Restarted::Busy(_) if self.futile.open => {
                self.futile = FutileRestarts { times: self.futile.times + 1, open: false };
                let in_vain = |it: &mut Noticed| matches!(it.end, End::Restarted) && it.files.is_empty();
                self.noticed.take_if(in_vain);
            }
            Restarted::Wanted | Restarted::Busy(_) => {}
        }
    }

    fn restart(&mut self, restart: &Restarted, now: Duration) {
        let (since, before) = self.waiting.take().map_or((now, None), |it| (it.since, it.work));
        let apart = APART * 2_u32.pow(self.futile.times.min(MOST_FUTILE));
        let earliest = self.restarted.map_or(now, |restarted| (restarted + apart).max(now));
        let work = match restart {
            Restarted::NotNeeded => return,
            Restarted::Once => {
                self.restarted = Some(now);
                self.rest = None;
                return;
            }
            Restarted::Wanted | Restarted::Busy(_) if self.futile.times >= MOST_FUTILE => return,
            Restarted::Wanted => {
                self.waiting = Some(Waiting { since, again: earliest, work: before });
                return;
            }
            Restarted::Busy(work) => work.clone(),
        };
        self.waiting = Some(Waiting { since, again: earliest.max(now + ASK_AGAIN), work: Some(work) });
    }

    fn fail(&mut self, repaired: &Repaired, words: &str, now: Duration) {
        if repaired.rolled_back {
            self.restarted = Some(now);
            self.rest_after(Contention::Start(words.to_owned()), now);
        }
        let known = self.noticed.as_ref().is_some_and(|it| matches!(&it.end, End::Failed(it) if it == words));
        if !known {
            self.notice(&repaired.changed, End::Failed(words.to_owned()), now);
        }
    }

    /// A restart that ends what began with changed files is told with them.
    fn notice(&mut self, files: &[PathBuf], end: End, now: Duration) {
        let before = self.noticed.take().filter(|it| files.is_empty() || now < it.at + CONTENTION_LIMIT.1);
        let mut all = before.map(|it| it.files).unwrap_or_default();
        all.extend(files.iter().filter(|file| !all.contains(file)).cloned().collect::<Vec<_>>());
        self.noticed = Some(Noticed { at: now, files: all, end });
    }

    /// Who writes again right after a rest was only waiting for its end.
    fn count(&mut self, changed: &[PathBuf], now: Duration) {
        if let Some(Backoff { why: Contention::Start(_), over, .. }) = &mut self.rest {
            *over = true;
            return;
        }
        self.repairs.retain(|(at, _)| now < *at + CONTENTION_LIMIT.1);
        self.repairs.extend(changed.iter().map(|file| (now, file.clone())));
        let times = |file: &PathBuf| self.repairs.iter().filter(|(_, it)| it == file).count();
        let writer =
            changed.iter().find(|file| self.rest.is_some() || times(file) >= CONTENTION_LIMIT.0).cloned();
        match writer {
            Some(file) => self.rest_after(Contention::Writer(file), now),
            None => self.rest = None,
        }
    }

    fn rest_after(&mut self, why: Contention, now: Duration) {
        let length = self.rest.take().map_or(FIRST_REST, |rest| (rest.length * 2).min(LONGEST_REST));
        self.repairs.clear();
        self.rest = Some(Backoff { until: now + length, length, why, over: false });
    }
}

#[cfg(test)]
mod tests;

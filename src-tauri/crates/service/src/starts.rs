//! How often the service was started without having ended before, and how often the steward broke off: a crash loop is
//! seen by nobody else, since the sockets stay and each start looks like the first.

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use host::files::{FileError, Mode, read_private, write_atomically};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use wire::Severity;

use super::conditions::Conditions;

const FILE: &str = "starts.json";
const LIMIT: u64 = 64 * 1024;
/// One crash may be chance, and so may a second.
const MANY: usize = 3;
const WITHIN: Duration = Duration::from_secs(10 * 60);
/// As many as are worth counting.
const KEPT: usize = 1000;
const CODE: &str = "service-crashing";
const STEWARD: &str = "steward-crashing";
/// The boot that the times are of (random(4)).
const BOOT_ID: &str = "/proc/sys/kernel/random/boot_id";

/// The crashes of this boot.
pub(super) struct Starts {
    file: PathBuf,
    record: Mutex<Record>,
}

/// When something ended that should not have, in seconds since the machine started.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
struct Crashes(Vec<u64>);

impl Crashes {
    fn add(&mut self, now: Duration) {
        self.0.push(now.as_secs());
        self.forget(now);
    }

    /// Forgets what is long ago, or too much.
    fn forget(&mut self, now: Duration) {
        let from = now.saturating_sub(WITHIN).as_secs();
        self.0.retain(|at| (from..=now.as_secs()).contains(at));
        let surplus = self.0.len().saturating_sub(KEPT);
        self.0.drain(..surplus);
    }

    /// How many there were lately, where they are many.
    fn many(&self, now: Duration) -> Option<usize> {
        let from = now.saturating_sub(WITHIN).as_secs();
        let lately = self.0.iter().filter(|at| (from..=now.as_secs()).contains(*at)).count();
        Some(lately).filter(|count| *count >= MANY)
    }
}

/// The steward's, as far as the service saw them.
#[derive(Default)]
pub(super) struct StewardCrashes {
    crashes: Mutex<Crashes>,
    became_many: Notify,
}

impl StewardCrashes {
    /// The steward ended while it was asked.
    pub(super) fn note(&self) {
        let now = host::clock::boottime();
        let mut crashes = self.crashes.lock().unwrap_or_else(PoisonError::into_inner);
        crashes.add(now);
        if crashes.many(now) == Some(MANY) {
            self.became_many.notify_one();
        }
    }

    /// Ends when there is something to tell that was not there before.
    pub(super) async fn became_many(&self) {
        self.became_many.notified().await;
    }

    /// Raises or clears the condition, as time passes.
    pub(super) fn tell(&self, conditions: &Conditions) {
        let crashes = self.crashes.lock().unwrap_or_else(PoisonError::into_inner);
        let many = crashes.many(host::clock::boottime());
        drop(crashes);
        let Some(count) = many else { return conditions.clear(STEWARD) };
        let sentence = format!(
            "The Pullgate helper for system changes ended unexpectedly {count} times within 10 minutes, so engines are not looked after reliably"
        );
        let action = "Run `journalctl -u pullgate-steward.service -n 200` to see why, and \
                      `pullgate doctor --bundle FILE` for whoever looks into it";
        conditions.raise(STEWARD, Severity::Critical, sentence, Some(action));
    }
}

/// What is written down of the service's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Record {
    boot: String,
    /// Whether a service runs, or ended without a word.
    running: bool,
    /// When it was started after that.
    crashes: Crashes,
}

impl Record {
    /// What is known after another start.
    fn started(self, boot: String, now: Duration) -> Self {
        let mut crashes = if self.boot == boot { self.crashes } else { Crashes::default() };
        // A machine that lost its power is no service that crashed.
        if self.running && self.boot == boot {
            crashes.add(now);
        }
        Self { boot, running: true, crashes }
    }
}

impl Starts {
    /// Notes this start, and tells of many.
    pub(super) fn begin(state: &Path, conditions: &Conditions) -> Self {
        let boot = host::files::read_limited(Path::new(BOOT_ID), 64).ok().flatten().unwrap_or_default();
        Self::begin_at(state, conditions, String::from_utf8_lossy(&boot).trim(), host::clock::boottime())
    }

    fn begin_at(state: &Path, conditions: &Conditions, boot: &str, now: Duration) -> Self {
        let file = state.join(FILE);
        let before = match read_private(&file, LIMIT) {
            // It counts crashes and judges nothing, so a damaged one is worth no words.
            Ok(bytes) => bytes.and_then(|bytes| serde_json::from_slice::<Record>(&bytes).ok()),
            Err(error) => {
                tracing::info!(%error, "how often the service was started cannot be read");
                None
            }
        };
        let record = before.unwrap_or_default().started(boot.to_owned(), now);
        let starts = Self { file, record: Mutex::new(record) };
        starts.write();
        starts.tell_at(conditions, now);
        starts
    }

    /// Raises or clears the condition, as time passes.
    pub(super) fn tell(&self, conditions: &Conditions) {
        self.tell_at(conditions, host::clock::boottime());
    }

    fn tell_at(&self, conditions: &Conditions, now: Duration) {
        match self.record().crashes.many(now) {
            Some(count) => {
                let sentence = format!(
                    "The service ended unexpectedly {count} times within 10 minutes; pulls that were under way broke off"
                );
                let action = "Run `journalctl -u pullgate.service -n 200` to see why, and `pullgate doctor --bundle FILE` \
                              for whoever looks into it";
                conditions.raise(CODE, Severity::Critical, sentence, Some(action));
            }
            None => conditions.clear(CODE),
        }
    }

    /// The service ends as it should.
    pub(super) fn end(&self) {
        self.record.lock().unwrap_or_else(PoisonError::into_inner).running = false;
        self.write();
    }

    fn record(&self) -> Record {
        self.record.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn write(&self) {
        if let Err(why) = self.try_write() {
            tracing::info!(why, "how often the service was started cannot be written down");
        }
    }

    fn try_write(&self) -> Result<(), String> {
        let bytes = serde_json::to_vec(&self.record()).map_err(|error| error.to_string())?;
        write_atomically(&self.file, &bytes, Mode::PRIVATE).map_err(|error: FileError| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(conditions: &Conditions) -> Option<String> {
        conditions.list().into_iter().find(|one| one.code == CODE).map(|one| one.sentence)
    }

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_crash_loop_is_a_condition_until_it_is_over() {
        let state = tempfile::tempdir().unwrap();
        let conditions = Conditions::default();
        for seconds in 0..3 {
            Starts::begin_at(state.path(), &conditions, "one", at(1000 + seconds));
            assert_eq!(condition(&conditions), None, "after {seconds} crashes");
        }
        let starts = Starts::begin_at(state.path(), &conditions, "one", at(1003));
        let sentence = condition(&conditions).unwrap();
        assert!(
            sentence.starts_with("The service ended unexpectedly 3 times within 10 minutes"),
            "{sentence}"
        );
        starts.tell_at(&conditions, at(1001 + 599));
        assert!(condition(&conditions).is_some());
        starts.tell_at(&conditions, at(1001 + 601));
        assert_eq!(condition(&conditions), None);
    }

    #[test]
    fn a_service_that_ends_properly_may_be_started_as_often_as_one_likes() {
        let state = tempfile::tempdir().unwrap();
        let conditions = Conditions::default();
        for seconds in 0..9 {
            Starts::begin_at(state.path(), &conditions, "one", at(seconds)).end();
        }
        assert_eq!(condition(&conditions), None);
    }

    #[test]
    fn a_steward_that_breaks_off_again_and_again_is_a_condition() {
        let (crashes, conditions) = (StewardCrashes::default(), Conditions::default());
        for count in 1..=4 {
            crashes.note();
            crashes.tell(&conditions);
            assert_eq!(conditions.any(&[STEWARD]), count >= 3, "{count}");
        }
    }

    #[tokio::test]
    async fn a_steward_that_breaks_off_for_the_third_time_is_told_at_once() {
        let crashes = StewardCrashes::default();
        let brief = Duration::from_millis(20);
        crashes.note();
        crashes.note();
        assert!(tokio::time::timeout(brief, crashes.became_many()).await.is_err());
        crashes.note();
        tokio::time::timeout(Duration::from_secs(5), crashes.became_many()).await.unwrap();
    }

    #[test]
    fn a_machine_that_is_started_anew_has_no_crashes() {
        let state = tempfile::tempdir().unwrap();
        let conditions = Conditions::default();
        for boot in ["one", "two", "three", "four", "five"] {
            Starts::begin_at(state.path(), &conditions, boot, at(20));
        }
        assert_eq!(condition(&conditions), None);
        write_atomically(&state.path().join(FILE), b"damaged", Mode::PRIVATE).unwrap();
        Starts::begin_at(state.path(), &conditions, "five", at(30));
        assert_eq!(condition(&conditions), None);
    }
}

//! Keeps every request, in memory for the tests and as one JSON line each in `/lab/requests.jsonl`.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::sync::Mutex;
use std::time::Instant;

use acceptance::internet::Asked;

const JOURNAL: &str = "/lab/requests.jsonl";

pub(crate) struct Recorder {
    started: Instant,
    asked: Mutex<Vec<Asked>>,
    journal: Mutex<Option<File>>,
}

impl Default for Recorder {
    fn default() -> Self {
        let journal = OpenOptions::new().create(true).append(true).open(JOURNAL).ok();
        Self { started: Instant::now(), asked: Mutex::default(), journal: Mutex::new(journal) }
    }
}

impl Recorder {
    pub(crate) fn now(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    pub(crate) fn record(&self, asked: Asked) {
        if let Some(file) = self.journal.lock().expect("no holder panics").as_mut() {
            let line = serde_json::to_string(&asked).expect("a request is plain data");
            let _ = writeln!(file, "{line}");
        }
        self.asked.lock().expect("no holder panics").push(asked);
    }

    pub(crate) fn all(&self) -> Vec<Asked> {
        self.asked.lock().expect("no holder panics").clone()
    }

    pub(crate) fn forget(&self) {
        self.asked.lock().expect("no holder panics").clear();
    }
}

//! What people are told of drift, in sentences.

use std::{path::PathBuf, time::Duration};

use engines::EngineId;
use wire::Severity;

use super::{Backoff, Contention, Drift, End, Engine, LONGEST, MOST_FUTILE, Noticed, Waiting};

/// Something that needs somebody's eyes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::engines) struct DriftCondition {
    pub(in crate::engines) engine: EngineId,
    pub(in crate::engines) code: &'static str,
    pub(in crate::engines) severity: Severity,
    pub(in crate::engines) sentence: String,
    pub(in crate::engines) action: Option<String>,
}

/// The conditions there can be.
pub(in crate::engines) const CODES: [&str; 4] = [DRIFTED, WAITS, CONTESTED, FUTILE];
const DRIFTED: &str = "engine-drifted";
const WAITS: &str = "engine-restart-waits";
const CONTESTED: &str = "engine-contested";
const FUTILE: &str = "engine-restart-without-effect";

impl Drift {
    /// All of it, engine by engine.
    pub(in crate::engines) fn conditions(&self) -> Vec<DriftCondition> {
        self.0.iter().flat_map(|(id, engine)| of_engine(*id, engine)).collect()
    }
}

fn of_engine(id: EngineId, engine: &Engine) -> Vec<DriftCondition> {
    let noticed = engine.noticed.as_ref().map(|it| drifted(id, it));
    let is_futile = engine.futile.times > 0;
    let waiting =
        engine.waiting.as_ref().filter(|it| !is_futile || it.work.is_some()).map(|it| waits(id, it));
    let futile = is_futile.then(|| futile(id, engine));
    let contested = engine.rest.as_ref().filter(|rest| !rest.over).map(|it| contested(id, it));
    [noticed, waiting, contested, futile].into_iter().flatten().collect()
}

fn drifted(engine: EngineId, noticed: &Noticed) -> DriftCondition {
    let name = engine.name();
    let files = listed(&noticed.files);
    let changed = format!("The configuration of {name}{files} was changed outside Pullgate");
    let (severity, sentence) = match &noticed.end {
        End::Repaired => (Severity::Notice, format!("{changed} and put back")),
        End::Restarted if noticed.files.is_empty() => {
            (Severity::Notice, format!("{name} ran without Pullgate's settings and was restarted"))
        }
        End::Restarted => (Severity::Notice, format!("{changed} and put back; {name} was restarted")),
        End::Failed(why) => (Severity::Attention, format!("{changed} and could not be put back: {why}")),
    };
    let action = match noticed.end {
        End::Failed(_) => Some(format!("Run `sudo pullgate engines apply {engine} --dry-run`")),
        End::Repaired | End::Restarted => None,
    };
    DriftCondition { engine, code: DRIFTED, severity, sentence, action }
}

fn listed(files: &[PathBuf]) -> String {
    const MOST: usize = 3;
    let shown: Vec<String> = files.iter().take(MOST).map(|file| format!("`{}`", file.display())).collect();
    match (shown.is_empty(), files.len().saturating_sub(MOST)) {
        (true, _) => String::new(),
        (false, 0) => format!(" ({})", shown.join(", ")),
        (false, more) => format!(" ({} and {more} more)", shown.join(", ")),
    }
}

fn waits(engine: EngineId, waiting: &Waiting) -> DriftCondition {
    let name = engine.name();
    let until = match &waiting.work {
        Some(work) => format!("it waits for {work} that is running, for {} at the longest", span(LONGEST)),
        None => "it is restarted in a moment".to_owned(),
    };
    DriftCondition {
        engine,
        code: WAITS,
        severity: Severity::Attention,
        sentence: format!("{name} must restart before its pulls are checked again; {until}"),
        action: waiting
            .work
            .as_ref()
            .map(|_| format!("Let it end, or run `sudo systemctl restart {engine}`")),
    }
}

/// What keeps the settings out is not ours to know: another drop-in, a wrapper, a unit that clears its environment.
fn futile(id: EngineId, engine: &Engine) -> DriftCondition {
    let (name, times) = (id.name(), engine.futile.times);
    let counted = if times == 1 { "once".to_owned() } else { format!("{times} times") };
    let then = match times {
        times if times >= MOST_FUTILE => "Pullgate does not restart it again by itself".to_owned(),
        times => {
            format!("it is restarted again {} after the last time", span(super::APART * 2_u32.pow(times)))
        }
    };
    DriftCondition {
        engine: id,
        code: FUTILE,
        severity: Severity::Attention,
        sentence: format!(
            "{name} was restarted {counted} without effect: it still runs without Pullgate's settings; {then}"
        ),
        action: Some(format!(
            "Run `systemctl cat {id}` to find what keeps them out, then `sudo pullgate engines apply {id}`"
        )),
    }
}

fn contested(engine: EngineId, rest: &Backoff) -> DriftCondition {
    let name = engine.name();
    let length = span(rest.length);
    let (sentence, action) = match &rest.why {
        Contention::Writer(file) => (
            format!(
                "Something else keeps changing `{}` of {name}: Pullgate leaves it alone for {length} and tries again then",
                file.display()
            ),
            "Find the program that writes it and let it keep Pullgate's settings".to_owned(),
        ),
        Contention::Start(why) => (
            format!(
                "{name} did not come up with Pullgate's settings: Pullgate tries again in {length} ({why})"
            ),
            format!("Run `sudo journalctl --unit {engine}`"),
        ),
    };
    DriftCondition { engine, code: CONTESTED, severity: Severity::Attention, sentence, action: Some(action) }
}

fn span(time: Duration) -> String {
    match time.as_secs() {
        seconds if seconds >= 3600 => format!("{} h", seconds / 3600),
        seconds => format!("{} min", seconds / 60),
    }
}

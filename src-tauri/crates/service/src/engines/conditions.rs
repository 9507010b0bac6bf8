//! What is known of drift, as conditions of the machine and of each engine.

use std::sync::PoisonError;

use engines::{Repaired, Restarted};
use wire::{Condition, EngineReport, Routed};

use super::{
    Drift, Engines,
    drift::{CODES, DriftCondition},
};

/// Lets the state machine take something in, or say something.
pub(super) fn drift<T>(engines: &Engines, of: impl FnOnce(&mut Drift) -> T) -> T {
    of(&mut engines.drift.lock().unwrap_or_else(PoisonError::into_inner))
}

/// When each was repaired; what was only wished anew is no repair.
pub(super) fn repaired(engines: &Engines, done: &[&Repaired]) {
    for it in done.iter().filter(|it| !it.changed.is_empty() || it.restart == Restarted::Once) {
        let mut kept = engines.repair_states.lock().unwrap_or_else(PoisonError::into_inner);
        kept.entry(it.engine).or_default().repaired_at = Some(host::clock::now());
    }
    publish(engines);
}

/// Somebody has led engines anew by hand, all of them when none is named.
pub(super) fn applied(engines: &Engines, engine: Option<&str>) {
    match engine.map(str::parse) {
        Some(Err(_)) => {}
        Some(Ok(engine)) => drift(engines, |drift| drift.handle_applied(Some(engine))),
        None => drift(engines, |drift| drift.handle_applied(None)),
    }
    publish(engines);
}

/// An engine that was looked at may have proved itself.
pub(super) fn proved(engines: &Engines, reports: &[EngineReport]) {
    let now = host::clock::boottime();
    for report in reports.iter().filter(|report| report.routed == Routed::Yes) {
        if let Ok(engine) = report.engine.parse() {
            drift(engines, |drift| drift.handle_proved(engine, now));
        }
    }
    publish(engines);
}

/// Raises one condition a code, with what is told of every engine, and gives each engine its own.
fn publish(engines: &Engines) {
    let conditions = drift(engines, |drift| drift.conditions());
    for code in CODES {
        let of_code: Vec<&DriftCondition> = conditions.iter().filter(|it| it.code == code).collect();
        let sentences: Vec<&str> = of_code.iter().map(|it| it.sentence.as_str()).collect();
        let worst = of_code.iter().max_by_key(|it| it.severity);
        match worst {
            Some(it) => {
                engines.conditions.raise(code, it.severity, sentences.join("; "), it.action.as_deref())
            }
            None => engines.conditions.clear(code),
        }
    }
    let since = engines.conditions.list();
    let condition = |it: &DriftCondition| Condition {
        code: it.code.to_owned(),
        severity: it.severity,
        sentence: it.sentence.clone(),
        since: since.iter().find(|known| known.code == it.code).map_or_else(host::clock::now, |it| it.since),
        action: it.action.clone(),
    };
    {
        let mut kept = engines.repair_states.lock().unwrap_or_else(PoisonError::into_inner);
        kept.values_mut().for_each(|kept| kept.conditions.clear());
        for it in &conditions {
            kept.entry(it.engine).or_default().conditions.push(condition(it));
        }
    }
    engines.conditions.publish();
}

//! Counting entries: how many of a span of time had which outcome, and for which kind of reason.

use jiff::Timestamp;
use policy::EntryCount;
use rusqlite::{Row, params_from_iter};
use serde_json::Value;

use crate::error::JournalError;
use crate::journal::Journal;
use crate::query::{Query, Viewer};
use crate::row::{nanoseconds, outcome_of};

/// More than outcomes, kinds of rules and classes can make of each other.
const MOST: usize = 512;

impl Journal {
    /// How many entries with their last request in a span of time had each outcome for each kind of reason; without
    /// an end, up to now.
    pub fn counts(
        &self,
        visible_to: Viewer,
        from: Timestamp,
        until: Option<Timestamp>,
    ) -> Result<Vec<EntryCount>, JournalError> {
        let query = Query { since: Some(from), outcomes: Vec::new(), visible_to, limit: MOST };
        let (mut condition, mut values) = query.condition();
        if let Some(until) = until {
            condition.push_str(" AND last < ?");
            values.push(Box::new(nanoseconds(until)));
        }
        let sql = format!(
            "{COUNT} WHERE {condition} GROUP BY outcome, rule, class ORDER BY outcome, rule, class LIMIT {MOST}"
        );
        let connection = self.locked();
        let count = || {
            let mut statement = connection.prepare(&sql)?;
            let rows = statement.query_map(params_from_iter(&values), counted)?;
            rows.collect::<rusqlite::Result<Vec<_>>>()
        };
        let counts = count().map_err(|source| self.fault(source))?;
        Ok(counts.into_iter().flatten().collect())
    }
}

/// Only what was stopped, or would have been, is asked for its reason: the rest is most of the table.
const COUNT: &str = "
    SELECT outcome, json_extract(stopped, '$.finding.rule.kind') AS rule,
        json_extract(stopped, '$.finding.class') AS class, count(*)
    FROM (SELECT *, CASE WHEN outcome <> 'allowed' AND json_valid(verdict) THEN verdict END AS stopped FROM entries)";

/// A row, unless its outcome is a word of a later version.
fn counted(row: &Row<'_>) -> rusqlite::Result<Option<EntryCount>> {
    let Some(outcome) = outcome_of(&row.get::<_, String>(0)?) else { return Ok(None) };
    let word =
        |column| row.get::<_, Option<String>>(column).map(|word| word.map_or(Value::Null, Value::String));
    let rule = serde_json::from_value(word(1)?).unwrap_or_default();
    let class = serde_json::from_value(word(2)?).unwrap_or_default();
    Ok(Some(EntryCount { outcome, rule, class, entries: row.get(3)? }))
}

#[cfg(test)]
mod tests {
    use policy::{Class, Outcome, Rule, RuleKind};

    use super::*;
    use crate::sample::{entry, journal, time};

    fn count(outcome: Outcome, rule: Option<RuleKind>, class: Option<Class>, entries: u32) -> EntryCount {
        EntryCount { outcome, rule, class, entries }
    }

    #[test]
    fn entries_of_a_span_are_counted_by_outcome_and_reason() {
        let (_folder, journal) = journal();
        for number in 0..4 {
            journal.record(&entry(number)).unwrap();
        }
        let mut passed = entry(4);
        passed.verdict.finding.outcome = Outcome::Allowed;
        let mut by_registry = entry(5);
        by_registry.verdict.finding.class = None;
        by_registry.verdict.finding.rule =
            Some(Rule { kind: RuleKind::Registry, id: "quay".into(), text: "quay.io: block".into() });
        journal.record_all(&[passed, by_registry]).unwrap();

        let community =
            |entries| count(Outcome::Blocked, Some(RuleKind::Class), Some(Class::Community), entries);
        let registry = count(Outcome::Blocked, Some(RuleKind::Registry), None, 1);
        let allowed = count(Outcome::Allowed, None, None, 1);
        let everything = Viewer::Everything;
        assert_eq!(journal.counts(everything, time(0), Some(time(2))).unwrap(), [community(2)]);
        assert_eq!(journal.counts(everything, time(1), None).unwrap(), [allowed, community(3), registry]);
        assert_eq!(journal.counts(everything, time(9), None).unwrap(), []);
    }

    #[test]
    fn nobody_counts_what_belongs_to_somebody_else() {
        let (_folder, journal) = journal();
        journal.record(&entry(0)).unwrap();
        assert_eq!(journal.counts(Viewer::Person(1001), time(0), None).unwrap(), []);
        assert_eq!(journal.counts(Viewer::Person(1000), time(0), None).unwrap().len(), 1);
    }

    #[test]
    fn a_damaged_verdict_is_counted_without_its_reason() {
        let (_folder, journal) = journal();
        journal.record(&entry(0)).unwrap();
        journal.locked().execute("UPDATE entries SET verdict = '{'", []).unwrap();
        let counts = journal.counts(Viewer::Everything, time(0), None).unwrap();
        assert_eq!(counts, [count(Outcome::Blocked, None, None, 1)]);
    }
}

//! The page's types in TypeScript are made from those here.

use std::path::Path;

use ts_rs::{Config, TS};

use super::super::*;
use crate::gate::Gate;

const FILE: &str = "../../../ui/src/page.ts";
const OPENING: &str = "// Made from the types in `src-tauri/crates/desktop/src/page.rs`; `UPDATE=1 cargo test --package desktop` writes it anew.\n";

fn written() -> String {
    let config = Config::new();
    let types = [
        Question::decl(&config),
        Answer::decl(&config),
        Problem::decl(&config),
        Frame::decl(&config),
        Gate::decl(&config),
        Session::decl(&config),
        Place::decl(&config),
        Tab::decl(&config),
        StatusPage::decl(&config),
        status::News::decl(&config),
        Waiting::decl(&config),
        ConditionRow::decl(&config),
        Tone::decl(&config),
        ActivityPage::decl(&config),
        activity::ActivityDay::decl(&config),
        BlockedFilter::decl(&config),
        blocked::Period::decl(&config),
        BlockedPage::decl(&config),
        BlockedRow::decl(&config),
        reason::ReasonKind::decl(&config),
        reason::ReasonCount::decl(&config),
        VerdictPage::decl(&config),
        Requested::decl(&config),
        Ladder::decl(&config),
        ladder::LadderRung::decl(&config),
        ladder::LadderState::decl(&config),
        PolicyPage::decl(&config),
        PolicyGroup::decl(&config),
        PolicyLine::decl(&config),
        Explanation::decl(&config),
        EnginesPage::decl(&config),
        EngineRow::decl(&config),
        Routed::decl(&config),
        ImagesPage::decl(&config),
        ImageRow::decl(&config),
        images::UnlistedRow::decl(&config),
        ChecksPage::decl(&config),
        checks::CheckRow::decl(&config),
        SettingsPage::decl(&config),
        SettingRow::decl(&config),
        WaysOn::decl(&config),
        Fact::decl(&config),
        FactKind::decl(&config),
        Outcome::decl(&config),
    ];
    types.iter().fold(OPENING.to_owned(), |text, one| format!("{text}\nexport {}\n", on_one_line(one)))
}

/// A type without the comments of the other side.
fn on_one_line(one: &str) -> String {
    let is_code = |line: &&str| !["/**", "*", "*/"].iter().any(|mark| line.trim_start().starts_with(mark));
    one.lines().filter(is_code).map(str::trim).collect::<Vec<_>>().join(" ").replace(", }", " }")
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a file of the checkout, which its author looks at")]
fn the_page_knows_the_types_as_they_are() {
    let (path, written) = (Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE), written());
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &written).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(&path).unwrap(),
        written,
        "`{FILE}` is stale; set UPDATE=1 to write it"
    );
}

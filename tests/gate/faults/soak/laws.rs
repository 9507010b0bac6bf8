//! What holds after every kill.

use std::fs;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::Soak;
use super::engines::inside;

const STATE: &str = "/var/lib/pullgate";
/// How things stand, then what the journal says of itself, then each of its rows.
const LOOK: &str = "timeout 20 pullgate status --json && echo && \
     sqlite3 /var/lib/pullgate/journal.sqlite 'PRAGMA integrity_check; SELECT id FROM entries'";
/// Conditions that mean that something on the disk was lost or damaged.
const DAMAGE: [&str; 9] = [
    "journal-damaged",
    "journal-failing",
    "pause-unreadable",
    "policy-not-kept",
    "policy-refused",
    "provenance-not-kept",
    "provenance-unreadable",
    "session-not-kept",
    "session-unreadable",
];

/// Waits until the service serves again, and holds everything against what was known before. Returns the status.
pub(super) fn hold(soak: &mut Soak<'_>, when: &str) -> Value {
    whole(soak, STATE, when);
    let mut said = String::new();
    soak.desk.laptop.wait_for("the service serves", |laptop| {
        let output = laptop.run(LOOK);
        said = output.stdout;
        output.code == 0
    });
    let (status, journal) = said.split_once("\n\n").unwrap_or_default();
    let status: Value = serde_json::from_str(status).unwrap_or_default();
    stands(soak, &status, when);
    is_kept(soak, journal, when);
    nothing_is_left_behind(soak, when);
    status
}

/// Every file of the state is whole at any moment, and the policy is none of before.
pub(super) fn whole(soak: &mut Soak<'_>, folder: &str, when: &str) {
    let folder = inside(&soak.desk.laptop, folder);
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let lines = match name.as_str() {
            "provenance.jsonl" => true,
            name if name.ends_with(".json") => false,
            _ => continue,
        };
        // What was taken away meanwhile is not torn.
        let Ok(text) = fs::read_to_string(entry.path()) else { continue };
        let is_json = |text: &str| serde_json::from_str::<Value>(text).is_ok();
        let whole = if lines { text.lines().all(is_json) } else { is_json(&text) };
        soak.hold(whole, || format!("{when}: `{name}` is torn: {text}"));
        if name == "policy.json" {
            let (kept, confirmed) = (serial(&text), soak.confirmed);
            soak.hold(kept >= confirmed, || {
                format!("{when}: policy {kept} is kept after {confirmed} was in force")
            });
        }
    }
}

/// The number of the policy that is kept: a document inside an envelope inside the file.
fn serial(kept: &str) -> u64 {
    let read = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
    let envelope = read(read(kept)["policy"].as_str().unwrap_or_default());
    let payload = STANDARD.decode(envelope["payload"].as_str().unwrap_or_default()).unwrap_or_default();
    read(&String::from_utf8_lossy(&payload))["serial"].as_u64().unwrap_or_default()
}

/// What the service says of itself.
fn stands(soak: &mut Soak<'_>, status: &Value, when: &str) {
    let serial = status["policy"]["stamp"]["serial"].as_u64().unwrap_or_default();
    let confirmed = soak.confirmed;
    soak.hold(serial >= confirmed, || format!("{when}: policy {serial} is in force after {confirmed} was"));
    soak.confirmed = soak.confirmed.max(serial);
    soak.hold(status["enforcing"] == true, || format!("{when}: nothing is enforced: {status}"));
    let state = status["signIn"]["state"].as_str().unwrap_or_default().to_owned();
    let is_signed_in = ["signedIn", "renewing", "offlineGrace"].contains(&state.as_str());
    soak.hold(is_signed_in, || format!("{when}: the session is lost: {}", status["signIn"]));
    let codes = status["conditions"].as_array().cloned().unwrap_or_default();
    for condition in codes {
        let code = condition["code"].as_str().unwrap_or_default();
        soak.hold(!DAMAGE.contains(&code), || format!("{when}: {condition}"));
    }
}

/// The journal is sound, and every row that was ever there still is.
fn is_kept(soak: &mut Soak<'_>, said: &str, when: &str) {
    let mut lines = said.lines();
    let check = lines.next().unwrap_or_default().to_owned();
    soak.hold(check == "ok", || format!("{when}: the journal: {check}"));
    let rows: std::collections::BTreeSet<String> = lines.map(str::to_owned).collect();
    let lost: Vec<String> = soak.rows.difference(&rows).cloned().collect();
    soak.hold(lost.is_empty(), || format!("{when}: rows that were there are lost: {lost:?}"));
    soak.rows.extend(rows);
}

/// What the killed process had begun to write is swept by the next one.
fn nothing_is_left_behind(soak: &mut Soak<'_>, when: &str) {
    let folder = inside(&soak.desk.laptop, STATE);
    let mut left = Vec::new();
    for _ in 0..100 {
        let names = fs::read_dir(&folder).into_iter().flatten().flatten();
        let names = names.map(|entry| entry.file_name().to_string_lossy().into_owned());
        left = names.filter(|name| name.starts_with(".pullgate-")).collect();
        if left.is_empty() {
            return;
        }
        // The new one may be in the middle of a write of its own.
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    soak.hold(false, || format!("{when}: left behind: {left:?}"));
}

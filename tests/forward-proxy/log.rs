//! What was asked, one JSON line each.

use std::{fs::OpenOptions, io::Write};

use serde_json::json;

/// Writes one line. `agent` is what the asking program calls itself, `user` the name that was shown, `passed`
/// whether the question was let through.
pub(crate) fn write(form: &str, agent: &str, place: &str, user: Option<&str>, passed: bool) {
    let line = json!({ "form": form, "agent": agent, "place": place, "user": user, "passed": passed });
    let file = OpenOptions::new().create(true).append(true).open("/run/forward-proxy/log");
    let written = file.and_then(|mut file| file.write_all(format!("{line}\n").as_bytes()));
    written.expect("the folder of the log is there");
}

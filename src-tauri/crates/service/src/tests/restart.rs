//! What has ended stays so when the machine is started with its clock set back.

use host::{
    clock,
    files::{Mode, write_atomically},
};
use jiff::SignedDuration;
use policy::{Pause, Policy};

use super::dirs;
use crate::{conditions::Conditions, pause, policies, time};

fn in_days(days: i64) -> jiff::Timestamp {
    clock::now() + SignedDuration::from_hours(24 * days)
}

/// The time is the whole process's, so this one has a process of its own.
#[test]
fn what_has_ended_does_not_hold_again_when_the_clock_is_set_back_over_a_restart() {
    let name = "tests::restart::the_clock_is_set_back";
    let own = std::env::current_exe().unwrap();
    let run = std::process::Command::new(own).args(["--exact", "--ignored", name]).output().unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success() && said.contains("1 passed"), "{said}");
}

#[test]
#[ignore = "run by `what_has_ended_does_not_hold_again_when_the_clock_is_set_back_over_a_restart`"]
fn the_clock_is_set_back() {
    let folder = tempfile::tempdir().unwrap();
    let (dirs, conditions) = (dirs(folder.path()), Conditions::default());
    // Thirty days ago by what was written down then, which are thirty days from now by the clock.
    let kept = serde_json::json!({ "organization": "acme", "policy": "", "confirmed": in_days(30) });
    write_atomically(&dirs.state.join("policy.json"), kept.to_string().as_bytes(), Mode::PRIVATE).unwrap();
    let pause = Pause { until: in_days(5), reason: "a test".into(), by: "root".into() };
    pause::write(&dirs, Some(&pause)).unwrap();

    policies::recall_time(&dirs);

    assert!(time::now() >= in_days(30) - SignedDuration::from_mins(1), "{}", time::now());
    assert!(time::behind().is_some());
    assert_eq!(pause::read(&dirs, &conditions), None);
    assert!(!dirs.state.join("pause.json").exists());
    let stale = format!(r#"{{ "staleAfter": "{}", "onStale": "block","#, in_days(10));
    let policy = Policy::parse(policy::STARTER.replacen('{', &stale, 1).as_bytes(), None, "acme").unwrap();
    assert_eq!(policy.stale_since(clock::now()), None, "by the clock it has not ended");
    assert!(policy.stale_since(time::now()).is_some());
}

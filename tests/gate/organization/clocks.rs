//! The grace of a session, measured by a clock that anybody may set.

use acceptance::pull::Flavor;
use serde_json::json;

use super::desk::{IMAGE, desk, snapshot};

#[test]
fn a_session_runs_out_by_its_grace_and_comes_back_by_itself() {
    let mut desk = desk();
    desk.ada_signs_in();
    desk.lose_name();
    desk.later(25);
    assert_eq!(desk.wait_for_state("needed")["why"], json!({ "kind": "offlineTooLong" }));
    desk.laptop
        .wait_for("the name was looked for", |_| desk.told("sign-in-needed").contains("was not found"));
    snapshot("ran_out", &desk.told("sign-in-needed"));
    snapshot("ran_out_docker", &desk.stops(Flavor::DockerPull, IMAGE).to_string());
    desk.come_back();
    desk.touch_network();
    desk.wait_for_state("signedIn");
    desk.arrives(Flavor::DockerPull, IMAGE);
}

#[test]
fn a_clock_that_is_set_back_lengthens_no_grace_and_is_told() {
    let mut desk = desk();
    desk.ada_signs_in();
    desk.lose_name();
    desk.later(9);
    let until = desk.wait_for_state("offlineGrace")["until"].clone();
    desk.restart_when("-30d");
    assert_eq!(desk.wait_for_state("offlineGrace")["until"], until);
    let told = desk.told("clock-wrong");
    assert!(told.ends_with(" days behind the time that is known"), "{told}");
    desk.come_back();
    desk.later(0);
    desk.touch_network();
    desk.wait_for_state("signedIn");
}

use super::*;

const DOCKER: EngineId = EngineId::Docker;
const FILE: &str = "/etc/docker/daemon.json";

fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn repaired(changed: &[&str], restart: Restarted) -> Repaired {
    let files: Vec<PathBuf> = changed.iter().map(PathBuf::from).collect();
    Repaired {
        engine: DOCKER,
        written: files.clone(),
        changed: files,
        restart,
        failed: None,
        rolled_back: false,
    }
}

fn failed(words: &str, rolled_back: bool) -> Repaired {
    Repaired { failed: Some(words.into()), rolled_back, ..repaired(&[FILE], Restarted::NotNeeded) }
}

fn said(drift: &Drift) -> String {
    let lines =
        drift.conditions().into_iter().map(|it| format!("{} {:?}: {}", it.code, it.severity, it.sentence));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_repair_is_told_for_a_day_and_until_the_engine_proves_itself() {
    let mut drift = Drift::default();
    assert_eq!((drift.may(DOCKER, at(0)), drift.conditions()), (Some(MayRestart::No), Vec::new()));
    drift.handle_repaired(&repaired(&[FILE], Restarted::NotNeeded), at(10));
    let sentence = "The configuration of Docker Engine (`/etc/docker/daemon.json`) was changed outside Pullgate and put back";
    assert_eq!(said(&drift), format!("engine-drifted Notice: {sentence}"));
    drift.handle_repaired(&repaired(&[], Restarted::NotNeeded), at(60));
    drift.handle_proved(DOCKER, at(61));
    assert!(said(&drift).contains(sentence));
    drift.handle_proved(DOCKER, at(10) + SHOWN_FOR);
    assert_eq!(drift.conditions(), []);
}

#[test]
fn what_could_not_be_put_back_needs_eyes_until_it_is_right() {
    let mut drift = Drift::default();
    drift.handle_repaired(&failed("it is not JSON", false), at(10));
    assert!(said(&drift).starts_with("engine-drifted Attention: "), "{}", said(&drift));
    drift.handle_repaired(&failed("it is not JSON", false), at(60));
    drift.handle_repaired(&repaired(&[], Restarted::NotNeeded), at(100));
    assert_eq!(drift.conditions(), []);
}

#[test]
fn a_restart_is_told_before_it_is_made_and_after() {
    let mut drift = Drift::default();
    drift.handle_repaired(&repaired(&[FILE], Restarted::Wanted), at(10));
    let waits = "engine-restart-waits Attention: Docker Engine must restart before its pulls are checked again; it is restarted in a moment";
    assert!(said(&drift).ends_with(waits), "{}", said(&drift));
    assert_eq!(drift.poll_timeout().map(|(at, _)| at), Some(at(10)));
    assert_eq!(drift.may(DOCKER, at(10)), Some(MayRestart::Idle));
    drift.handle_repaired(&repaired(&[], Restarted::Once), at(12));
    assert_eq!(
        said(&drift),
        "engine-drifted Notice: The configuration of Docker Engine (`/etc/docker/daemon.json`) was changed outside Pullgate and put back; Docker Engine was restarted"
    );
    assert_eq!(drift.poll_timeout(), None);
}

#[test]
fn a_restart_waits_for_a_build_and_no_longer_than_a_day() {
    let mut drift = Drift::default();
    drift.handle_repaired(&repaired(&[], Restarted::Wanted), at(10));
    let mut now = at(10);
    while now < at(10) + LONGEST {
        assert_eq!(drift.may(DOCKER, now), Some(MayRestart::Idle));
        drift.handle_repaired(&repaired(&[], Restarted::Busy("a build".into())), now);
        assert_eq!(drift.may(DOCKER, now), Some(MayRestart::No));
        now = drift.poll_timeout().unwrap().0;
    }
    assert!(said(&drift).contains("it waits for a build that is running, for 24 h at the longest"));
    assert_eq!(drift.may(DOCKER, now), Some(MayRestart::Anyway));
}

#[test]
fn an_engine_is_restarted_at_most_once_a_minute() {
    let mut drift = Drift::default();
    drift.handle_repaired(&repaired(&[], Restarted::Once), at(10));
    drift.handle_repaired(&repaired(&[FILE], Restarted::Wanted), at(12));
    assert_eq!(drift.may(DOCKER, at(69)), Some(MayRestart::No));
    assert_eq!(drift.poll_timeout().unwrap().0, at(70));
    assert_eq!(drift.may(DOCKER, at(70)), Some(MayRestart::Idle));
}

#[test]
fn something_else_that_keeps_writing_is_left_alone_for_longer_and_longer() {
    let mut drift = Drift::default();
    for second in [1, 2] {
        drift.handle_repaired(&repaired(&[FILE], Restarted::NotNeeded), at(second));
        assert!(drift.may(DOCKER, at(second)).is_some());
    }
    drift.handle_repaired(&repaired(&[FILE], Restarted::NotNeeded), at(3));
    assert!(said(&drift).ends_with("leaves it alone for 2 min and tries again then"), "{}", said(&drift));
    let mut rests = Vec::new();
    let mut now = at(3);
    for _ in 0..7 {
        assert_eq!(drift.may(DOCKER, now), None);
        let until = drift.poll_timeout().unwrap().0;
        rests.push((until - now).as_secs() / 60);
        now = until;
        assert_eq!(drift.may(DOCKER, now), Some(MayRestart::No));
        drift.handle_repaired(&repaired(&[FILE], Restarted::NotNeeded), now);
    }
    assert_eq!(rests, [2, 4, 8, 16, 32, 60, 60]);
    let until = drift.poll_timeout().unwrap().0;
    drift.handle_repaired(&repaired(&[], Restarted::NotNeeded), until);
    assert_eq!((drift.poll_timeout(), said(&drift).contains("engine-contested")), (None, false));
}

#[test]
fn changes_of_other_files_and_changes_long_ago_are_no_fight() {
    let mut drift = Drift::default();
    for second in [0, 400, 800, 1200] {
        drift.handle_repaired(&repaired(&[FILE], Restarted::NotNeeded), at(second));
        drift.handle_repaired(&repaired(&["/etc/docker/other"], Restarted::NotNeeded), at(second + 1));
    }
    assert!(drift.may(DOCKER, at(1300)).is_some());
}

#[test]
fn an_engine_that_does_not_come_up_is_not_restarted_again_and_again() {
    let mut drift = Drift::default();
    drift.handle_repaired(&repaired(&[], Restarted::Wanted), at(10));
    drift.handle_repaired(&failed("the former files are back", true), at(12));
    assert_eq!(drift.may(DOCKER, at(100)), None);
    assert!(
        said(&drift).contains(
            "Docker Engine did not come up with Pullgate's settings: Pullgate tries again in 2 min"
        )
    );
    let again = drift.poll_timeout().unwrap().0;
    assert_eq!((again, drift.may(DOCKER, again)), (at(12) + FIRST_REST, Some(MayRestart::No)));
    drift.handle_repaired(&repaired(&[FILE], Restarted::Wanted), again);
    assert_eq!((drift.poll_timeout().unwrap().0, drift.may(DOCKER, again)), (again, Some(MayRestart::Idle)));
    drift.handle_repaired(&failed("the former files are back", true), again);
    assert_eq!(drift.poll_timeout().unwrap().0, again + FIRST_REST * 2);
}

#[test]
fn whoever_leads_an_engine_anew_by_hand_ends_the_rest() {
    let mut drift = Drift::default();
    for second in [1, 2, 3] {
        drift.handle_repaired(&repaired(&[FILE], Restarted::NotNeeded), at(second));
    }
    drift.handle_applied(Some(EngineId::Podman));
    assert_eq!(drift.may(DOCKER, at(4)), None);
    drift.handle_applied(Some(DOCKER));
    assert_eq!((drift.may(DOCKER, at(4)), drift.conditions()), (Some(MayRestart::No), Vec::new()));
}

/// A BuildKit daemon was restarted every 61 seconds for five and a half minutes, and nothing slowed it down.
#[test]
fn a_restart_that_changes_nothing_is_repeated_ever_later_and_then_no_more() {
    let mut drift = Drift::default();
    let mut now = at(10);
    let mut restarts = Vec::new();
    drift.handle_repaired(&repaired(&[], Restarted::Wanted), now);
    while let Some((again, _)) = drift.poll_timeout() {
        now = again;
        assert_eq!(drift.may(DOCKER, now), Some(MayRestart::Idle));
        drift.handle_repaired(&repaired(&[], Restarted::Once), now);
        restarts.push(now.as_secs());
        // The new process is noticed, and lacks what the old one lacked.
        now += at(1);
        drift.handle_repaired(&repaired(&[], Restarted::Wanted), now);
    }
    assert_eq!(restarts, [10, 130, 370]);
    assert_eq!(
        said(&drift),
        "engine-restart-without-effect Attention: Docker Engine was restarted 3 times without effect: it still runs without Pullgate's settings; Pullgate does not restart it again by itself"
    );
    drift.handle_repaired(&repaired(&[], Restarted::Wanted), now + at(86_400));
    assert_eq!((drift.may(DOCKER, now + at(90_000)), drift.poll_timeout()), (Some(MayRestart::No), None));
    drift.handle_repaired(&repaired(&[], Restarted::NotNeeded), now + at(90_001));
    assert_eq!(drift.conditions(), []);
}

#[test]
fn after_a_restart_without_effect_the_next_waits_twice_as_long_and_says_so() {
    let mut drift = Drift::default();
    drift.handle_repaired(&repaired(&[], Restarted::Once), at(10));
    drift.handle_repaired(&repaired(&[], Restarted::Wanted), at(11));
    assert!(said(&drift).contains("was restarted once without effect"), "{}", said(&drift));
    assert!(said(&drift).ends_with("it is restarted again 2 min after the last time"), "{}", said(&drift));
    assert_eq!(
        (drift.may(DOCKER, at(129)), drift.may(DOCKER, at(130))),
        (Some(MayRestart::No), Some(MayRestart::Idle))
    );
    drift.handle_repaired(&repaired(&[], Restarted::Busy("a build".into())), at(130));
    assert!(said(&drift).contains("it waits for a build that is running"), "{}", said(&drift));
}

#[test]
fn a_file_that_is_changed_after_a_restart_makes_the_restart_no_vain_one() {
    let mut drift = Drift::default();
    for second in [10, 1000, 2000, 3000] {
        drift.handle_repaired(&repaired(&[], Restarted::Once), at(second));
        drift.handle_repaired(&repaired(&["/etc/docker/other"], Restarted::Wanted), at(second + 1));
        assert!(!said(&drift).contains("without effect"), "{}", said(&drift));
        assert_eq!(drift.poll_timeout().unwrap().0, at(second + 60));
    }
}

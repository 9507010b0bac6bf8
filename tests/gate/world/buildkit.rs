//! A BuildKit daemon of its own: routed, proved, left alone while it builds, and given back. What leads it to the gateway
//! is the environment of its unit, which systemd keeps in memory.

use std::time::{Duration, Instant};

use acceptance::buildkit::{PROGRAM, UNIT, build, build_command, main_pid, serves, with_buildkit};
use acceptance::laptop::{Laptop, Options};
use acceptance::product::{enroll, install, policy, with_product};
use serde_json::json;

use crate::drift::desk::{report, told, until};
use crate::network::lab::condition;

const ALLOWED: &str = "FROM docker.io/library/official:1\n";
const BLOCKED: &str = "FROM docker.io/someuser/tool:1\n";
const LONG: &str = "FROM docker.io/library/official:1\nRUN --network=none sleep 100000\n";
const DROP_IN: &str = "/etc/systemd/system/buildkit.service.d/zz-pullgate.conf";

#[test]
fn a_buildkit_daemon_is_routed_by_one_restart_and_given_back() {
    let laptop = Laptop::boot(&with_buildkit(with_product(Options::containerd())));
    install(&laptop);
    builds_everything(&laptop, "before enrollment");
    enroll(&laptop, &policy(json!({})));
    let (pid, since) = (main_pid(&laptop), Instant::now());
    is_led(&laptop);
    a_build_is_not_cut_off_by_a_restart(&laptop);
    a_restart_without_effect_is_said_and_not_repeated_every_minute(&laptop);
    let pids = (pid, main_pid(&laptop));
    eprintln!("BuildKit's process {pids:?} within {:?}", since.elapsed());
    laptop.must("pullgate unenroll --yes");
    assert_eq!(laptop.read_file(DROP_IN), None);
    assert_eq!(need_daemon_reload(&laptop), "no");
    assert!(!environment(&laptop).contains("PROXY"), "{}", environment(&laptop));
    builds_everything(&laptop, "after unenroll");
    laptop.must("systemctl stop 'pullgate*'");
    builds_everything(&laptop, "without Pullgate");
}

fn builds_everything(laptop: &Laptop, when: &str) {
    for dockerfile in [ALLOWED, BLOCKED] {
        let built = build(laptop, dockerfile);
        assert_eq!(built.code, 0, "{when}: {dockerfile}{}", built.terminal);
    }
}

fn is_led(laptop: &Laptop) {
    assert_eq!(need_daemon_reload(laptop), "no");
    assert!(environment(laptop).contains("HTTPS_PROXY=http://127.0.0.1:859"), "{}", environment(laptop));
    let routed = report(laptop, "buildkit");
    assert_eq!(routed["routed"], "yes", "{routed:#}");
    assert_eq!(laptop.run("pullgate engines verify buildkit").code, 0);
    assert_eq!(build(laptop, ALLOWED).code, 0);
    let asked = laptop.internet().requests().len();
    let denied = build(laptop, BLOCKED);
    assert!(
        denied.code != 0 && denied.terminal.contains("image access denied: someuser/tool:1"),
        "{}",
        denied.terminal
    );
    let requests = laptop.internet().requests();
    assert!(!requests[asked..].iter().any(|it| format!("{it:?}").contains("someuser")), "{requests:?}");
    assert_eq!(condition(laptop, "engine-not-routed"), None);
}

/// Builds were killed every 61 seconds.
fn a_build_is_not_cut_off_by_a_restart(laptop: &Laptop) {
    // A pause keeps Pullgate from putting it back before the daemon has read it.
    laptop.must("pullgate pause --for 10m --reason test");
    laptop.must(&format!("rm {DROP_IN} && systemctl daemon-reload && systemctl restart {UNIT}"));
    laptop.wait_for("BuildKit serves again", serves);
    laptop.write_file("/root/long/Dockerfile", LONG);
    laptop.write_file("/root/long.sh", build_command("/root/long"));
    laptop.must("systemd-run --quiet --unit=long --setenv=HOME=/root bash /root/long.sh");
    until(laptop, "the build runs", |laptop| laptop.run("pgrep --full '^sleep 100000'").code == 0);
    let pid = main_pid(laptop);
    laptop.must("pullgate resume");
    until(laptop, "it waits for the build", |laptop| {
        told(laptop)
            .iter()
            .any(|it| it.contains("BuildKit must restart") && it.contains("a build that is running"))
    });
    assert!(laptop.read_file(DROP_IN).is_some(), "what is ours is back before the restart");
    let refused = laptop.run("pullgate engines apply buildkit");
    assert!(refused.code == 1 && refused.terminal.contains("a build is running"), "{}", refused.terminal);
    assert_eq!((main_pid(laptop), laptop.run("systemctl is-active long").stdout.trim()), (pid, "active"));
    laptop.must("systemctl stop long");
    until(laptop, "BuildKit is routed again", |laptop| report(laptop, "buildkit")["routed"] == "yes");
}

/// Something keeps our settings out for ever: here the program of the unit.
fn a_restart_without_effect_is_said_and_not_repeated_every_minute(laptop: &Laptop) {
    let program = laptop.read_file(PROGRAM).expect("the program is there");
    let stubborn =
        program.replace("exec -a", "unset ${!HTTP*} ${!http*} ${!NO_*} ${!no_*} SSL_CERT_DIR\nexec -a");
    laptop.write_file(PROGRAM, stubborn);
    laptop.must(&format!("chmod 755 {PROGRAM} && systemctl restart {UNIT}"));
    let said = "BuildKit was restarted once without effect: it still runs without Pullgate's settings; it is restarted again 2 min after the last time";
    let took = until(laptop, "a restart had no effect", |laptop| {
        condition(laptop, "engine-restart-without-effect").as_deref() == Some(said)
    });
    eprintln!("a restart without effect is told after {took:?}");
    let pid = main_pid(laptop);
    let not_routed = condition(laptop, "engine-not-routed").unwrap_or_default();
    assert!(not_routed.starts_with("BuildKit is not checked: proxy for http"), "{not_routed}");
    let status = laptop.must("pullgate status").stdout;
    assert!(!status.contains("Nothing needs your attention"), "{status}");
    let doctor = laptop.run("pullgate doctor");
    assert!(doctor.code == 1 && doctor.stdout.contains("BuildKit is not checked"), "{}", doctor.stdout);
    let watched = Instant::now();
    while watched.elapsed() < Duration::from_secs(70) {
        assert_eq!(main_pid(laptop), pid, "it was restarted after {:?}", watched.elapsed());
        std::thread::sleep(Duration::from_millis(500));
    }
    laptop.write_file(PROGRAM, program);
    laptop.must(&format!("chmod 755 {PROGRAM} && systemctl restart {UNIT}"));
    until(laptop, "BuildKit is routed again", |laptop| {
        report(laptop, "buildkit")["routed"] == "yes"
            && condition(laptop, "engine-restart-without-effect").is_none()
    });
    assert_eq!(condition(laptop, "engine-not-routed"), None);
}

fn need_daemon_reload(laptop: &Laptop) -> String {
    laptop
        .must(&format!("systemctl show {UNIT} --property NeedDaemonReload --value"))
        .stdout
        .trim()
        .to_owned()
}

fn environment(laptop: &Laptop) -> String {
    laptop.must(&format!("tr '\\0' '\\n' < /proc/{}/environ", main_pid(laptop))).stdout
}

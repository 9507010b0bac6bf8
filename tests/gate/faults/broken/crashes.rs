//! The service falls three times, and the steward: both are told with the command that shows why, until it is over.

use acceptance::laptop::Laptop;
use acceptance::product::while_stopped;

use super::{snapshot, told};
use crate::network::lab::condition;

const STARTS: &str = "/var/lib/pullgate/starts.json";

pub(super) fn are_told_and_forgotten(laptop: &Laptop) {
    while_stopped(laptop, &format!("rm -f {STARTS}"));
    for crash in 1..=3 {
        assert_eq!(condition(laptop, "service-crashing"), None, "before crash {crash}");
        laptop.must("systemctl kill --kill-whom=main --signal=KILL pullgate.service");
        laptop.wait_for("the service is back", |laptop| laptop.run("pullgate status").code == 0);
    }
    told(laptop, "service-crashing");
    for _ in 0..3 {
        let kill = "systemctl kill --kill-whom=main --signal=KILL pullgate-steward.service";
        // It dies while it is asked.
        laptop.run(&format!(
            "systemctl start pullgate-steward.service; pullgate engines verify docker > /dev/null 2>&1 & \
             for n in $(seq 200); do sleep 0.01; {kill} 2> /dev/null && break; done; wait"
        ));
    }
    told(laptop, "steward-crashing");
    let status = laptop.run("pullgate status").terminal;
    let lines = status.lines().skip_while(|line| !line.contains("ended unexpectedly"));
    let lines: Vec<&str> = lines.take(4).collect();
    snapshot("crash_loops", &lines.join("\n"));
    for unit in ["pullgate.service", "pullgate-steward.service"] {
        assert!(status.contains(&format!("`journalctl -u {unit} -n 200`")), "{status}");
    }
    // Ten minutes later, as far as the record is concerned; a restart by hand is no crash.
    let older = format!("perl -pi -e 's/(?<=[\\[,])(\\d+)(?=[\\],])/$1 > 601 ? $1 - 601 : 0/ge' {STARTS}");
    while_stopped(laptop, &older);
    laptop.wait_for("nothing falls any longer", |laptop| {
        ["service-crashing", "steward-crashing"].iter().all(|code| condition(laptop, code).is_none())
    });
}

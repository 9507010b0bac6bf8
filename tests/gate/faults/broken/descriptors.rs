//! The service has no descriptor left, or two: pulls wait or fail in words, and go on when it has again.

use std::thread;

use acceptance::laptop::Laptop;
use acceptance::pull::Flavor;

use super::{ALLOWED, nothing_passes};
use crate::network::lab::status;

/// As the service's own user, who may lower the limit and raise it to where it was.
const LIMIT: &str = "setpriv --reuid=pullgate --regid=pullgate --clear-groups prlimit --pid $pid --nofile=";
const PID: &str = "pid=$(systemctl show --property MainPID --value pullgate.service)";

/// Lets the running service have as many descriptors as it has now, and so many more.
fn limit(laptop: &Laptop, more: usize) {
    let most = "most=$(ls /proc/$pid/fd | sort -n | tail -n 1)";
    laptop.must(&format!("{PID}; {most}; {LIMIT}$((most + 1 + {more})):"));
}

fn unlimit(laptop: &Laptop) {
    laptop.must(&format!("{PID}; {LIMIT}$(awk '/^Max open files/ {{ print $5 }}' /proc/$pid/limits):"));
}

pub(super) fn pulls_wait_or_fail_in_words_and_go_on(laptop: &Laptop) {
    let pid = "systemctl show --property MainPID --value pullgate.service";
    let before = laptop.must(pid).stdout;
    laptop.run("docker rmi -f official:1");
    // What was kept for the next request is closed first.
    laptop.must("systemctl kill --signal=CONT pullgate.service");
    limit(laptop, 0);
    // Changed files are no reason to believe that there are none.
    laptop.must("touch /etc/pullgate/policy/policy.json /etc/pullgate/enrollment.toml");
    thread::scope(|scope| {
        let pull = scope.spawn(|| Flavor::DockerPull.attempt(laptop, ALLOWED));
        let asked = laptop.run("timeout 3 pullgate status");
        eprintln!("pullgate status without a descriptor: {} {}", asked.code, asked.terminal);
        for _ in 0..3 {
            let blocked =
                laptop.run("timeout 5 skopeo copy docker://docker.io/evil/miner:1 dir:/tmp/never 2>&1");
            assert!(blocked.code != 0, "{}", blocked.terminal);
            eprintln!("skopeo without a descriptor: {} {}", blocked.code, blocked.terminal);
        }
        unlimit(laptop);
        let pull = pull.join().expect("a pull does not panic");
        // Who asks in that moment waits, and is nobody else for it.
        eprintln!("docker that began without a descriptor: {pull}");
        let is_told = pull.terminal.contains("Pullgate had no room for another connection");
        assert!(pull.present || pull.asked.is_nothing() || is_told, "{pull}");
        assert!(!pull.terminal.contains("cannot be told"), "{pull}");
    });
    for more in [1, 2, 4, 8] {
        limit(laptop, more);
        let flood = "curl -sk --parallel --parallel-immediate --parallel-max 60 --max-time 4 -o /dev/null -w '%{http_code}\\n' \
             'https://127.0.0.1:858/v2/docker.io/evil/flood-[1-60]/manifests/1' | sort | uniq -c";
        let flood = laptop.run(flood).stdout;
        assert!(!flood.contains(" 200"), "{flood}");
        let outcome = laptop.run("timeout 10 skopeo inspect docker://docker.io/library/official:1 2>&1");
        eprintln!(
            "{more} more: flood {flood:?}, skopeo: {} {}",
            outcome.code,
            outcome.stdout.lines().last().unwrap_or_default()
        );
        assert!(!outcome.stdout.contains("pg-"), "{}", outcome.stdout);
        let engine = laptop.run("timeout 10 docker pull docker.io/library/official:1 2>&1").stdout;
        assert!(!engine.contains("cannot be told"), "{engine}");
        unlimit(laptop);
    }
    nothing_passes(laptop);
    assert_eq!(laptop.must(pid).stdout, before, "it is the same process");
    let status = status(laptop);
    assert_eq!(status["policy"]["state"], "current", "{status}");
    assert_eq!(status["enforcing"], true);
}

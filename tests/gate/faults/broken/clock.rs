//! The clock is years behind or ahead: nothing that ended holds again, nothing that is blocked passes, and it is told.

use acceptance::laptop::Laptop;
use acceptance::pull::Flavor;

use super::nothing_passes;
use crate::network::lab::status;

const PLACE: &str = "/run/systemd/system/pullgate.service.d";
const PRELOADED: &str = "[Service]\nEnvironment=LD_PRELOAD=/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1 \
     FAKETIME_TIMESTAMP_FILE=/etc/time FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1 DONT_FAKE_MONOTONIC=1\n";

pub(super) fn years_off_loosen_nothing(laptop: &Laptop) {
    laptop.write_file(&format!("{PLACE}/time.conf"), PRELOADED);
    for time in ["-3y", "+3y"] {
        laptop.must(&format!(
            "echo '{time}' > /etc/time.new && mv /etc/time.new /etc/time && systemctl daemon-reload && systemctl restart pullgate.service"
        ));
        nothing_passes(laptop);
        laptop.run("docker rmi -f official:1");
        for flavor in [Flavor::DockerPull, Flavor::SkopeoCopy] {
            let outcome = flavor.attempt(laptop, super::ALLOWED);
            eprintln!("{time} {flavor:?}: {outcome}");
        }
        eprintln!("{time}: {}", laptop.run("pullgate status").terminal);
        // An entry of the policy that ended is over, whatever the clock says.
        let explained = laptop.run("pullgate explain old/expired");
        eprintln!("{time}: {} {}", explained.code, explained.terminal);
        assert_eq!(status(laptop)["enforcing"], true);
    }
    laptop.must(&format!("rm -r {PLACE}; systemctl daemon-reload; systemctl restart pullgate.service"));
}

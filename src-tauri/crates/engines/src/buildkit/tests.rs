use super::*;
use crate::desired_routing::tests::desired;
use crate::machine::Output;
use crate::machine::memory::Memory;
use crate::machine::simulated::units;
use crate::{apply, find as find_all, restore};

const STATE: &str = "/state/originals";

const UNIT: &str = "buildkit.service";

/// A machine with a BuildKit daemon that gets its environment when it starts, from what systemd has in memory.
fn machine(files: &[(&str, &str)]) -> Memory {
    let mut machine = Memory::with(files);
    for path in [
        "/etc/systemd/system/buildkit.service",
        "/var/lib/x",
        "/state/x",
        "/usr/bin/buildctl",
        "/proc/9/environ",
    ] {
        machine.put(path, b"");
    }
    machine.react = Some(Box::new(|machine, command| {
        let said =
            |stdout: &str| Some(Output { status: Some(0), stdout: stdout.into(), stderr: String::new() });
        match command {
            ["systemctl", "daemon-reload"] => {
                units::load(machine, UNIT);
                None
            }
            ["systemctl", "show", UNIT, "-p", "NeedDaemonReload", ..] => {
                Some(units::need_daemon_reload(machine, UNIT))
            }
            ["systemctl", "show", "-p", "Environment", "--value"] => said("\n"),
            ["systemctl", "show", UNIT, "-p", "Environment", "--value"] => {
                said(&units::environment(machine, UNIT))
            }
            ["systemctl", "show", UNIT, ..] => said(&format!(
                "MainPID=9\nExecStart={{ argv[]=/usr/local/bin/buildkitd --addr fd:// ; pid=9 }}\n\
                 LoadState=loaded\nActiveState=active\nFragmentPath=/etc/systemd/system/{UNIT}\n{}",
                units::shown(machine, UNIT)
            )),
            ["systemctl", "show", ..] => said("LoadState=not-found\n"),
            ["systemctl", "restart", "buildkit.service"] => {
                machine.put("/proc/9/environ", units::started_with(machine, UNIT).as_bytes());
                None
            }
            ["timeout", .., "/usr/bin/buildctl", "unix:///run/buildkit/buildkitd.sock"] => {
                said("403 image access denied: x")
            }
            [_, "--version"] => said("buildkitd github.com/moby/buildkit v0.23.2 40b2ccb"),
            _ => None,
        }
    }));
    units::load(&machine, UNIT);
    machine.put("/proc/9/environ", units::started_with(&machine, UNIT).as_bytes());
    machine
}

fn found(machine: &Memory) -> Found {
    find_all(machine).into_iter().find(|it| it.engine == EngineId::Buildkit).unwrap()
}

#[test]
fn the_daemon_gets_its_proxy_by_the_environment_and_gives_it_back() {
    let own = "[Service]\nEnvironment=HTTPS_PROXY=http://ada:secret@proxy.acme.example:3128\n";
    let machine = machine(&[("/etc/systemd/system/buildkit.service.d/proxy.conf", own)]);
    let before = machine.etc();
    let plan = crate::plan(&found(&machine), &machine, &Originals::at(STATE), &desired()).unwrap();
    insta::assert_snapshot!(plan.diff());
    let unrouted = crate::verify(&found(&machine), &machine, &desired());
    let shown = format!("{unrouted:?}");
    assert!(
        !unrouted.ok() && shown.contains("***@proxy.acme.example") && !shown.contains("secret"),
        "{shown}"
    );
    apply(&plan, &machine, &Originals::at(STATE)).unwrap();
    assert!(crate::verify(&found(&machine), &machine, &desired()).ok());
    let again = crate::plan(&found(&machine), &machine, &Originals::at(STATE), &desired()).unwrap();
    assert!(again.is_empty(), "{again:?}");
    let known = crate::upstream_facts(&machine, &Originals::at(STATE)).engines;
    assert_eq!(known[0].egress.settings.https, plan.taken_over.proxies.https);
    restore(EngineId::Buildkit, &machine, &Originals::at(STATE), false).unwrap();
    assert_eq!(machine.etc(), before);
    let theirs = machine.text("/proc/9/environ").unwrap();
    assert_eq!(
        theirs, "HTTPS_PROXY=http://ada:secret@proxy.acme.example:3128\0",
        "the daemon itself is as before"
    );
}

/// The daemon was restarted once a minute for ever, since systemd was never told of its drop-in.
#[test]
fn a_daemon_whose_drop_in_nobody_told_systemd_of_is_routed_by_one_restart() {
    let machine = machine(&[]);
    let originals = Originals::at(STATE);
    let plan = crate::plan(&found(&machine), &machine, &originals, &desired()).unwrap();
    crate::apply::prepare(&plan, &machine, &originals).unwrap();
    // As an earlier version left it: written, restarted, and not known to systemd.
    machine.put(&format!("/run/in-memory/{UNIT}"), b"");
    for (may, restarts) in [(crate::MayRestart::Idle, 1), (crate::MayRestart::Idle, 1)] {
        crate::repair(&found(&machine), &machine, &originals, &desired(), may);
        let line = format!("run systemctl restart {UNIT}");
        assert_eq!(machine.log.borrow().iter().filter(|step| **step == line).count(), restarts);
    }
    assert!(crate::verify(&found(&machine), &machine, &desired()).ok());
}

#[test]
fn nothing_is_pulled_by_a_daemon_that_does_not_lead_to_the_gateway() {
    let machine = machine(&[]);
    let verified = crate::verify(&found(&machine), &machine, &desired());
    assert_eq!(verified.canary, crate::verify::Canary::NotRouted);
    assert!(!machine.log.borrow().iter().any(|step| step.contains("mktemp")));
}

/// Somebody's build was ended by a restart, since nobody saw it.
#[test]
fn a_client_that_is_connected_is_a_build() {
    const HEAD: &str = "Num       RefCount Protocol Flags    Type St Inode Path\n";
    let machine = machine(&[]);
    let works = |table: &str| {
        machine.put("/proc/9/net/unix", format!("{HEAD}{table}").as_bytes());
        crate::activity(EngineId::Buildkit, &machine)
    };
    let listens = "0000000000000000: 00000002 00000000 00010000 0001 01 20611 /run/buildkit/buildkitd.sock\n";
    let accepted =
        "0000000000000000: 00000003 00000000 00000000 0001 03 20998 /run/buildkit/buildkitd.sock\n";
    let other = "0000000000000000: 00000003 00000000 00000000 0001 03 20999 /run/docker.sock\n";
    assert_eq!(works(listens), None);
    assert_eq!(works(&format!("{listens}{other}")), None);
    assert_eq!(works(&format!("{listens}{accepted}")).as_deref(), Some("a build"));
    let tcp = "  0: 0100007F:04D2 0100007F:C350 01 00000000:00000000 00:00000000 00000000 0 0 1 1\n";
    machine.put("/proc/9/net/tcp", tcp.as_bytes());
    for (port, connected) in [("1234", true), ("1235", false)] {
        let address = format!("tcp://0.0.0.0:{port}");
        assert_eq!(clients::are_connected(&machine, 9, &[address]), connected, "{port}");
    }
}

#[test]
fn an_environment_file_that_beats_ours_is_named() {
    let files = [
        ("/etc/systemd/system/buildkit.service.d/zzz.conf", "[Service]\nEnvironmentFile=/etc/own.env\n"),
        ("/etc/own.env", "https_proxy=http://x\n"),
        ("/etc/systemd/system/buildkit.service.d/a.conf", "[Service]\nEnvironment=HTTPS_PROXY=http://y\n"),
    ];
    let machine = machine(&files);
    let refused = crate::plan(&found(&machine), &machine, &Originals::at(STATE), &desired()).unwrap_err();
    insta::assert_snapshot!(refused, @"`/etc/own.env` sets `https_proxy`, which beats our setting; remove it there");
}

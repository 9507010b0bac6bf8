use super::*;
use crate::machine::Output;
use crate::machine::memory::Memory;
use crate::wish::tests::wish;
use crate::{apply, find as find_all, restore};

const STATE: &str = "/state/originals";

/// A machine with a BuildKit daemon that reads its environment when it starts.
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
            ["systemctl", "show", "buildkit.service", ..] => {
                let folder = "/etc/systemd/system/buildkit.service.d";
                let names = machine.names(std::path::Path::new(folder)).unwrap();
                let drop_ins: Vec<_> = names.iter().map(|name| format!("{folder}/{name}")).collect();
                said(&format!(
                    "MainPID=9\nExecStart={{ argv[]=/usr/local/bin/buildkitd --addr fd:// ; pid=9 }}\n\
                     LoadState=loaded\nActiveState=active\nFragmentPath=/etc/systemd/system/buildkit.service\n\
                     DropInPaths={}\n",
                    drop_ins.join(" ")
                ))
            }
            ["systemctl", "show", ..] => said("LoadState=not-found\n"),
            ["systemctl", "restart", "buildkit.service"] => {
                let text = machine.text(drop_in::path("buildkit.service")).unwrap_or_default();
                let set: Vec<&str> = text.lines().filter_map(|it| it.strip_prefix("Environment=")).collect();
                machine.put("/proc/9/environ", set.join("\0").as_bytes());
                None
            }
            ["sh", "-c", ..] => said("403 image access denied: x"),
            [_, "--version"] => said("buildkitd github.com/moby/buildkit v0.23.2 40b2ccb"),
            _ => None,
        }
    }));
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
    let plan = crate::plan(&found(&machine), &machine, &Originals::at(STATE), &wish()).unwrap();
    insta::assert_snapshot!(plan.diff());
    assert!(!crate::verify(&found(&machine), &machine, &wish()).ok());
    apply(&plan, &machine, &Originals::at(STATE)).unwrap();
    assert!(crate::verify(&found(&machine), &machine, &wish()).ok());
    let again = crate::plan(&found(&machine), &machine, &Originals::at(STATE), &wish()).unwrap();
    assert!(again.is_empty(), "{again:?}");
    let known = crate::upstream_facts(&machine, &Originals::at(STATE)).proxies;
    assert_eq!(known, plan.taken_over.proxies);
    restore(EngineId::Buildkit, &machine, &Originals::at(STATE), false).unwrap();
    assert_eq!(machine.etc(), before);
}

#[test]
fn an_environment_file_that_beats_ours_is_named() {
    let files = [
        ("/etc/systemd/system/buildkit.service.d/zzz.conf", "[Service]\nEnvironment=https_proxy=http://x\n"),
        ("/etc/systemd/system/buildkit.service.d/a.conf", "[Service]\nEnvironment=HTTPS_PROXY=http://y\n"),
    ];
    let machine = machine(&files);
    let refused = crate::plan(&found(&machine), &machine, &Originals::at(STATE), &wish()).unwrap_err();
    insta::assert_snapshot!(refused, @"`/etc/systemd/system/buildkit.service.d/zzz.conf` sets `https_proxy`, which beats our setting; remove it there");
}

use super::*;
use crate::desired_routing::tests::desired;
use crate::machine::memory::Memory;
use crate::machine::simulated::{self, units};
use crate::{apply, find, plan, restore, upstream_facts};

const STATE: &str = "/var/lib/pullgate-steward/originals";
const DROP_IN: &str = "/etc/systemd/system/docker.service.d/http-proxy.conf";

fn docker(machine: &Memory) -> Option<String> {
    let facts = upstream_facts(machine, &Originals::at(STATE));
    facts.engines.into_iter().find(|it| it.engine == EngineId::Docker)?.egress.settings.https
}

fn route(machine: &Memory) {
    let plan = plan(&find(machine)[0], machine, &Originals::at(STATE), &desired()).unwrap();
    apply(&plan, machine, &Originals::at(STATE)).unwrap();
}

#[test]
fn what_only_the_process_had_is_known_until_the_person_changes_the_unit() {
    let machine = simulated::machine(&[(DROP_IN, "[Service]\nEnvironment=HTTPS_PROXY=http://unit:1\n")], 0);
    machine.put("/proc/7/environ", b"HTTPS_PROXY=http://ada:%31@wrapper:1\0");
    assert_eq!(docker(&machine).as_deref(), Some("http://ada:%31@wrapper:1"));
    route(&machine);
    assert!(machine.text("/proc/7/environ").unwrap().contains("NO_PROXY=pullgate.invalid"));
    assert_eq!(docker(&machine).as_deref(), Some("http://ada:%31@wrapper:1"));
    route(&machine);
    assert_eq!(docker(&machine).as_deref(), Some("http://ada:%31@wrapper:1"));
    let kept = Originals::at(STATE).folder().join("docker.environment.json");
    assert_eq!(machine.entry(&kept).unwrap().unwrap().attributes, Attributes::SECRET);
    machine.put(DROP_IN, b"[Service]\nEnvironment=HTTPS_PROXY=http://ada:%%32@other:1\n");
    machine.run(&["systemctl", "daemon-reload"]);
    assert_eq!(docker(&machine).as_deref(), Some("http://ada:%32@other:1"));
    restore(EngineId::Docker, &machine, &Originals::at(STATE), false).unwrap();
    assert_eq!(machine.entry(&kept), Ok(None));
}

#[test]
fn an_engine_that_went_out_directly_still_does() {
    let machine = simulated::machine(&[("/etc/environment", "HTTPS_PROXY=http://ada:p@machine:1\n")], 0);
    route(&machine);
    assert_eq!(docker(&machine), None);
    let facts = upstream_facts(&machine, &Originals::at(STATE));
    assert_eq!(facts.machine.settings.https.as_deref(), Some("http://ada:p@machine:1"));
    assert_eq!(facts.machine.source.to_string(), "`/etc/environment`");
    assert!(facts.engines.iter().all(|it| it.egress.settings.is_direct()), "{facts:?}");
}

#[test]
fn two_engines_keep_the_ways_that_each_had() {
    let files = [
        ("/etc/docker/daemon.json", r#"{"proxies":{"https-proxy":"socks5://127.0.0.1:1080"}}"#),
        (
            "/etc/systemd/system/containerd.service.d/p.conf",
            "[Service]\nEnvironment=HTTPS_PROXY=http://c:1\n",
        ),
        ("/etc/containers/containers.conf.d/p.conf", "[engine]\nenv = [\"https_proxy=http://p:1\"]\n"),
    ];
    let mut machine = simulated::machine(&files, 0);
    let play = machine.react.take().unwrap();
    machine.react = Some(Box::new(move |machine, command| {
        let mut output = play(machine, command)?;
        if let ["systemctl", "show", "containerd.service", ..] = command {
            output.stdout = output.stdout.replace("MainPID=7", "MainPID=8");
        }
        Some(output)
    }));
    machine.put("/proc/8/environ", units::started_with(&machine, "containerd.service").as_bytes());
    let told = |machine: &Memory| {
        let facts = upstream_facts(machine, &Originals::at(STATE));
        let one =
            |it: &crate::EngineEgress| format!("{:?} by {}", it.egress.settings.https, it.egress.source);
        facts.engines.iter().map(one).collect::<Vec<_>>()
    };
    let before = told(&machine);
    assert_eq!(
        before,
        [
            "Some(\"socks5://127.0.0.1:1080\") by Docker Engine, `/etc/docker/daemon.json`",
            "Some(\"http://p:1\") by Podman family, `/etc/containers/containers.conf.d/p.conf`",
            "Some(\"http://c:1\") by containerd, `containerd.service`",
        ]
    );
    for found in find(&machine) {
        let plan = plan(&found, &machine, &Originals::at(STATE), &desired()).unwrap();
        apply(&plan, &machine, &Originals::at(STATE)).unwrap();
    }
    assert_eq!(told(&machine), before);
}

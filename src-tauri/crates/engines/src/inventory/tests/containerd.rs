//! The tables of `ctr`.

use super::*;

const IMAGES: &str = "\
REF                                   TYPE                                                 DIGEST                                                                  SIZE     PLATFORMS               LABELS
docker.io/library/official:1          application/vnd.oci.image.index.v1+json              sha256:1111111111111111111111111111111111111111111111111111111111111111 2.1 MiB  linux/amd64,linux/arm64 io.cri-containerd.image=managed
docker.io/library/official@sha256:1111111111111111111111111111111111111111111111111111111111111111 application/vnd.oci.image.index.v1+json sha256:1111111111111111111111111111111111111111111111111111111111111111 2.1 MiB linux/amd64 -
sha256:2222222222222222222222222222222222222222222222222222222222222222 application/vnd.oci.image.index.v1+json sha256:1111111111111111111111111111111111111111111111111111111111111111 2.1 MiB linux/amd64 -
docker.io/someuser/tool:1             application/vnd.docker.distribution.manifest.v2+json sha256:3333333333333333333333333333333333333333333333333333333333333333 -        linux/amd64             -
";
const CONTAINERS: &str = "\
CONTAINER    IMAGE                           RUNTIME
c1           docker.io/someuser/tool:1       io.containerd.runc.v2
c2           sha256:2222222222222222222222222222222222222222222222222222222222222222 io.containerd.runc.v2
c3           docker.io/library/official:1    io.containerd.runc.v2
c4           docker.io/evil/miner:1          io.containerd.runc.v2
c5           -                               io.containerd.runc.v2
";
const TASKS: &str = "TASK    PID    STATUS\nc1      11     RUNNING\nc2      12     RUNNING\nc3      13     STOPPED\n\
                     c4      14     RUNNING\nc5      15     RUNNING\n";

fn machine(namespaces: &'static str) -> Memory {
    let mut machine = simulated::machine(&[], 0);
    let simulated = machine.react.take().unwrap();
    machine.react = Some(Box::new(move |machine, command| {
        let stdout = match command {
            ["ctr", "namespaces", ..] => namespaces,
            ["ctr", "--namespace", "broken", ..] => {
                return Some(Output {
                    status: Some(1),
                    stderr: "ctr: no such\nthing".into(),
                    ..Output::default()
                });
            }
            ["ctr", "--namespace", "empty", ..] => "HEADING\n",
            ["ctr", "--namespace", _, "images", ..] => IMAGES,
            ["ctr", "--namespace", _, "containers", ..] => CONTAINERS,
            ["ctr", "--namespace", _, "tasks", ..] => TASKS,
            other => return simulated(machine, other),
        };
        Some(Output { status: Some(0), stdout: stdout.into(), stderr: String::new() })
    }));
    machine
}

#[test]
fn every_namespace_but_dockers_is_listed() {
    let machine = machine("moby\nk8s.io\nempty\nbroken\n--help\n");
    let stores = inventory(EngineId::Containerd, &machine);
    let broken = "`ctr --namespace broken images list` says: ctr: no such thing".to_owned();
    let expected =
        [("containerd (k8s.io)".to_owned(), 3, None), ("containerd (broken)".to_owned(), 0, Some(broken))];
    assert_eq!(problems(&stores), expected);
    insta::assert_json_snapshot!(stores[0].images);
}

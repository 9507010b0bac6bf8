//! Images that were here before the policy: listed, judged as a pull of each would be now, and left alone.

use acceptance::internet::Image;
use acceptance::laptop::{Laptop, Options, Person, Store};
use acceptance::product::{enroll, install, policy, with_product, write_policy};
use serde_json::{Value, json};

use crate::network::lab::{condition, masked, status};

const NOTICE: &str = "blocked-images-in-use";

const REPOSITORIES: [&str; 5] = [
    "docker.io/library/official",
    "docker.io/someuser/tool",
    "docker.io/grafana/tool",
    "docker.io/evil/miner",
    "quay.io/coreos/etcd",
];

/// A developer's past: images of four stores, and a container of each kind that runs.
fn laptop(store: Store) -> Laptop {
    let laptop = Laptop::boot(&with_product(Options::docker(store)));
    laptop.must(
        "docker pull --quiet official:1 && docker run --detach --name before someuser/tool:1 sleep 100000",
    );
    laptop.must("docker run --detach --name fine official:1 sleep 100000");
    // Its name goes to another edition; what runs stays.
    laptop.must("docker run --detach --name old grafana/tool:1 sleep 100000");
    laptop.internet().publish(&Image::new("docker.io/grafana/tool", &["1"]).edition(2));
    laptop.must("docker pull --quiet grafana/tool:1 && tar --create /etc/hostname | docker import -");
    laptop.must("ctr --namespace lab images pull quay.io/coreos/etcd:1");
    laptop.must("podman pull --quiet docker.io/library/official:1");
    let podman = "podman pull --quiet docker.io/evil/miner:1 && podman run --detach --rm --name mine \
                  --network none docker.io/evil/miner:1 sleep 100000";
    let ada = laptop.run_as(Person::Ada, podman);
    assert_eq!(ada.code, 0, "{}", ada.terminal);
    install(&laptop);
    enroll(&laptop, &policy(json!({})));
    laptop
}

fn images(laptop: &Laptop, person: Person) -> Vec<Value> {
    let output = laptop.run_as(person, "pullgate images --json");
    assert_eq!(output.code, 0, "{}", output.terminal);
    output.stdout.lines().map(|line| serde_json::from_str(line).expect("one object a line")).collect()
}

/// Engine, person, name, outcome and running containers of every image, on one line each.
fn told(lines: &[Value]) -> Vec<String> {
    let told = |line: &Value| {
        let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        let containers = line["containers"].as_array().into_iter().flatten();
        let containers: Vec<String> = containers.map(|container| text(&container["name"])).collect();
        let name = text(&line["image"]);
        let name = name.split_once('@').map_or(name.clone(), |(name, _)| format!("{name}@digest"));
        let outcome = text(&line["finding"]["outcome"]);
        format!("{} {} {name} {outcome} [{}]", text(&line["store"]), line["uid"], containers.join(" "))
    };
    lines.iter().filter(|line| line["problem"].is_null()).map(told).collect()
}

fn shown(laptop: &Laptop, person: Person) -> String {
    let output = laptop.run_as(person, "pullgate images");
    format!("{}$ pullgate images → {}\n{}", person.name(), output.code, output.terminal)
}

fn snapshot(name: &str, text: &str) {
    let mut filters = masked();
    filters.extend([(r"\b\d+(\.\d)? [kM]B\b", "SIZE"), (r" {2,}", "  ")]);
    insta::with_settings!({ filters => filters, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name, text);
    });
}

#[test]
fn images_that_are_here_are_judged_as_a_pull_of_each_would_be() {
    let laptop = laptop(Store::Classic);
    let asked = || REPOSITORIES.map(|repository| laptop.internet().count(repository));
    let (before, journal) = (asked(), laptop.must("pullgate log --json").stdout);
    snapshot("images_present", &shown(&laptop, Person::Root));
    let all = images(&laptop, Person::Root);
    assert_eq!(
        told(&all),
        [
            "Podman 1000 evil/miner:1 blocked [mine]",
            "Docker Engine null someuser/tool:1 blocked [before]",
            "containerd (lab) null quay.io/coreos/etcd:1 blocked []",
            "Docker Engine null - - []",
            "Docker Engine null grafana/tool@digest allowed [old]",
            "Docker Engine null official:1 allowed [fine]",
            "Docker Engine null grafana/tool:1 allowed []",
            "Podman null official:1 allowed []",
        ]
    );
    for image in all.iter().filter(|image| !image["finding"].is_null()) {
        let typed = image["image"].as_str().expect("what is judged has a name");
        let explained: Value =
            serde_json::from_str(&laptop.run(&format!("pullgate explain {typed} --json")).stdout)
                .expect("an explanation is JSON");
        assert_eq!(image["finding"], explained["finding"], "{typed}");
        assert!(image["size"].as_u64().is_some_and(|size| size > 500_000), "{image}");
        assert!(image["digest"].as_str().is_some_and(|digest| digest.starts_with("sha256:")), "{image}");
    }
    assert_eq!(asked(), before, "nothing is asked of a registry");
    assert_eq!(laptop.must("pullgate log --json").stdout, journal, "nothing is a verdict");
    people_see_what_is_theirs_and_everybodys(&laptop, &all);
    containers_from_blocked_images_are_a_notice(&laptop);
    a_changed_policy_judges_anew(&laptop);
    an_engine_that_is_stopped_is_told(&laptop);
}

fn people_see_what_is_theirs_and_everybodys(laptop: &Laptop, all: &[Value]) {
    assert_eq!(told(&images(laptop, Person::Ada)), told(all));
    let mut without = told(all);
    without.retain(|line| !line.starts_with("Podman 1000 "));
    assert_eq!(told(&images(laptop, Person::Bob)), without);
    let seen = shown(laptop, Person::Bob);
    assert!(!seen.contains("miner") && !seen.contains("ada"), "{seen}");
}

fn containers_from_blocked_images_are_a_notice(laptop: &Laptop) {
    let sentence = "2 running containers were started from images that would be blocked today";
    assert_eq!(condition(laptop, NOTICE).as_deref(), Some(sentence));
    snapshot("images_in_use_status", &laptop.run_as(Person::Bob, "pullgate status").terminal);
    laptop.must("docker rm --force before");
    // Others than root share what was listed within the last seconds.
    images(laptop, Person::Root);
    let sentence = "A running container was started from an image that would be blocked today";
    assert_eq!(condition(laptop, NOTICE).as_deref(), Some(sentence));
    let stopped = laptop.run_as(Person::Ada, "podman rm --force --time 0 mine");
    assert_eq!(stopped.code, 0, "{}", stopped.terminal);
    let blocked: Vec<String> = told(&images(laptop, Person::Root)).into_iter().take(2).collect();
    assert_eq!(
        blocked,
        ["Podman 1000 evil/miner:1 blocked []", "containerd (lab) null quay.io/coreos/etcd:1 blocked []"]
    );
    assert_eq!(status(laptop)["conditions"], json!([]));
}

fn a_changed_policy_judges_anew(laptop: &Laptop) {
    let was = "Docker Engine null someuser/tool:1 blocked []".to_owned();
    assert!(told(&images(laptop, Person::Bob)).contains(&was));
    let community =
        json!({ "organizations": ["acme"], "classes": { "official": "block", "community": "allow" } });
    write_policy(laptop, &policy(json!({ "serial": 2, "hub": community })));
    laptop.wait_for("the notice is about what runs now", |laptop| condition(laptop, NOTICE).is_some());
    let now = told(&images(laptop, Person::Bob));
    for line in
        ["Docker Engine null official:1 blocked [fine]", "Docker Engine null someuser/tool:1 allowed []"]
    {
        assert!(now.iter().any(|told| told == line), "{now:?}");
    }
}

fn an_engine_that_is_stopped_is_told(laptop: &Laptop) {
    // The socket stays open: whoever spoke to it would start the engine.
    laptop.must("systemctl stop docker.socket docker.service && systemctl start docker.socket");
    let lines = images(laptop, Person::Root);
    let unlisted: Vec<&Value> = lines.iter().filter(|line| !line["problem"].is_null()).collect();
    let problem = "it is not running; start it: `sudo systemctl start docker`";
    assert_eq!(unlisted, [&json!({ "engine": "docker", "store": "Docker Engine", "problem": problem })]);
    assert!(condition(laptop, NOTICE).is_some(), "what cannot be listed may run on");
    snapshot("images_engine_stopped", &shown(laptop, Person::Bob));
    assert_eq!(laptop.run("systemctl is-active docker.service").stdout, "inactive\n");
    laptop.must("systemctl stop pullgate-steward.socket pullgate-steward.service");
    let silent = laptop.run("pullgate images");
    assert_eq!(silent.code, 1, "{}", silent.terminal);
    snapshot("images_without_steward", &silent.terminal);
}

#[test]
fn images_of_the_containerd_store_are_listed_too() {
    let laptop = laptop(Store::Containerd);
    let mut lines = told(&images(&laptop, Person::Root));
    lines.retain(|line| line.starts_with("Docker Engine"));
    assert_eq!(
        lines,
        [
            "Docker Engine null someuser/tool:1 blocked [before]",
            "Docker Engine null - - []",
            "Docker Engine null grafana/tool:1 allowed [old]",
            "Docker Engine null official:1 allowed [fine]",
            "Docker Engine null grafana/tool:1 allowed []",
        ]
    );
}

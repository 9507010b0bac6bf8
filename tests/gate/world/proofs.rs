//! A proof has three answers. What a network, a registry or a token service does not answer is "could not be proved", and
//! leaves the proof that was there; only a pull that went round the gateway is "not routed".

use acceptance::internet::Manner;
use acceptance::laptop::{Laptop, Options, Store};
use acceptance::product::{enroll, install, policy, with_product};
use acceptance::pull::Flavor;
use serde_json::{Value, json};

use super::enrolling::drop_all;
use crate::drift::desk::until;
use crate::network::lab::{condition, restart, status};

#[test]
fn a_silent_world_takes_no_proof_away_and_a_way_round_does() {
    let laptop = Laptop::boot(&with_product(Options::docker(Store::Classic)));
    install(&laptop);
    pulls(&laptop, "before enrollment");
    enroll(&laptop, &policy(json!({})));
    assert_eq!(status(&laptop)["engines"]["routed"], 3);
    let proved = report(&laptop, "docker")["provedAt"].clone();
    let token_service = |status: u16, laptop: &Laptop| {
        laptop.internet().behave(
            "auth.docker.io/token",
            Manner::Answers { status, headers: Vec::new(), body: String::new() },
        );
    };
    drop_all(&laptop, true);
    restart(&laptop);
    is_kept(&laptop, "a network that is silent at the boot");
    drop_all(&laptop, false);
    for code in [503, 429, 403] {
        token_service(code, &laptop);
        is_kept(&laptop, &format!("a token service with {code}"));
    }
    laptop.internet().behave_well();
    until(&laptop, "Docker is proved anew without anybody asking", |laptop| {
        let report = report(laptop, "docker");
        report["unproved"].is_null() && report["provedAt"] != proved
    });
    what_is_masked_is_not_counted(&laptop);
    what_goes_round_is_not_routed(&laptop);
    laptop.must("pullgate unenroll --yes");
    assert_eq!(condition(&laptop, "engine-not-routed"), None);
    pulls(&laptop, "after unenroll");
}

/// The engine is called routed, with the time of its proof, whatever the world says; and no command says otherwise.
fn is_kept(laptop: &Laptop, when: &str) {
    let verified = laptop.run("pullgate engines verify");
    eprintln!("{when}:\n{}", verified.stdout);
    let docker = report(laptop, "docker");
    assert!(docker["routed"] == "yes" && docker["provedAt"].is_string(), "{when}: {docker:#}");
    let expected = if docker["unproved"].is_null() { 0 } else { 6 };
    assert_eq!(verified.code, expected, "{when}: {}", verified.terminal);
    let engines = status(laptop)["engines"].clone();
    assert_eq!(engines, json!({ "found": 3, "routed": 3, "partly": 0 }), "{when}");
    assert_eq!(condition(laptop, "engine-not-routed"), None, "{when}");
    let doctor = laptop.run("pullgate doctor");
    assert!(doctor.code == 0 && !doctor.stdout.contains("critical"), "{when}: {}", doctor.stdout);
}

fn what_is_masked_is_not_counted(laptop: &Laptop) {
    laptop.must("systemctl mask --now docker.socket docker.service");
    until(laptop, "Docker is told as masked", |laptop| report(laptop, "docker")["stopped"] == true);
    let why = report(laptop, "docker")["why"].to_string();
    assert!(why.contains("`docker.service` is masked"), "{why}");
    assert_eq!(status(laptop)["engines"], json!({ "found": 2, "routed": 2, "partly": 0 }));
    assert_eq!(laptop.run("pullgate engines verify").code, 0);
    let doctor = laptop.run("pullgate doctor");
    assert_eq!(doctor.code, 0, "{}", doctor.stdout);
    laptop.must("systemctl unmask docker.socket docker.service && systemctl start docker.service");
    until(laptop, "Docker is routed again", |laptop| status(laptop)["engines"]["routed"] == 3);
}

/// Given back by hand under an enrollment that goes on: it runs, could be routed and is not.
fn what_goes_round_is_not_routed(laptop: &Laptop) {
    laptop.must("pullgate engines restore docker");
    // The files are back at once; the look at what the engine makes of them is waited for, but not for long.
    until(laptop, "Docker is told as not routed", |laptop| {
        condition(laptop, "engine-not-routed")
            .is_some_and(|said| said.starts_with("Docker Engine is not checked"))
    });
    let text = laptop.must("pullgate status").stdout;
    assert!(
        text.contains("enforced on 2 of 3 engines") && !text.contains("Nothing needs your attention"),
        "{text}"
    );
    assert!(text.contains("sudo pullgate engines apply docker"), "{text}");
    let doctor = laptop.run("pullgate doctor");
    assert!(
        doctor.code == 1 && doctor.stdout.contains("sudo pullgate engines apply docker"),
        "{}",
        doctor.stdout
    );
    assert_eq!(laptop.run("pullgate engines verify").code, 1);
    laptop.must("pullgate engines apply docker");
    assert_eq!(condition(laptop, "engine-not-routed"), None);
}

fn report(laptop: &Laptop, engine: &str) -> Value {
    crate::drift::desk::report(laptop, engine)
}

fn pulls(laptop: &Laptop, when: &str) {
    let outcome = Flavor::DockerPull.attempt(laptop, "docker.io/library/official:1");
    assert_eq!((outcome.code, outcome.present), (0, true), "{when}: {}", outcome.terminal);
}

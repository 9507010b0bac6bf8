//! The laptop whose policy comes signed from the policy host: shared by its tests, one at a time.

use acceptance::laptop::{Laptop, Options, Output, Store};
use acceptance::product::{install, with_product};
use acceptance::shared::{Shared, SharedGuard};
use acceptance::signing::{CATALOG, PLATFORM, ROOT, enroll, policy, signed_policy, signed_trust, trust};
use serde_json::{Value, json};

use crate::network::lab::{condition, masked, status};

static DESK: Shared<Desk> = Shared::new(Desk::new);

pub(super) const URL: &str = "https://policy.acme.example/v1/";
pub(super) const HOST: &str = "policy.acme.example";
pub(super) const REFUSED: &str = "policy-refused";
pub(super) const UNREACHABLE: &str = "policy-unreachable";
pub(super) const STALE: &str = "policy-stale";
pub(super) const OFFICIAL: &str = "docker.io/library/official:1";
pub(super) const EVIL: &str = "docker.io/evil/miner:1";

/// An enrolled laptop, and what was last published for it.
pub(super) struct Desk {
    pub(super) laptop: Laptop,
    /// The number of the last policy.
    pub(super) serial: u64,
    /// The number of the last trust document.
    pub(super) version: u64,
}

/// The laptop, with a good set in force.
pub(super) fn desk() -> SharedGuard<'static, Desk> {
    let mut desk = DESK.lock();
    desk.laptop.internet().behave_well();
    desk.good();
    desk.laptop.internet().forget();
    desk
}

impl Desk {
    fn new() -> Self {
        let laptop = Laptop::boot(&with_product(Options::docker(Store::Classic).policy_host()));
        install(&laptop);
        let mut desk = Self { laptop, serial: 0, version: 0 };
        desk.trust(json!({}));
        desk.publish(json!({}));
        enroll(&desk.laptop, URL, &[ROOT]);
        desk
    }

    /// Publishes a good set with higher numbers and puts it in force.
    pub(super) fn good(&mut self) {
        self.trust(json!({}));
        self.rule(json!({}));
    }

    /// Publishes the next trust document, with some keys replaced.
    pub(super) fn trust(&mut self, change: Value) {
        self.version += 1;
        let mut document = trust(change);
        document["version"] = json!(self.version);
        self.put("trust.json", signed_trust(&document, &[ROOT]));
    }

    /// Publishes the next policy, with some keys replaced.
    pub(super) fn publish(&mut self, change: Value) {
        self.publish_by(PLATFORM, change);
    }

    /// Publishes the next policy, signed with this key.
    pub(super) fn publish_by(&mut self, key: u8, change: Value) {
        self.serial += 1;
        let mut document = policy(change);
        document["serial"] = json!(self.serial);
        self.put("catalog.json", CATALOG);
        self.put("policy.json", signed_policy(&document, &[key]));
    }

    /// Publishes the next policy and puts it in force.
    pub(super) fn rule(&mut self, change: Value) {
        self.publish(change);
        self.laptop.must("pullgate policy refresh");
        self.is_in_force(self.serial);
    }

    pub(super) fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        self.laptop.policy_host().put(&format!("v1/{name}"), bytes);
    }

    /// Asks for the policy as an administrator does.
    pub(super) fn refresh(&self) -> Output {
        self.laptop.run("pullgate policy refresh")
    }

    /// The sentence of a condition.
    pub(super) fn said(&self, code: &str) -> Option<String> {
        condition(&self.laptop, code)
    }

    /// Holds that this edition is in force and decides.
    pub(super) fn is_in_force(&self, serial: u64) {
        let policy = status(&self.laptop)["policy"].take();
        assert_eq!((&policy["state"], &policy["stamp"]["serial"]), (&json!("current"), &json!(serial)));
        assert_eq!(self.verdicts(), [0, 3]);
    }

    /// The exit codes of `explain` for an official image and for one that is denied by name.
    pub(super) fn verdicts(&self) -> [i32; 2] {
        [OFFICIAL, EVIL].map(|image| self.laptop.run(&format!("pullgate explain {image}")).code)
    }

    /// The policies that were asked for so far.
    pub(super) fn asked(&self) -> Vec<(String, u16)> {
        let requests = self.laptop.internet().requests().into_iter();
        requests.filter(|asked| asked.host == HOST).map(|asked| (asked.path, asked.status)).collect()
    }
}

/// Compares with a snapshot; editions count on from test to test.
pub(super) fn snapshot(name: &str, text: &str) {
    let mut filters = masked();
    filters.extend([
        (r"(serial|edition|version|the number) \d+", "$1 N"),
        (r"\b\d+ is lower than", "N is lower than"),
        (r"(lower than|number above) \d{1,4}\b", "$1 N"),
        (r"`\d{4}-[^`]*Z`", "`TIME`"),
        (r"enforced on \d of \d", "enforced on N of N"),
    ]);
    insta::with_settings!({ filters => filters, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(format!("distribution_{name}"), text);
    });
}

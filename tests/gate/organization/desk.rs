//! The laptop of an organization with an identity provider: shared by tests, one at a time, tidied in between.

use acceptance::laptop::{Laptop, Options, Output, Person, Store};
use acceptance::product::{install, policy, with_product, write_policy};
use acceptance::pull::{Flavor, Outcome};
use acceptance::shared::{Shared, SharedGuard};
use serde_json::{Value, json};

use super::attempt::{Attempt, Ended};
use crate::network::lab::{condition, masked, status};

static DESK: Shared<Desk> = Shared::new(|| Desk::new(IDENTITY));

/// Who signs in: members of `engineering` at the organization's own provider.
pub(crate) const IDENTITY: &str = r#"issuer = "https://login.acme.example"
client_id = "pullgate"
scopes = ["openid", "offline_access", "groups", "profile"]
membership = { claim = "groups", contains = "engineering" }"#;
/// An official image, which everybody may have who is signed in.
pub(crate) const IMAGE: &str = "docker.io/library/official:1";
/// What only the group `qa` may have.
pub(crate) const FOR_QA: &str = "docker.io/someuser/tool:1";
/// The time as it is for the service and the provider: theirs alone, by a file that both read.
const TIME: &str = "[Service]\nEnvironment=LD_PRELOAD=/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1 \
     FAKETIME_TIMESTAMP_FILE=/etc/time FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1 DONT_FAKE_MONOTONIC=1\n";

pub(crate) struct Desk {
    pub(crate) laptop: Laptop,
    /// How far the service's time is ahead; nothing takes it back, as nothing takes back what the service knows of it.
    hours: u32,
}

/// Nobody is signed in, and everybody behaves.
pub(crate) fn desk() -> SharedGuard<'static, Desk> {
    let desk = DESK.lock();
    desk.come_back();
    desk.laptop.internet().forget();
    desk.laptop.run("gpasswd --delete bob docker");
    desk.laptop.must("pullgate sign-out; rm -f /var/lib/pullgate/session");
    desk.restart_at(desk.hours);
    desk.laptop.provider().regroup("ada", Some(&["engineering", "qa"]));
    for login in ["ada", "bob"] {
        desk.laptop.provider().revoke(login);
    }
    desk.forget_images();
    desk
}

impl Desk {
    /// A laptop whose enrollment has this section `[identity]`.
    pub(crate) fn new(identity: &str) -> Self {
        let options = with_product(Options::docker(Store::Classic).identity_provider())
            .file("/etc/time", "+0s\n")
            .file("/etc/systemd/system/pullgate.service.d/time.conf", TIME)
            .file("/etc/systemd/system/identity-provider.service.d/time.conf", TIME);
        let laptop = Laptop::boot(&options);
        install(&laptop);
        write_policy(&laptop, &rules(1, json!({ "offlineGraceHours": 24, "recheckHours": 8 })));
        laptop.write_file("/root/enrollment.toml", enrollment(identity));
        laptop.must("pullgate enroll /root/enrollment.toml");
        Self { laptop, hours: 0 }
    }

    /// Somebody signs in with an account in a browser that knows nobody.
    pub(crate) fn sign_in(&self, person: Person, login: &str) -> Ended {
        let attempt = Attempt::begin(&self.laptop, person, "--no-browser");
        attempt.visit(login);
        attempt.end()
    }

    /// Ada signs in with her own account.
    pub(crate) fn ada_signs_in(&self) {
        let ended = self.sign_in(Person::Ada, "ada");
        assert_eq!(ended.code, 0, "{}", ended.text);
    }

    pub(crate) fn ada(&self, command: &str) -> Output {
        self.laptop.run_as(Person::Ada, command)
    }

    pub(crate) fn forget_images(&self) {
        self.laptop.must("docker image prune --all --force");
        self.ada("podman rmi --all --force");
    }

    /// Fails unless the image arrives.
    pub(crate) fn arrives(&self, flavor: Flavor, image: &str) {
        self.forget_images();
        let outcome = flavor.attempt(&self.laptop, image);
        assert_eq!((outcome.code, outcome.present), (0, true), "{flavor:?} {image}: {outcome}");
    }

    /// Fails unless the image stops before anything is asked of its registry.
    pub(crate) fn stops(&self, flavor: Flavor, image: &str) -> Outcome {
        self.forget_images();
        let outcome = flavor.attempt(&self.laptop, image);
        assert!(outcome.code != 0 && !outcome.present && outcome.asked.is_nothing(), "{flavor:?} {outcome}");
        assert!(outcome.terminal.contains("image access denied: "), "{flavor:?} {outcome}");
        outcome
    }

    /// What the status says of the sign-in.
    pub(crate) fn session(&self) -> Value {
        status(&self.laptop)["signIn"].take()
    }

    /// The sentence of a condition once it is there.
    pub(crate) fn told(&self, code: &str) -> String {
        let mut told = None;
        self.laptop.wait_for(&format!("the status tells `{code}`"), |laptop| {
            told = condition(laptop, code);
            told.is_some()
        });
        told.unwrap_or_default()
    }

    /// Waits until the session is in this state.
    pub(crate) fn wait_for_state(&self, state: &str) -> Value {
        self.laptop.wait_for(&format!("the session is `{state}`"), |_| self.session()["state"] == state);
        self.session()
    }

    /// Restarts the service this many hours later.
    pub(crate) fn later(&mut self, hours: u32) {
        self.hours += hours;
        self.restart_at(self.hours);
    }

    /// Lets so many hours pass for the service and the provider while they run.
    pub(crate) fn pass(&mut self, hours: u32) {
        self.hours += hours;
        self.laptop.must(&format!("echo '+{}h' > /etc/time.new && mv /etc/time.new /etc/time", self.hours));
    }

    /// Restarts the service with a clock that is this many hours ahead, which the provider shares.
    pub(crate) fn restart_at(&self, hours: u32) {
        self.restart_when(&format!("+{hours}h"));
    }

    /// Restarts the service with a clock that is set to this, such as `-30d`.
    pub(crate) fn restart_when(&self, time: &str) {
        self.laptop.must(&format!(
            "echo '{time}' > /etc/time.new && mv /etc/time.new /etc/time && systemctl restart pullgate.service"
        ));
    }

    /// The provider's name is not found any longer.
    pub(crate) fn lose_name(&self) {
        self.laptop.must("cp --no-clobber /etc/hosts /etc/hosts.kept; cp /etc/hosts.kept /etc/hosts; sed -i /login.acme.example/d /etc/hosts");
    }

    /// Everybody behaves, and the provider's name is found.
    pub(crate) fn come_back(&self) {
        self.laptop.internet().behave_well();
        self.laptop.run("cp /etc/hosts.kept /etc/hosts");
    }

    /// What failed is tried again: an address comes and goes.
    pub(crate) fn touch_network(&self) {
        self.laptop.must("ip address add 192.0.2.9/32 dev lo && ip address del 192.0.2.9/32 dev lo");
    }

    /// How many refresh tokens of a person the provider would take.
    pub(crate) fn refresh_tokens(&self, login: &str) -> usize {
        self.laptop.provider().account(login).refresh_tokens
    }

    /// How often the provider was asked for tokens.
    pub(crate) fn token_requests(&self) -> usize {
        let asked = self.laptop.internet().requests();
        asked.iter().filter(|asked| asked.host == "login.acme.example" && asked.path == "/token").count()
    }
}

/// Acme's policy of this number, with these hours of a session.
pub(crate) fn rules(serial: u64, hours: Value) -> Value {
    let for_qa = json!({ "id": "for-qa", "match": "docker.io/someuser/tool", "groups": ["qa"],
        "reason": "Approved for QA", "by": "secops" });
    let mut sign_in = hours;
    sign_in["required"] = json!(true);
    policy(json!({ "serial": serial, "allow": [for_qa], "signIn": sign_in }))
}

/// Acme's enrollment with this section `[identity]`.
pub(crate) fn enrollment(identity: &str) -> String {
    format!(
        "organization = \"acme\"\n\n[identity]\n{identity}\n\n[policy]\nurl = \"file:///etc/pullgate/policy/\"\n\
         keys = []\n\n[contact]\nname = \"Platform team\"\nemail = \"platform@acme.example\"\n"
    )
}

/// What differs from one run to the next.
pub(crate) fn filters() -> Vec<(&'static str, &'static str)> {
    let mut filters = masked();
    filters.extend([
        (r"(https://login\.acme\.example/\S+?)\?\S+", "$1?PARAMETERS"),
        (r"\b[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}\b", "CODE-CODE"),
        // The service's clock is ahead of the command's.
        (r"\(CLOCK\)", "(AGO)"),
        (r"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun) CLOCK", "CLOCK"),
        (r"\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d+, (\d{4}, )?CLOCK", "CLOCK"),
    ]);
    filters
}

/// Compares with a snapshot.
pub(crate) fn snapshot(name: &str, text: &str) {
    insta::with_settings!({ filters => filters(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(format!("organization_{name}"), text);
    });
}

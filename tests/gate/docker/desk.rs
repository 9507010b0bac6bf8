//! The enrolled laptop of one image store: shared by its tests, one at a time, tidied in between.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use acceptance::internet::{Content, Image, Published};
use acceptance::laptop::{Laptop, Options, Output, Person, Store};
use acceptance::product::{enroll, install, policy, while_stopped, with_product, write_policy};
use acceptance::pull::{Flavor, Outcome, masks};
use acceptance::shared::{Shared, SharedGuard};
use serde_json::{Value, json};

static CLASSIC: Shared<Desk> = Shared::new(|| Desk::new(Store::Classic));
static CONTAINERD: Shared<Desk> = Shared::new(|| Desk::new(Store::Containerd));

/// A laptop with a developer's past: a container that runs and an image that the policy would not let in.
pub(super) struct Desk {
    pub(super) laptop: Laptop,
    pub(super) store: Store,
    /// The process of the container that was running before the laptop was enrolled.
    pub(super) pid_before: String,
    /// Every file of the machine's configuration before the laptop was enrolled.
    pub(super) manifest_before: String,
    serial: u64,
    /// Whether another policy than the usual one may be in force.
    is_changed: bool,
    /// Whether the service was killed.
    was_killed: AtomicBool,
}

/// What was there, and in use, before the laptop was enrolled; a community image.
pub(super) const PRESENT: &str = "docker.io/someuser/tool:1";

pub(super) fn classic() -> SharedGuard<'static, Desk> {
    tidy(&CLASSIC)
}

pub(super) fn containerd() -> SharedGuard<'static, Desk> {
    tidy(&CONTAINERD)
}

fn tidy(desk: &'static Shared<Desk>) -> SharedGuard<'static, Desk> {
    let mut desk = desk.lock();
    let internet = desk.laptop.internet();
    internet.behave_well();
    internet.forget();
    let is_changed = desk.is_changed;
    if is_changed {
        desk.rule(json!({}));
        desk.is_changed = false;
    }
    if desk.was_killed.swap(false, Ordering::Relaxed) || is_changed {
        // What is new in the policy, and how often the service ended, is told for a while.
        while_stopped(&desk.laptop, "rm -f /var/lib/pullgate/starts.json");
    }
    desk.forget_images();
    desk
}

impl Desk {
    fn new(store: Store) -> Self {
        let mut options = with_product(Options::docker(store));
        if store == Store::Classic {
            options =
                options.file("/etc/docker/daemon.json", "{ \"labels\" : [\"team=a\"],\n\n\t\"debug\":false}");
        }
        let laptop = Laptop::boot(&options);
        laptop.must("chmod 640 /etc/docker/daemon.json && chown root:docker /etc/docker/daemon.json");
        laptop.must(&format!("docker run --detach --name before {PRESENT} sleep 100000"));
        install(&laptop);
        let pid_before = container_pid(&laptop);
        let manifest_before = manifest(&laptop);
        enroll(&laptop, &policy(json!({})));
        Self {
            laptop,
            store,
            pid_before,
            manifest_before,
            serial: 1,
            is_changed: false,
            was_killed: AtomicBool::new(false),
        }
    }

    /// Puts the policy with these keys replaced into force, and waits until it is.
    pub(super) fn rule(&mut self, change: Value) {
        let serial = self.write(change);
        self.laptop.wait_for("the policy is in force", |laptop| in_force(laptop) == Some(serial));
    }

    /// Replaces the policy as an administrator does and returns at once with its serial.
    pub(super) fn write(&mut self, change: Value) -> u64 {
        self.serial += 1;
        self.is_changed = true;
        let mut policy = policy(change);
        policy["serial"] = json!(self.serial);
        write_policy(&self.laptop, &policy);
        self.serial
    }

    /// Kills the service, which systemd starts again.
    pub(super) fn kill_service(&self) {
        self.was_killed.store(true, Ordering::Relaxed);
        self.laptop.must("systemctl kill --kill-whom=main --signal=KILL pullgate.service");
    }

    /// Removes every image but that of the running container, and what builds keep.
    pub(super) fn forget_images(&self) {
        self.laptop.must("docker image prune --all --force && docker builder prune --all --force");
    }

    /// Publishes an image that no engine has seen, under a tag `4.N` of its own; one that builds where needed.
    pub(super) fn publish(&self, flavor: Flavor, repository: &str) -> (String, Published) {
        static NEXT: AtomicU32 = AtomicU32::new(100);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let tag = format!("4.{number}");
        let mut image = Image::new(repository, &[&tag]).edition(number);
        if flavor == Flavor::BuildKitSyntax {
            image = image.made_of(Content::Frontend);
        }
        image.private = repository.ends_with("/private");
        (format!("{repository}:{tag}"), self.laptop.internet().publish(&image))
    }

    /// Runs a shell command as the developer.
    pub(super) fn ada(&self, command: &str) -> Output {
        self.laptop.run_as(Person::Ada, command)
    }

    /// Logs the developer in to a registry, as people do, for as long as the work takes.
    pub(super) fn logged_in<T>(&self, registry: &str, work: impl FnOnce() -> T) -> T {
        let login = self.ada(&format!("docker login -u ada --password-stdin {registry} <<< ada-secret"));
        assert!(login.terminal.contains("Login Succeeded"), "{}", login.terminal);
        let result = work();
        self.ada(&format!("docker logout {registry}"));
        result
    }

    /// Fails unless the image arrives.
    pub(super) fn arrives(&self, flavor: Flavor, image: &str) -> Outcome {
        let outcome = flavor.attempt(&self.laptop, image);
        assert_eq!((outcome.code, outcome.present), (0, true), "{flavor:?} {image}: {}", outcome.terminal);
        assert!(!outcome.asked.is_nothing(), "{flavor:?} {image} arrived from nowhere");
        outcome
    }

    /// Fails unless the image stops with the reason before anything is asked of its registry.
    pub(super) fn stops(&self, flavor: Flavor, image: &str) -> Outcome {
        let outcome = flavor.attempt(&self.laptop, image);
        assert!(outcome.code != 0 && !outcome.present, "{flavor:?} {image}: {outcome}");
        assert!(outcome.asked.is_nothing(), "{flavor:?} {image}: {:?}", outcome.asked);
        assert!(outcome.terminal.contains("image access denied: "), "{flavor:?} {image}: {outcome}");
        assert!(outcome.terminal.contains("Run: pullgate why pg-"), "{flavor:?} {image}: {outcome}");
        outcome
    }

    /// Everything in the journal since an earlier count of its lines, oldest first.
    pub(super) fn journal_since(&self, lines: usize) -> Vec<Value> {
        self.journal().split_off(lines)
    }

    /// Everything in the journal, oldest first.
    pub(super) fn journal(&self) -> Vec<Value> {
        let output = self.laptop.must("pullgate log --json --since 24h");
        output.stdout.lines().map(|line| serde_json::from_str(line).expect("one object a line")).collect()
    }

    /// Compares with the snapshot of this laptop's image store.
    pub(super) fn snapshot(&self, name: &str, text: &str) {
        let store = match self.store {
            Store::Classic => "classic",
            Store::Containerd => "containerd",
        };
        let mut filters = masks();
        filters.extend([
            (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "TIME"),
            (r"issued .* ago", "issued AGE"),
            (r"(blocked today) \((just now|\d+ (min|h) ago)\)", "$1 (AGO)"),
            (r"(acme, version|; version) \d+", "$1 N"),
            (r"\b4\.\d{3}\b", "4.N"),
            (SHOWN_AGAIN, SHOWN_ONCE),
            // Whether the store remembers another repository with the same layer goes by what was pulled before.
            (r"/blobs/uploads/\?mount=sha256:DIGEST&from=[^:]+: ", "/blobs/uploads/: "),
        ]);
        insta::with_settings!({ filters => filters, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(format!("docker_{name}_{store}"), text);
        });
    }
}

/// On a busy machine BuildKit shows its first step more than once.
const SHOWN_AGAIN: &str = r"(?:  #1 \[internal\] load build definition from Dockerfile\n *\n){2,}";
const SHOWN_ONCE: &str = "  #1 [internal] load build definition from Dockerfile\n\n";

/// The serial of the policy that is in force.
pub(super) fn in_force(laptop: &Laptop) -> Option<u64> {
    let status: Value = serde_json::from_str(&laptop.run("pullgate status --json").stdout).ok()?;
    status["policy"]["stamp"]["serial"].as_u64()
}

/// The process of the container that was running before anything else happened.
pub(super) fn container_pid(laptop: &Laptop) -> String {
    laptop.must("docker inspect --format '{{.State.Pid}}' before").stdout
}

/// How many layers either store is writing.
pub(super) fn arriving(laptop: &Laptop) -> usize {
    let find = "find /var/lib/docker /var/lib/containerd -size +0 '(' -path '*/ingest/*/data' -o -name 'GetImageBlob*' ')'";
    laptop.must(&format!("{find} 2>/dev/null || true")).stdout.lines().count()
}

/// Every file of `/etc` with its content, mode and owner, the product's own folder left out.
pub(super) fn manifest(laptop: &Laptop) -> String {
    let find = "find /etc -path /etc/pullgate -prune -o";
    let metadata = format!("{find} -printf '%p %y %m %U:%G %l\\n' | sort");
    let content = format!("{find} -type f -print0 | sort -z | xargs -0 sha256sum");
    laptop.must(&format!("{metadata} && {content}")).stdout
}

/// Does it again and again until it says so, and tells how long that took.
pub(super) fn until(what: &str, mut done: impl FnMut() -> bool) -> Duration {
    let started = Instant::now();
    while !done() {
        assert!(started.elapsed() < Duration::from_secs(30), "waited in vain until {what}");
    }
    started.elapsed()
}

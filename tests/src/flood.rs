//! One user who takes what can be had, and another one who pulls meanwhile.

use std::fmt;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::internet::Image;
use crate::laptop::{Laptop, Options, Person, Store, lab_binary};
use crate::product::with_product;
use crate::pull::Flavor;

/// How much of everything.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Connections to the fronts that bob holds or tries to.
    pub connections: u32,
    /// Images that nobody ever made, which bob asks for.
    pub names: u32,
    /// Bytes that bob pushes at the control socket.
    pub mebibytes: u32,
    /// Requests of ada, each on a connection of its own.
    pub requests: u32,
    /// Pulls of ada by each engine.
    pub pulls: u32,
}

impl Size {
    /// What one user is promised not to harm others with.
    pub const WHOLE: Self =
        Self { connections: 2000, names: 12_000, mebibytes: 600, requests: 100, pulls: 5 };
    /// The same for every day.
    pub const SMALL: Self = Self { connections: 600, names: 1500, mebibytes: 60, requests: 20, pulls: 2 };
}

/// What was seen.
#[derive(Debug)]
pub struct Seen {
    /// Ada's requests while nobody else asked.
    pub quiet: Times,
    /// Her requests while two programs of bob used the processors and asked for nothing.
    pub beside_work: Times,
    /// Her requests during the flood.
    pub flooded: Times,
    /// How long her pulls took during it.
    pub pulls: Times,
    /// What bob did.
    pub bob: Value,
    /// The most memory that the service had, in bytes.
    pub memory: u64,
    /// The most that its unit allows, in bytes.
    pub allowed: u64,
    /// Whether it is the process that it was.
    pub same_process: bool,
}

/// How long things took, in milliseconds, shortest first.
#[derive(Clone, Debug, Default)]
pub struct Times(Vec<f64>);

impl Times {
    fn of(mut each: Vec<f64>) -> Self {
        each.sort_by(f64::total_cmp);
        Self(each)
    }

    /// The time that so many percent of them did not exceed.
    pub fn percentile(&self, percent: usize) -> f64 {
        let at = (self.0.len() * percent).div_ceil(100).saturating_sub(1);
        self.0.get(at).copied().unwrap_or_default()
    }
}

impl fmt::Display for Times {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [half, most, all] = [50, 99, 100].map(|percent| self.percentile(percent));
        write!(formatter, "p50 {half:.1}, p99 {most:.1}, longest {all:.1} ms of {}", self.0.len())
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ratio = |times: &Times| times.percentile(99) / self.quiet.percentile(99);
        writeln!(formatter, "ada's requests, quiet:        {}", self.quiet)?;
        let (work, flood) = (ratio(&self.beside_work), ratio(&self.flooded));
        writeln!(formatter, "beside two busy programs:     {} ({work:.1}× p99)", self.beside_work)?;
        writeln!(formatter, "during the flood:             {} ({flood:.1}× p99, aim ≤ 2×)", self.flooded)?;
        writeln!(formatter, "her pulls during it:          {}, all arrived", self.pulls)?;
        writeln!(formatter, "bob:                          {}", self.bob)?;
        let (memory, allowed) = (self.memory >> 20, self.allowed >> 20);
        write!(formatter, "memory of the service:        {memory} MiB at most, the unit allows {allowed} MiB")
    }
}

/// The laptop that this is played in.
pub fn options() -> Options {
    with_product(Options::docker(Store::Classic)).binary("flooder", &lab_binary("flooder"))
}

/// Plays it in an enrolled laptop whose policy lets official images of Docker Hub pass.
pub fn play(laptop: &Laptop, size: Size) -> Seen {
    for number in 0..size.pulls {
        laptop.internet().publish(&Image::new(&format!("docker.io/library/flood{number}"), &["1"]));
    }
    let before = service(laptop);
    // The first requests of a machine find no connection, no token and no certificate.
    requests(laptop, size.requests.div_ceil(10));
    let quiet = requests(laptop, size.requests);
    laptop.must("systemd-run --quiet --uid=bob --unit=work bash -c 'yes > /dev/null & yes > /dev/null'");
    let beside_work = requests(laptop, size.requests);
    laptop.must("systemctl stop work");
    laptop.must(&format!(
        "rm -rf /tmp/flood && install -d -o bob /tmp/flood && systemd-run --quiet --uid=bob --unit=flood \
         -p LimitNOFILE=8192 /opt/lab/flooder {} {} {} /tmp/flood",
        size.connections, size.names, size.mebibytes
    ));
    laptop.wait_for("the flood has begun", |laptop| laptop.run("test -e /tmp/flood/began").code == 0);
    let (flooded, docker, podman) = std::thread::scope(|scope| {
        let docker = scope.spawn(|| pulls(laptop, Flavor::DockerPull, size.pulls));
        let podman = scope.spawn(|| pulls(laptop, Flavor::Podman, size.pulls));
        let flooded = requests(laptop, size.requests);
        let joined = |result: std::thread::Result<Vec<f64>>| match result {
            Ok(times) => times,
            Err(cause) => std::panic::resume_unwind(cause),
        };
        (flooded, joined(docker.join()), joined(podman.join()))
    });
    laptop.must("touch /tmp/flood/stop");
    let bob = whole_flood(laptop);
    let after = service(laptop);
    Seen {
        quiet,
        beside_work,
        flooded,
        pulls: Times::of([docker, podman].concat()),
        bob,
        memory: used(laptop, "VmHWM"),
        allowed: allowed("MemoryMax"),
        same_process: before == after,
    }
}

/// What bob did in the end, however long he takes for it.
fn whole_flood(laptop: &Laptop) -> Value {
    let begun = Instant::now();
    loop {
        if let Some(done) = laptop.read_file("/tmp/flood/done").and_then(|it| serde_json::from_str(&it).ok())
        {
            return done;
        }
        assert!(begun.elapsed() < Duration::from_secs(300), "the flood does not come to its end");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Ada's requests for a manifest, one after the other, each on a connection of its own.
fn requests(laptop: &Laptop, times: u32) -> Times {
    let url = "https://127.0.0.1:858/v2/docker.io/library/official/manifests/1";
    let one = format!("url = {url}\noutput = /dev/null\n");
    laptop.write_file("/tmp/requests", one.repeat(usize::try_from(times).unwrap_or_default()));
    let asked = laptop.run_as(
        Person::Ada,
        "curl -sk --no-buffer --max-time 60 -H 'Connection: close' -H 'Accept: application/vnd.oci.image.index.v1+json' -A containers/5.34 -w '%{http_code} %{time_total}\\n' --config /tmp/requests",
    );
    let each = asked.stdout.lines().map(|line| match line.split_once(' ') {
        Some(("200", seconds)) => seconds.parse::<f64>().expect("curl counts seconds") * 1000.0,
        _ => panic!("a request of ada was answered with `{line}`"),
    });
    let each: Vec<f64> = each.collect();
    assert_eq!(each.len(), usize::try_from(times).unwrap_or_default(), "{}", asked.terminal);
    Times::of(each)
}

/// Ada's pulls by an engine, one after the other; each brings its image.
fn pulls(laptop: &Laptop, flavor: Flavor, times: u32) -> Vec<f64> {
    let pull = |number: u32| {
        let begun = Instant::now();
        let image = format!("docker.io/library/flood{number}:1");
        let outcome = flavor.attempt_as(Person::Ada, laptop, &image);
        assert_eq!((outcome.code, outcome.present), (0, true), "{flavor:?}: {}", outcome.terminal);
        begun.elapsed().as_secs_f64() * 1000.0
    };
    (0..times).map(pull).collect()
}

/// The service's process and how often it was started anew.
pub fn service(laptop: &Laptop) -> String {
    laptop.must("systemctl show --property MainPID --property NRestarts --value pullgate.service").stdout
}

/// What the service's process uses, in bytes: not every machine that runs this counts the memory of units.
pub fn used(laptop: &Laptop, figure: &str) -> u64 {
    let status =
        laptop.must("cat /proc/$(systemctl show --property MainPID --value pullgate.service)/status");
    let line = status.stdout.lines().find_map(|line| line.strip_prefix(&format!("{figure}:")).map(str::trim));
    let kilobytes =
        line.and_then(|line| line.strip_suffix(" kB")).and_then(|number| number.parse::<u64>().ok());
    kilobytes.expect("the kernel tells the figure") * 1024
}

/// A limit of memory in the service's unit, as it lies in this repository, in bytes.
pub fn allowed(key: &str) -> u64 {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src-tauri/packaging/systemd/pullgate.service");
    let text = std::fs::read_to_string(path).expect("the unit is in the checkout");
    let value = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
    let (number, unit) = value.map(|value| value.split_at(value.len() - 1)).expect("the unit has that limit");
    let shift = match unit {
        "G" => 30,
        "M" => 20,
        _ => panic!("`{key}` is told in an unknown unit"),
    };
    number.parse::<u64>().expect("a limit is a number") << shift
}

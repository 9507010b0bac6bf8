//! What a service of the laptop costs: processor time in user space and kernel, and resident memory.

use acceptance::laptop::Laptop;
use serde::Deserialize;

/// A unit of the laptop whose costs are measured.
#[derive(Clone, Copy)]
pub(crate) struct Meter<'a> {
    pub(crate) laptop: &'a Laptop,
    pub(crate) unit: &'static str,
}

/// What the client saw of one run.
#[derive(Deserialize)]
pub(crate) struct Run {
    pub(crate) status: u16,
    pub(crate) bytes: u64,
    pub(crate) seconds: f64,
    /// The median of its single requests, in seconds.
    pub(crate) p50: f64,
}

impl Meter<'_> {
    /// Processor seconds that all processes of the unit have used, as their control group counts them.
    pub(crate) fn cpu(self) -> f64 {
        let path = format!("/sys/fs/cgroup/system.slice/{}.service/cpu.stat", self.unit);
        let text = self.laptop.read_file(&path).unwrap_or_default();
        let used = text.lines().find_map(|line| line.strip_prefix("usage_usec "));
        let used: f64 = used.and_then(|used| used.parse().ok()).expect("the kernel counts for each unit");
        used / 1e6
    }

    /// Resident memory of all its processes now, in MiB.
    pub(crate) fn resident(self) -> f64 {
        let groups = format!("/sys/fs/cgroup/system.slice/{}.service/cgroup.procs", self.unit);
        let command = format!("for pid in $(cat {groups}); do grep VmRSS /proc/$pid/status; done");
        let text = self.laptop.must(&command).stdout;
        let sizes = text.lines().filter_map(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
        sizes.sum::<f64>() / 1024.0
    }

    /// Runs the client once, and tells what the unit used meanwhile.
    pub(crate) fn load(self, how: &str, url: &str, times: u32) -> (Run, f64) {
        let before = self.cpu();
        let run = load(self.laptop, how, url, times);
        (run, self.cpu() - before)
    }
}

/// Runs the client once.
pub(crate) fn load(laptop: &Laptop, how: &str, url: &str, times: u32) -> Run {
    let output = laptop.must(&format!("load {how} {url} {times}"));
    serde_json::from_str(&output.stdout).expect("the client prints one JSON object")
}

//! What processes of the laptop cost.

use std::collections::BTreeSet;
use std::fs;

use super::Desktop;

impl Desktop<'_> {
    /// The proportional set size of these processes and all their descendants, in KiB.
    pub fn pss_of(&self, pids: &[u32]) -> u64 {
        self.family(pids).into_iter().map(|pid| self.pss(pid)).sum()
    }

    /// The processor time that a process has used so far, in ticks of 10 ms.
    pub fn cpu_ticks(&self, pid: u32) -> u64 {
        let stat = self.stat(pid).unwrap_or_else(|| panic!("the process {pid} is gone"));
        // User and system time are fields 14 and 15 of proc(5), and `stat` begins with the third.
        stat[11..13].iter().filter_map(|field| field.parse::<u64>().ok()).sum()
    }

    /// These processes and all their descendants, as far as they are there.
    pub fn family(&self, pids: &[u32]) -> BTreeSet<u32> {
        let entries = fs::read_dir(self.seen_from_host("/proc")).expect("the laptop runs");
        let names = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
        let parents: Vec<(u32, u32)> =
            names.filter_map(|pid| Some((pid, self.stat(pid)?.get(1)?.parse().ok()?))).collect();
        let mut family: BTreeSet<u32> =
            parents.iter().map(|&(pid, _)| pid).filter(|pid| pids.contains(pid)).collect();
        loop {
            let children = parents.iter().filter(|(_, parent)| family.contains(parent)).map(|&(pid, _)| pid);
            let grown: BTreeSet<u32> = children.chain(family.iter().copied()).collect();
            if grown.len() == family.len() {
                return family;
            }
            family = grown;
        }
    }

    fn pss(&self, pid: u32) -> u64 {
        let text = fs::read_to_string(self.seen_from_host(&format!("/proc/{pid}/smaps_rollup")));
        let text = text.unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("Pss:"));
        line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
    }

    /// The fields of `/proc/PID/stat` from the third on, which follow the name in parentheses.
    fn stat(&self, pid: u32) -> Option<Vec<String>> {
        let text = fs::read_to_string(self.seen_from_host(&format!("/proc/{pid}/stat"))).ok()?;
        Some(text.rsplit_once(") ")?.1.split_whitespace().map(str::to_owned).collect())
    }
}

//! What `pullgate status` and `pullgate log` tell, without what differs between two runs.

use acceptance::laptop::Laptop;

/// The usual masks, and one for how often something was asked within a minute, which is a matter of the machine's pace.
pub(super) fn masks() -> Vec<(&'static str, &'static str)> {
    let pace = [(r" ×\d+", ""), (r" · failed (once|\d+ times)", "")];
    acceptance::pull::masks().into_iter().chain(pace).collect()
}

/// The sentences of `status` and the last line of the record, with the story behind it.
pub(super) fn tell(laptop: &Laptop) -> String {
    let status = laptop.run("pullgate status").stdout;
    let status: Vec<&str> = status.lines().take(3).collect();
    let log = laptop.must("pullgate log").stdout;
    let last = log.lines().last().unwrap_or_default();
    let id = last.split_whitespace().find(|word| word.starts_with("pg-")).unwrap_or_default();
    let why = laptop.run(&format!("pullgate why {id}")).stdout;
    let why: Vec<&str> = why.lines().take_while(|line| !line.is_empty()).collect();
    let row = last.find("pg-").and_then(|at| last.get(at..)).unwrap_or(last);
    format!("status\n{}\nlog\n{}\nwhy\n{}\n", indented(&status), indented(&[row.trim()]), indented(&why))
}

fn indented(lines: &[&str]) -> String {
    lines.iter().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}

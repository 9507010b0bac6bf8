//! Engines and files beside those that are routed: a notice as long as they are there.

use std::path::PathBuf;

use engines::{Facts, Found, Why};
use wire::Severity;

use crate::service::core::Core;

const CODE: &str = "engine-not-routed";
/// More than these are counted.
const MOST: usize = 3;

/// Raises the notice, or clears it.
pub(super) fn tell(core: &Core, found: &[Found]) {
    match sentence(&found.iter().flat_map(of).collect::<Vec<_>>()) {
        Some(sentence) => {
            core.conditions.raise(CODE, Severity::Notice, sentence, Some("Run `pullgate engines`"));
        }
        None => core.conditions.clear(CODE),
    }
}

/// What of one engine does not come through the gateway, a sentence each; what to do about it is told with the engine.
pub(super) fn of(found: &Found) -> Vec<String> {
    let name = &found.name;
    let short = |why: &Why| why.to_string().split("; ").next().unwrap_or_default().to_owned();
    let running = found.routable.as_ref().err().filter(|why| runs(why));
    let whole = running.map(|why| format!("{name}: {}", short(why)));
    whole.into_iter().chain(of_people(found)).collect()
}

/// What is only installed, or is an engine of its own that is listed as not routed, pulls nothing beside those that are.
fn runs(why: &Why) -> bool {
    matches!(
        why,
        Why::NotSupported
            | Why::Second { .. }
            | Why::Rootless { .. }
            | Why::Builder(_)
            | Why::BuilderToMakeAnew { .. }
            | Why::Node { .. }
    )
}

fn of_people(found: &Found) -> Vec<String> {
    let name = &found.name;
    let told = |paths: &[PathBuf], what: &str| -> Vec<String> {
        paths.iter().map(|path| format!("{name}: `{}` {what}", path.display())).collect()
    };
    if let Facts::Podman(facts) = &found.facts {
        // A certificate leads nowhere else.
        let ruling = facts.personal.iter().filter(|path| !path.iter().any(|part| part == "certs.d"));
        return told(&ruling.cloned().collect::<Vec<_>>(), "beats the system's configuration for its owner");
    }
    if let Facts::Docker(facts) = &found.facts {
        return told(&facts.contexts, "leads its owner's `docker` to other engines");
    }
    Vec::new()
}

fn sentence(ways: &[String]) -> Option<String> {
    let shown = ways.get(..ways.len().min(MOST))?.join("; ");
    match ways.len() {
        0 => None,
        1..=MOST => Some(format!("Not everything is routed: {shown}")),
        all => Some(format!("Not everything is routed: {shown}; and {} more", all - MOST)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_ways_are_counted_and_none_is_no_notice() {
        let ways = ["a", "b", "c", "d", "e"].map(str::to_owned);
        assert_eq!(sentence(&[]), None);
        assert_eq!(sentence(&ways[..2]).unwrap(), "Not everything is routed: a; b");
        assert_eq!(sentence(&ways).unwrap(), "Not everything is routed: a; b; c; and 2 more");
    }
}

//! Engines and files beside those that are routed, and engines that should be routed and are not: told as long as that
//! is so.

use std::sync::PoisonError;

use engines::{Found, Personal, Why};
use wire::Severity;

use super::{Engines, unrouted::Unrouted};
use crate::enrolled::Enrolled;

/// Something is not routed.
pub(crate) const NOT_ROUTED: &str = "engine-not-routed";
/// It is not known whether something is routed.
pub(crate) const NOT_PROVED: &str = "engine-not-proved";
/// More than these are counted.
const MOST: usize = 3;

/// What is told, and what it is made of: ways round the gateway, engines that are not routed, and those not proved.
#[derive(Default)]
pub(super) struct Bypasses {
    round: Vec<String>,
    unrouted: Vec<Unrouted>,
    unproved: Vec<Unrouted>,
}

/// Takes in what was found beside the engines that are routed.
pub(super) fn tell(engines: &Engines, found: &[Found]) {
    publish(engines, |bypasses| bypasses.round = found.iter().flat_map(of).collect());
}

/// Takes in what the engines showed.
pub(super) fn tell_shown(
    engines: &Engines,
    found: &[Found],
    unrouted: Vec<Unrouted>,
    unproved: Vec<Unrouted>,
) {
    let round = found.iter().flat_map(of).collect();
    publish(engines, |bypasses| *bypasses = Bypasses { round, unrouted, unproved });
}

/// Takes back what the engines showed, until they are asked anew.
pub(crate) fn forget_shown(engines: &Engines) {
    publish(engines, |bypasses| (bypasses.unrouted, bypasses.unproved) = (Vec::new(), Vec::new()));
}

fn publish(engines: &Engines, change: impl FnOnce(&mut Bypasses)) {
    let mut bypasses = engines.bypasses.lock().unwrap_or_else(PoisonError::into_inner);
    change(&mut bypasses);
    // On a machine that belongs to nobody no engine should be routed, whatever a look found that began before.
    let is_enrolled = !matches!(engines.in_force.borrow().enrolled, Enrolled::No);
    for (code, listed) in [(NOT_ROUTED, bypasses.not_routed()), (NOT_PROVED, together(&bypasses.unproved))] {
        match listed.filter(|_| is_enrolled) {
            Some((severity, sentence, action)) => {
                engines.conditions.raise(code, severity, sentence, Some(&action))
            }
            None => engines.conditions.clear(code),
        }
    }
}

type Notice = (Severity, String, String);

impl Bypasses {
    /// Engines that should be routed come first: what is beside them is good to know.
    fn not_routed(&self) -> Option<Notice> {
        // A person's own files are told as what they are.
        let is_listed = |it: &Unrouted| {
            let name = format!("{}: ", it.name);
            it.severity < Severity::Critical && self.round.iter().any(|way| way.starts_with(&name))
        };
        let unrouted: Vec<Unrouted> = self.unrouted.iter().filter(|it| !is_listed(it)).cloned().collect();
        let beside = sentence(&self.round);
        match (together(&unrouted), beside) {
            (None, None) => None,
            (None, Some(beside)) => Some((Severity::Notice, beside, "Run `pullgate engines`".to_owned())),
            (Some((severity, sentence, action)), beside) => {
                let beside = beside.map(|beside| format!("; {beside}")).unwrap_or_default();
                Some((severity, sentence + &beside, action))
            }
        }
    }
}

/// Several in one, with the one thing that helps each.
fn together(all: &[Unrouted]) -> Option<Notice> {
    let severity = all.iter().map(|it| it.severity).max()?;
    let joined = |of: fn(&Unrouted) -> &String| {
        let mut parts: Vec<&str> = all.iter().map(|it| of(it).as_str()).collect();
        parts.dedup();
        parts.join("; ")
    };
    Some((severity, joined(|it| &it.sentence), joined(|it| &it.action)))
}

/// What of one engine does not come through the gateway, a sentence each; what to do about it is told with the engine.
pub(super) fn of(found: &Found) -> Vec<String> {
    let name = &found.name;
    let short = |why: &Why| {
        let why = engines::without_passwords(&why.to_string());
        why.split("; ").next().unwrap_or_default().to_owned()
    };
    // What is only installed pulls nothing.
    let running = found.routable.as_ref().err().filter(|_| !found.is_stopped());
    let whole = running.map(|why| format!("{name}: {}", short(why)));
    whole.into_iter().chain(of_people(found)).collect()
}

fn of_people(found: &Found) -> Vec<String> {
    let name = &found.name;
    of_each(found).into_iter().map(|it| format!("{name}: {} {}", it.person.name, it.what)).collect()
}

/// What people have of their own, with where it is and what helps: for them and for root.
pub(super) fn personal(found: &Found) -> Vec<wire::Personal> {
    let sentence = |it: &OfPerson| {
        let OfPerson { person, what, action } = it;
        format!("{} {what}: {}. {action}", person.name, person.listed())
    };
    of_each(found).iter().map(|it| wire::Personal { uid: it.person.uid, sentence: sentence(it) }).collect()
}

/// Something of one person.
struct OfPerson<'a> {
    person: &'a Personal,
    what: &'static str,
    action: &'static str,
}

fn listed<'a>(all: &'a [Personal], what: &'static str, action: &'static str) -> Vec<OfPerson<'a>> {
    all.iter().map(|person| OfPerson { person, what, action }).collect()
}

fn of_each(found: &Found) -> Vec<OfPerson<'_>> {
    let mut all = listed(
        found.personal_files(),
        "has files that beat the system's configuration",
        "Without them pulls are led through Pullgate",
    );
    all.extend(listed(
        found.hiding_mounts(),
        "has a mount that hides the system's configuration from Podman",
        "`podman system migrate` as that person ends it",
    ));
    all.extend(listed(
        found.docker_contexts(),
        "has contexts that lead `docker` to other engines",
        "`docker context ls` lists them, `docker context use default` leads back",
    ));
    all
}

fn sentence(bypasses: &[String]) -> Option<String> {
    let shown = bypasses.get(..bypasses.len().min(MOST))?.join("; ");
    match bypasses.len() {
        0 => None,
        1..=MOST => Some(format!("Not every pull is checked: {shown}")),
        all => Some(format!("Not every pull is checked: {shown}; and {} more", all - MOST)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_ways_are_counted_and_none_is_no_notice() {
        let bypasses = ["a", "b", "c", "d", "e"].map(str::to_owned);
        assert_eq!(sentence(&[]), None);
        assert_eq!(sentence(&bypasses[..2]).unwrap(), "Not every pull is checked: a; b");
        assert_eq!(sentence(&bypasses).unwrap(), "Not every pull is checked: a; b; c; and 2 more");
    }

    fn listed(name: &str, severity: Severity) -> Unrouted {
        Unrouted {
            engine: name.to_lowercase(),
            name: name.into(),
            severity,
            sentence: format!("{name} is not routed"),
            action: format!("Run `sudo pullgate engines apply {}`", name.to_lowercase()),
        }
    }

    /// "Nothing needs your attention" stood below "enforced on 1 of 3 engines".
    #[test]
    fn an_engine_that_is_not_routed_stands_before_what_is_beside_the_engines() {
        let bypasses = Bypasses {
            round: vec!["buildx builder: the builder `big` pulls by itself".into()],
            unrouted: vec![listed("BuildKit", Severity::Critical)],
            unproved: Vec::new(),
        };
        let (severity, sentence, action) = bypasses.not_routed().unwrap();
        assert_eq!(severity, Severity::Critical);
        assert!(sentence.starts_with("BuildKit is not routed; Not every pull is checked: "), "{sentence}");
        assert_eq!(action, "Run `sudo pullgate engines apply buildkit`");
        assert!(Bypasses::default().not_routed().is_none());
    }

    #[test]
    fn what_a_person_s_file_undoes_is_told_once() {
        let bypasses = Bypasses {
            round: vec!["Podman family: ada has files that beat the system's configuration".into()],
            unrouted: vec![listed("Podman family", Severity::Attention)],
            unproved: Vec::new(),
        };
        assert_eq!(bypasses.not_routed().unwrap().0, Severity::Notice);
    }
}

//! The ways that lead out of this machine, for Pullgate's own requests: what there is to try, in which order.

use egress::{Egress, ProxyRules};

use crate::EngineEgress;

/// Ways to try one after the other: the enrollment's, which is then the only one; else the machine's, those that engines
/// have, and directly.
pub fn candidates(enrolled: Option<&Egress>, machine: &Egress, engines: &[EngineEgress]) -> Vec<Egress> {
    if let Some(enrolled) = enrolled {
        return vec![enrolled.clone()];
    }
    let mut ways: Vec<Egress> = Vec::new();
    for way in [machine].into_iter().chain(engines.iter().map(|engine| &engine.egress)) {
        let known = ways.iter().any(|known| known.settings == way.settings);
        if !known && !way.settings.is_direct() && ProxyRules::new(&way.settings).is_ok() {
            ways.push(way.clone());
        }
    }
    ways.push(Egress::default());
    ways
}

/// The proxy of a way as people read it, without its login; none where it goes directly.
pub fn shown(way: &Egress) -> Option<String> {
    if way.settings.is_direct() {
        return None;
    }
    let rules = ProxyRules::new(&way.settings).ok();
    let address = rules.and_then(|rules| rules.proxies().next().map(|proxy| proxy.address()));
    Some(address.unwrap_or_else(|| "a proxy whose address cannot be read".to_owned()))
}

#[cfg(test)]
mod tests {
    use egress::{ProxySettings, ProxySource};

    use super::*;
    use crate::EngineId;

    fn way(https: &str) -> Egress {
        let settings = ProxySettings { https: Some(https.to_owned()), ..ProxySettings::default() };
        Egress { settings, source: ProxySource::Machine { place: "x".into() } }
    }

    fn engine(https: &str) -> EngineEgress {
        EngineEgress { engine: EngineId::Docker, is_crio: false, egress: way(https) }
    }

    #[test]
    fn the_enrollments_comes_alone_and_others_in_their_order() {
        let tried = |enrolled: Option<&Egress>, machine: &str, engines: &[EngineEgress]| {
            let ways = candidates(enrolled, &way(machine), engines);
            ways.iter().map(|way| shown(way).unwrap_or_default()).collect::<Vec<_>>()
        };
        let engines =
            [engine("http://ada:p@one:1"), engine(""), engine("http://ada:p@one:1"), engine("ftp://x")];
        assert_eq!(tried(Some(&way("http://e:1")), "http://m:1", &engines), ["http://e:1"]);
        assert_eq!(tried(None, "http://m:1", &engines), ["http://m:1", "http://one:1", ""]);
        assert_eq!(tried(None, "", &[]), [""]);
    }
}

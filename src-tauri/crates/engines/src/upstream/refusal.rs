//! Whether the gateway can go where an engine goes: judged before the engine is touched, from what is written and from
//! what the proxies answered.

use egress::{Egress, ProxyRules, ProxySettings, ProxySource};

use super::EngineEgress;
use crate::{ProxyAnswers, Unplannable};

/// Refuses an engine whose pulls would end at a proxy that cannot be spoken to.
pub(crate) fn refuse(way: Option<&EngineEgress>, known: &ProxyAnswers) -> Result<(), Unplannable> {
    let (addresses, whose) = match (&known.enrolled, way) {
        (Some(enrolled), _) => (vec![enrolled.clone()], " of the enrollment".to_owned()),
        (None, None) => return Ok(()),
        (None, Some(way)) => (addresses(&way.egress)?, whose(&way.egress.source)),
    };
    match addresses.iter().find_map(|address| Some((address, known.refused.get(address)?))) {
        Some((address, why)) => {
            Err(Unplannable::Proxy { proxy: format!("the proxy `{address}`{whose}"), why: why.clone() })
        }
        None => Ok(()),
    }
}

/// What becomes of the engine's proxy, for a plan that changes something.
pub(crate) fn note(way: Option<&EngineEgress>, known: &ProxyAnswers) -> Option<String> {
    let (addresses, whose) = match (&known.enrolled, way) {
        (Some(enrolled), _) => (vec![enrolled.clone()], " of the enrollment".to_owned()),
        (None, way) => (addresses(&way?.egress).ok()?, whose(&way?.egress.source)),
    };
    let address = addresses.first()?;
    let away = known.unreachable.get(address).map(|why| format!("; it was not reached just now ({why})"));
    let gone = "the gateway goes through the proxy";
    let back = if known.enrolled.is_some() { "" } else { "; restoring gives it back" };
    Some(format!("{gone} `{address}`{whose} from here on{back}{}", away.unwrap_or_default()))
}

fn addresses(egress: &Egress) -> Result<Vec<String>, Unplannable> {
    if let Some(script) = script(&egress.settings) {
        return Err(Unplannable::Proxy {
            proxy: format!("the proxy{}", whose(&egress.source)),
            why: format!("is a script (`{script}`), which has to be run to say a proxy"),
        });
    }
    let rules = ProxyRules::new(&egress.settings).map_err(|error| Unplannable::Proxy {
        proxy: format!("the proxy{}", whose(&egress.source)),
        why: error.to_string(),
    })?;
    Ok(rules.proxies().map(|proxy| proxy.address()).collect())
}

/// The file name of a proxy configuration script (PAC), if one stands in a proxy's place.
fn script(settings: &ProxySettings) -> Option<String> {
    let named = [&settings.https, &settings.http].into_iter().flatten();
    named.filter(|text| !text.is_empty()).find_map(|text| {
        let is_scheme = text.to_ascii_lowercase().starts_with("pac+");
        let path = text.split(['?', '#']).next().unwrap_or_default();
        let name = path.rsplit('/').next().unwrap_or_default();
        let is_file = [".pac", "wpad.dat"].iter().any(|end| name.to_ascii_lowercase().ends_with(end));
        let shown = if name.is_empty() || name.contains('@') { "PAC" } else { name };
        (is_scheme || is_file && path.contains('/')).then(|| shown.to_owned())
    })
}

fn whose(source: &ProxySource) -> String {
    match source {
        ProxySource::Enrollment => " of the enrollment".to_owned(),
        ProxySource::Engine { place, .. } | ProxySource::Machine { place } => format!(" of `{place}`"),
        ProxySource::Direct => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EngineId;

    fn way(proxy: &str) -> EngineEgress {
        let settings = ProxySettings { https: Some(proxy.to_owned()), ..ProxySettings::default() };
        let (engine, place) = ("Docker Engine".to_owned(), "docker.service".to_owned());
        let egress = Egress { settings, source: ProxySource::Engine { engine, place } };
        EngineEgress { engine: EngineId::Docker, is_crio: false, egress }
    }

    fn answers(enrolled: Option<&str>) -> ProxyAnswers {
        let why = |(address, why): (&str, &str)| (address.to_owned(), why.to_owned());
        ProxyAnswers {
            enrolled: enrolled.map(str::to_owned),
            refused: [("http://ntlm:3128", "asks for NTLM, which is not spoken")].map(why).into(),
            unreachable: [("http://away:3128", "connection refused")].map(why).into(),
        }
    }

    #[test]
    fn what_cannot_be_spoken_to_is_refused_in_words_without_the_password() {
        let refused = |proxy: &str, enrolled| {
            let refused = refuse(Some(&way(proxy)), &answers(enrolled)).unwrap_err().to_string();
            assert!(!refused.contains("hunter2"), "{refused}");
            refused
        };
        insta::assert_snapshot!(
            [
                refused("http://corp%5Cada:hunter2@ntlm:3128", None),
                refused("socks4://ada:hunter2@x:1", None),
                refused("http://ada:hun/ter2@x:1", None),
                refused("http://wpad.acme.example/proxy.pac", None),
                refused("pac+http://wpad.acme.example/x", None),
                refused("http://proxy:3128", Some("http://ntlm:3128")),
            ]
            .join("\n")
        );
        for proxy in
            ["http://ada:hunter2@proxy:3128", "socks5h://x", "https://x:8443", "", "http://away:3128"]
        {
            assert_eq!(refuse(Some(&way(proxy)), &answers(None)), Ok(()), "{proxy}");
        }
        assert_eq!(refuse(None, &answers(None)), Ok(()));
        assert_eq!(refuse(Some(&way("socks4://x")), &answers(Some("http://proxy:1"))), Ok(()));
    }

    #[test]
    fn a_plan_says_whose_proxy_is_used() {
        let noted = |proxy: &str, enrolled| note(Some(&way(proxy)), &answers(enrolled)).unwrap_or_default();
        insta::assert_snapshot!(
            [
                noted("http://ada:hunter2@proxy:3128", None),
                noted("http://away:3128", None),
                noted("", Some("http://proxy:3128")),
            ]
            .join("\n")
        );
        assert_eq!(noted("", None), "");
    }
}

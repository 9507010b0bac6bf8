//! What proxies answer when they are asked, without a login, whether the gateway can go through them: an argument of
//! every plan, and a condition where it cannot.

use egress::{Egress, ProxySource, ProxyUrl};
use engines::ProxyAnswers;
use engines::shown;
use gateway::{ProxyAnswer, probe_proxy};
use tokio::task::JoinSet;
use wire::Severity;

use super::{
    OwnEgress,
    known::{Known, proxies},
};

/// A machine with more proxies than this is no laptop.
const MOST: usize = 16;
/// What a proxy is asked for.
const PLACE: (&str, u16) = ("registry-1.docker.io", 443);
const CODE: &str = "proxy-not-spoken";
const ACTION: &str = "Name a proxy that can be spoken to under `[network]` in the enrollment";

impl OwnEgress {
    /// Asks every proxy that engines, or the enrollment, have.
    pub(crate) async fn answers(&self) -> ProxyAnswers {
        let Some(known) = self.learned.known() else { return ProxyAnswers::default() };
        let egresses = egresses(&known);
        let mut asked = JoinSet::new();
        for (proxy, source) in proxies(&egresses).into_iter().take(MOST) {
            let authorities = known.authorities.clone();
            asked.spawn(async move {
                let answer = probe_proxy(&proxy, PLACE.0, PLACE.1, &authorities).await;
                (proxy, source, answer)
            });
        }
        let mut answers =
            ProxyAnswers { enrolled: known.enrolled.as_ref().and_then(shown), ..Default::default() };
        let mut refusals = Vec::new();
        while let Some(answer) = asked.join_next().await {
            let Ok((proxy, source, answer)) = answer else { continue };
            match answer {
                ProxyAnswer::OpenWithoutLogin | ProxyAnswer::Basic => {}
                ProxyAnswer::Unreachable(why) => {
                    answers.unreachable.insert(proxy.address(), why);
                }
                ProxyAnswer::OnlyOther(schemes) => {
                    let why = format!("wants a login by {} alone, which is not spoken", schemes.join(" or "));
                    refusals.push(sentence(&proxy, &source, &why));
                    answers.refused.insert(proxy.address(), why);
                }
                ProxyAnswer::NotSpoken(why) => {
                    let why = format!("does not speak as its address says ({why})");
                    refusals.push(sentence(&proxy, &source, &why));
                    answers.refused.insert(proxy.address(), why);
                }
            }
        }
        refusals.sort();
        match refusals.is_empty() {
            true => self.conditions.clear(CODE),
            false => self.conditions.raise(CODE, Severity::Critical, refusals.join("; "), Some(ACTION)),
        }
        answers
    }
}

fn egresses(known: &Known) -> Vec<Egress> {
    match &known.enrolled {
        Some(enrolled) => vec![enrolled.clone()],
        None => {
            known.engines.iter().map(|engine| engine.egress.clone()).chain([known.machine.clone()]).collect()
        }
    }
}

fn sentence(proxy: &ProxyUrl, source: &ProxySource, why: &str) -> String {
    let place = match source {
        ProxySource::Enrollment => " of the enrollment".to_owned(),
        ProxySource::Engine { place, .. } | ProxySource::Machine { place } => format!(" of `{place}`"),
        ProxySource::Direct => String::new(),
    };
    format!("The proxy `{}`{place} {why}", proxy.address())
}

//! Asks a proxy once how it wants to be spoken to, and shows it no login.

use egress::{ProxyScheme, ProxyUrl};
use policy_text::render::ProxyProblem;
use tokio::time::{Duration, timeout};

use super::{Refusal, connect, reach, socks};
use crate::upstream::{Authority, Destination, RegistryTrust, Scheme, Upstreams, trust::Trust};

/// How a proxy answered to being asked for a place without a login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProxyAnswer {
    /// It lets this machine in as it is, whatever it thinks of the place.
    OpenWithoutLogin,
    /// It wants a user name and password, which is spoken.
    Basic,
    /// It wants a login in other ways only: `NTLM`, `Negotiate`.
    OnlyOther(Vec<String>),
    /// There is no connection to it, or no trust in its certificate.
    Unreachable(String),
    /// What answers there does not speak as its address says.
    NotSpoken(String),
}

/// One answer must not hold up a plan.
const PATIENCE: Duration = Duration::from_secs(8);

/// Asks a proxy for `host:port` without a login. `authorities` are believed besides the
/// machine's where the proxy is spoken to in TLS.
pub async fn probe_proxy(proxy: &ProxyUrl, host: &str, port: u16, authorities: &[Authority]) -> ProxyAnswer {
    let proxy = proxy.clone().without_login();
    let at = |host: String, port| Destination {
        scheme: Scheme::Https,
        host,
        port,
        is_lenient: false,
        referred_by: None,
    };
    let place = at(host.to_ascii_lowercase(), port);
    let asking = async {
        let trust = match proxy.scheme {
            ProxyScheme::Http | ProxyScheme::Socks5 => None,
            ProxyScheme::Https => {
                let key = at(proxy.host.clone(), proxy.port);
                let trust = RegistryTrust { authorities: authorities.to_vec(), ..RegistryTrust::default() };
                let registries = [(key.host_port(), trust)].into();
                let upstreams = Upstreams { registries, ..Upstreams::default() };
                let tls_trust = Trust::new(::trust::Pool::of_system(), &[]).for_host(&upstreams, &key);
                Some(tls_trust.map_err(|error| ProxyAnswer::Unreachable(error.to_string()))?.config)
            }
        };
        let mut stream = reach(&proxy, trust).await.map_err(|problem| {
            if let ProxyProblem::NoAnswer { why } = problem {
                return ProxyAnswer::NotSpoken(why);
            }
            ProxyAnswer::Unreachable(problem.predicate())
        })?;
        match proxy.scheme {
            ProxyScheme::Socks5 => match socks::greet(&mut stream, true).await.map_err(not_spoken)? {
                0 => Ok(ProxyAnswer::OpenWithoutLogin),
                2 => Ok(ProxyAnswer::Basic),
                _ => Ok(ProxyAnswer::OnlyOther(vec!["GSSAPI".to_owned()])),
            },
            ProxyScheme::Http | ProxyScheme::Https => {
                let (reply, ..) = connect::request_tunnel(stream, &place, None).await.map_err(not_spoken)?;
                let schemes = connect::schemes(&reply);
                Ok(match reply.status {
                    401 | 407 if schemes.is_empty() => ProxyAnswer::Basic,
                    401 | 407 if schemes.iter().any(|scheme| scheme.eq_ignore_ascii_case("basic")) => {
                        ProxyAnswer::Basic
                    }
                    401 | 407 => ProxyAnswer::OnlyOther(schemes),
                    _ => ProxyAnswer::OpenWithoutLogin,
                })
            }
        }
    };
    match timeout(PATIENCE, asking).await {
        Ok(answer) => answer.unwrap_or_else(|answer| answer),
        Err(_) => ProxyAnswer::Unreachable(format!("it gave no answer within {PATIENCE:?}")),
    }
}

fn not_spoken(refusal: Refusal) -> ProxyAnswer {
    match refusal {
        Refusal::Login(ProxyProblem::NoAnswer { why }) | Refusal::Other(ProxyProblem::NoAnswer { why }) => {
            ProxyAnswer::NotSpoken(why)
        }
        Refusal::Login(problem) | Refusal::Other(problem) => ProxyAnswer::NotSpoken(problem.predicate()),
    }
}

//! Words for a proxy that stands between this machine and a registry.

use super::{CertificateProblem, plain};

const NAME: usize = 70;
const PLACE: usize = 50;
const WHY: usize = 60;

/// What is wrong at a proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProxyProblem {
    /// It does not accept the login.
    LoginRefused {
        /// The user name.
        user: String,
    },
    /// It wants a login, and there is none.
    LoginWanted,
    /// It wants a login in ways that Pullgate does not speak.
    OtherSchemes {
        /// Their names: `NTLM, Negotiate`.
        schemes: String,
    },
    /// It does not let this machine reach a place.
    Denied {
        /// `host:port`.
        place: String,
        /// Its own word: `403`.
        why: String,
    },
    /// It could not reach a place itself.
    Failed {
        /// `host:port`.
        place: String,
        /// Its own word: `503`.
        why: String,
    },
    /// There is no connection to it.
    Unreachable {
        /// `it refused the connection`.
        why: String,
    },
    /// It gave no answer that can be used.
    NoAnswer {
        /// `nothing came for 30s`.
        why: String,
    },
    /// Its certificate is not good.
    Certificate(CertificateProblem),
    /// Its address is none.
    Unreadable {
        /// The end of a sentence that begins with the address.
        why: String,
    },
}

impl ProxyProblem {
    /// What is wrong, as the end of a sentence that begins with [`proxy_name`].
    pub fn predicate(&self) -> String {
        let line = |text: &str, limit| plain::shorten(&plain::one_line(text), limit);
        match self {
            Self::LoginRefused { user } => format!("does not accept the login for `{}`", line(user, PLACE)),
            Self::LoginWanted => "wants a user name and password, and none is known".to_owned(),
            Self::OtherSchemes { schemes } => {
                format!("wants a login by {}, and only Basic is supported", line(schemes, WHY))
            }
            Self::Denied { place, why } => {
                format!("does not let this machine reach {} ({})", line(place, PLACE), line(why, WHY))
            }
            Self::Failed { place, why } => {
                format!("could not reach {} ({})", line(place, PLACE), line(why, WHY))
            }
            Self::Unreachable { why } => format!("cannot be reached ({})", line(why, WHY)),
            Self::NoAnswer { why } => format!("gave no answer that can be used ({})", line(why, WHY)),
            Self::Certificate(CertificateProblem::UnknownAuthority) => {
                "has a certificate of an authority that this machine does not trust".to_owned()
            }
            Self::Certificate(problem) => {
                format!("has a certificate that cannot be used ({})", problem.in_short())
            }
            Self::Unreadable { why } => plain::one_line(why),
        }
    }

    /// The next step.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::LoginRefused { .. } => "Correct it there; it is not shown again for 15 minutes",
            Self::LoginWanted => "Name them where the proxy is named",
            Self::OtherSchemes { .. } => "Ask whoever runs it for Basic",
            Self::Denied { .. } => "Ask whoever runs it",
            Self::Failed { .. } => "Try again in a while, or ask whoever runs it",
            Self::Unreachable { .. } => "Check the network, the VPN and the proxy",
            Self::NoAnswer { .. } => "Check its address and scheme",
            Self::Certificate(CertificateProblem::UnknownAuthority) => {
                "Trust it, or name it as ca in [network]"
            }
            Self::Certificate(_) => "Ask whoever runs it",
            Self::Unreadable { .. } => "Correct it there",
        }
    }
}

/// The proxy as people know it. `address` is empty where it cannot be read.
pub fn proxy_name(address: &str, source: &str) -> String {
    let (address, source) = (plain::one_line(address), plain::shorten(&plain::one_line(source), NAME));
    match address.is_empty() {
        true => format!("the proxy address of {source}"),
        false => format!("the proxy {} ({source})", plain::shorten(&address, NAME)),
    }
}

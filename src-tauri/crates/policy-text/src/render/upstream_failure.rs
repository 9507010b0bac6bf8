//! Words for what is not the policy's doing: the registry's answer, its certificate, the network, Docker Hub's
//! own rules. They say so first, name the host, and blame nothing else.

mod login;
mod others;

use jiff::Timestamp;
use policy::{Engine, LoginSearch};

use super::{PHRASE_LIMIT, ProxyProblem, UnreachableCause, plain, proxy_name};

const OPENING: &str = "not blocked by policy: ";
const HOST: usize = 60;
const MESSAGE: usize = 80;
const FILE: usize = 130;

/// What went wrong between here and a registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpstreamFailure<'a> {
    /// The registry answered with an error.
    Refused {
        /// The registry.
        host: &'a str,
        /// Its HTTP status.
        status: u16,
        /// Its words; may be empty.
        message: &'a str,
    },
    /// The registry wants a login that it was not shown.
    Unauthorized {
        /// The registry.
        host: &'a str,
        /// Its words; may be empty.
        message: &'a str,
        /// What came of the search for a login.
        login: &'a LoginSearch,
        /// Who asked, which decides how a login is given.
        engine: Engine,
    },
    /// The service that gives out the registry's tokens gave none.
    TokenRefused {
        /// The host of that service.
        host: &'a str,
        /// Its HTTP status.
        status: u16,
        /// Its words; may be empty.
        message: &'a str,
        /// After how many seconds it may be asked again, where it says so.
        retry_after: Option<u64>,
    },
    /// A registry or cache refused by rules of its own.
    DeniedElsewhere {
        /// Its host.
        host: &'a str,
        /// What it is, where that can be told.
        product: Option<&'a str>,
        /// The HTTP status.
        status: u16,
        /// Its words; may be empty.
        message: &'a str,
    },
    /// Docker Hub refused by rules that the organization has set there.
    HubDenied {
        /// Docker Hub's words.
        message: &'a str,
    },
    /// The registry's certificate is not good.
    Certificate {
        /// The registry.
        host: &'a str,
        /// What is wrong with it.
        problem: CertificateProblem,
        /// Where the engine that asked keeps what it trusts.
        place: InsecurePlace,
    },
    /// The registry speaks no TLS, and the engine was not told that it may.
    NoTls {
        /// The registry.
        host: &'a str,
        /// Where the engine that asked wants to be told.
        place: InsecurePlace,
    },
    /// A file of this machine that says whom to believe cannot be used, and the registry is not believed without it.
    TrustFile {
        /// The registry.
        host: &'a str,
        /// The file, and what is wrong with it.
        file: &'a str,
    },
    /// No connection came about.
    Unreachable {
        /// The registry.
        host: &'a str,
        /// What happened: `connection refused`.
        problem: &'a str,
    },
    /// No connection came about, and no proxy is known that it could be tried by.
    NoWayOut {
        /// The registry.
        host: &'a str,
        /// What happened: `connection refused`.
        problem: &'a str,
    },
    /// A proxy stands in the way.
    Proxy {
        /// Its address without a login; empty where it cannot be read.
        address: &'a str,
        /// Where it is named.
        source: &'a str,
        /// What is wrong there.
        problem: &'a ProxyProblem,
    },
}

/// The configuration in which an engine is told to trust a registry, or to do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InsecurePlace {
    /// `insecure-registries` of Docker Engine.
    DaemonJson,
    /// registries.conf of what is made of containers/image.
    RegistriesConf,
    /// `hosts.toml` of containerd.
    HostsToml,
}

/// What is wrong with a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateProblem {
    /// It has ended.
    Expired {
        /// When, if that is known.
        at: Option<Timestamp>,
    },
    /// It has not begun.
    NotYetValid {
        /// When it does, if that is known.
        from: Option<Timestamp>,
    },
    /// An authority that this machine does not trust has signed it.
    UnknownAuthority,
    /// It is for another host.
    OtherHost,
    /// It names no host at all.
    NoNames,
    /// The authority that signed it has expired.
    AuthorityExpired,
    /// It is signed by a certificate that is trusted and no authority.
    NotAnAuthority,
    /// It is not meant for servers.
    OtherPurpose,
    /// Its authority may not sign it.
    NotPermitted,
    /// More certificates stand between it and its authority than are followed.
    LongChain,
    /// Its RSA key is too short.
    ShortKey,
    /// It, or its chain, has an extension that must be understood, and is not.
    UnknownExtension,
    /// Its key or signature is of a weak or unknown kind.
    Weak,
    /// It cannot be read.
    Unusable,
}

impl CertificateProblem {
    /// What is wrong in a few words, without the host and without advice.
    pub fn in_short(self) -> String {
        match self {
            Self::Expired { at } => format!("it expired{}", on(at)),
            Self::NotYetValid { from } => format!("it is not valid yet, it begins{}", later(on(from))),
            Self::UnknownAuthority => {
                "it is signed by an authority that this machine does not trust".to_owned()
            }
            Self::OtherHost => "it is for another host".to_owned(),
            Self::NoNames => "it names no host (it has no SAN)".to_owned(),
            Self::AuthorityExpired => "the authority that signed it has expired".to_owned(),
            Self::NotAnAuthority => "it is signed by a certificate that is no authority".to_owned(),
            Self::OtherPurpose => "it is not meant for servers".to_owned(),
            Self::NotPermitted => "it is outside what its authority may sign".to_owned(),
            Self::LongChain => "it comes with more than six intermediate certificates".to_owned(),
            Self::ShortKey => "its RSA key has less than 2048 bits".to_owned(),
            Self::UnknownExtension => "it has a critical extension that is not known".to_owned(),
            Self::Weak => "its key or signature is of a kind that is too weak or not known".to_owned(),
            Self::Unusable => "it cannot be read".to_owned(),
        }
    }
}

/// The words for one failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailureWords {
    /// For an HTTP status line: at most 200 printable ASCII characters without quotes.
    pub phrase: String,
    /// For people.
    pub sentence: String,
}

/// The words for one failure.
pub fn describe_failure(failure: &UpstreamFailure<'_>) -> FailureWords {
    let (what, advice) = match *failure {
        UpstreamFailure::Refused { host, status, message } => {
            (refused(host, status, message), advice_on(status).to_owned())
        }
        UpstreamFailure::Unauthorized { host, message, login, engine } => {
            return login::words(host, message, login, engine);
        }
        UpstreamFailure::TokenRefused { host, status, message, retry_after } => {
            others::token_refused(host, status, message, retry_after)
        }
        UpstreamFailure::DeniedElsewhere { host, product, status, message } => {
            return others::denied(host, product, status, message);
        }
        UpstreamFailure::HubDenied { message } => (
            format!("Docker Hub denied it under its own rules for your organization{}", quoted(message)),
            "An owner of the organization there can change them".to_owned(),
        ),
        UpstreamFailure::Certificate { host, problem, place } => certificate(host, problem, place),
        UpstreamFailure::NoTls { host, place } => {
            (format!("{} speaks no TLS", named(host)), without_tls(place).to_owned())
        }
        UpstreamFailure::TrustFile { host, file } => (
            format!("{}, so {} is not believed", plain::clip(&plain::one_line(file), FILE), named(host)),
            "Correct that file".to_owned(),
        ),
        UpstreamFailure::Unreachable { host, problem } => unreachable(host, problem),
        UpstreamFailure::NoWayOut { host, problem } => (
            format!("{}, and Pullgate knows no proxy here", unreachable(host, problem).0),
            "Check the network, or name a proxy in [network] of the enrollment".to_owned(),
        ),
        UpstreamFailure::Proxy { address, source, problem } => {
            (format!("{} {}", proxy_name(address, source), problem.predicate()), problem.advice().to_owned())
        }
    };
    composed(&what, &advice)
}

fn composed(what: &str, advice: &str) -> FailureWords {
    let phrase =
        plain::clip(&format!("{OPENING}{}. {}", plain::ascii(what), plain::ascii(advice)), PHRASE_LIMIT);
    FailureWords { phrase, sentence: format!("{} {advice}.", elsewhere(what)) }
}

/// What went wrong, after the words that it is not the policy.
pub(super) fn elsewhere(what: &str) -> String {
    format!("The policy allowed this image. The problem is elsewhere: {what}.")
}

/// Whether a refusal of Docker Hub comes from the organization's settings there, and not from a wrong name or login.
pub fn is_hub_denial(status: u16, message: &str) -> bool {
    let text = message.to_ascii_lowercase();
    let named = text.contains("image access denied") || text.contains("images not allowed");
    let ruled = ["not allowed", "restricted", "blocked", "denied"].iter().any(|word| text.contains(word));
    matches!(status, 401 | 403) && (named || (text.contains("organization") && ruled))
}

fn named(host: &str) -> String {
    plain::shorten(&plain::one_line(host), HOST)
}

fn quoted(message: &str) -> String {
    let line = plain::clip(plain::one_line(message).trim_end_matches('.'), MESSAGE);
    if line.is_empty() { line } else { format!(" ({line})") }
}

fn refused(host: &str, status: u16, message: &str) -> String {
    let host = named(host);
    let what = match status {
        401 | 403 => "refuses access",
        404 => "has no such image, or hides it from you",
        429 => "has had too many requests from here",
        500..=599 => "has trouble of its own",
        _ => "gave an unexpected answer",
    };
    format!("{host} {what}: {status}{}", quoted(message))
}

fn advice_on(status: u16) -> &'static str {
    match status {
        401 | 403 => "Check your login for this registry",
        404 => "Check the name and tag, and your login for this registry",
        429 => "Wait a while, or log in to the registry for a higher limit",
        500..=599 => "Try again in a while",
        _ => "Try again; if it stays so, ask whoever runs the registry",
    }
}

/// What the engine itself would have been told; what is said on its command line does not come here.
fn without_tls(place: InsecurePlace) -> &'static str {
    match place {
        InsecurePlace::DaemonJson => "If that is meant, list it in insecure-registries of daemon.json",
        InsecurePlace::RegistriesConf => {
            "If that is meant, set insecure = true for it in registries.conf; --tls-verify=false has no effect here"
        }
        InsecurePlace::HostsToml => "If that is meant, name it by http:// in its hosts.toml",
    }
}

#[expect(clippy::too_many_lines, reason = "one sentence for each fault")]
fn certificate(host: &str, problem: CertificateProblem, place: InsecurePlace) -> (String, String) {
    let host = named(host);
    let renew = "Whoever runs the registry has to renew it";
    let replace = "Whoever runs the registry has to replace it";
    let (what, advice) = match problem {
        CertificateProblem::Expired { at } => (format!("the certificate of {host} expired{}", on(at)), renew),
        CertificateProblem::NotYetValid { from } => (
            format!("the certificate of {host} is not valid yet, it begins{}", later(on(from))),
            "Check the clock of this machine; if it is right, ask whoever runs the registry",
        ),
        CertificateProblem::UnknownAuthority => (
            format!("the certificate of {host} is signed by an authority that this machine does not trust"),
            match place {
                InsecurePlace::RegistriesConf => "Add its CA to certs.d; --tls-verify=false has no effect",
                InsecurePlace::DaemonJson | InsecurePlace::HostsToml => {
                    "If you trust it, add its CA to certs.d of your engine"
                }
            },
        ),
        CertificateProblem::OtherHost => (
            format!("the certificate of {host} is for another host"),
            "Check the name; if it is right, whoever runs the registry has to replace it",
        ),
        CertificateProblem::NoNames => (
            format!("the certificate of {host} names no host, as it has no subject alternative name (SAN)"),
            replace,
        ),
        CertificateProblem::AuthorityExpired => (
            format!("the authority that signed the certificate of {host} has expired"),
            "Ask whoever runs the registry for the present one, and add it to certs.d of your engine",
        ),
        CertificateProblem::NotAnAuthority => {
            (format!("the certificate of {host} is signed by a certificate that is no authority"), replace)
        }
        CertificateProblem::OtherPurpose => {
            (format!("the certificate of {host} is not meant for servers"), replace)
        }
        CertificateProblem::NotPermitted => (
            format!(
                "the certificate of {host} is outside what its authority may sign (name constraints or length of the chain)"
            ),
            replace,
        ),
        CertificateProblem::LongChain => (
            format!(
                "the certificate of {host} comes with more than six intermediate certificates, and Pullgate follows six"
            ),
            "Whoever runs the registry has to shorten the chain",
        ),
        CertificateProblem::ShortKey => (
            format!(
                "the certificate of {host} has an RSA key of less than 2048 bits, which Pullgate does not take"
            ),
            replace,
        ),
        CertificateProblem::UnknownExtension => (
            format!("the certificate of {host} or its chain has a critical extension that is not known"),
            replace,
        ),
        CertificateProblem::Weak => (
            format!(
                "the certificate of {host} has a key or a signature of a kind that is too weak or not known"
            ),
            replace,
        ),
        CertificateProblem::Unusable => (format!("the certificate of {host} cannot be read"), replace),
    };
    (what, advice.to_owned())
}

fn unreachable(host: &str, problem: &str) -> (String, String) {
    let host = named(host);
    UnreachableCause::of(problem).map_or_else(
        || {
            let what = format!("{host} cannot be reached{}", quoted(problem));
            (what, "Check the network, the proxy, and whether the registry is up".to_owned())
        },
        |cause| {
            let (what, advice) = cause.words(&host);
            (what, advice.to_owned())
        },
    )
}

fn on(time: Option<Timestamp>) -> String {
    time.map(|time| format!(" on {}", time.strftime("%Y-%m-%d"))).unwrap_or_default()
}

fn later(on: String) -> String {
    if on.is_empty() { " later".to_owned() } else { on }
}

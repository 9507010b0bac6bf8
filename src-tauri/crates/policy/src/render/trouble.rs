//! Words for what is not the policy's doing: the registry's answer, its certificate, the network, Docker Hub's
//! own rules. They say so first, name the host, and blame nothing else.

use jiff::Timestamp;

use super::{PHRASE_LIMIT, plain};

const OPENING: &str = "not blocked by policy: ";
const HOST: usize = 60;
const MESSAGE: usize = 80;

/// What went wrong between here and a registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble<'a> {
    /// The registry answered with an error.
    Refused {
        /// The registry.
        host: &'a str,
        /// Its HTTP status.
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
    },
    /// No connection came about.
    Unreachable {
        /// The registry.
        host: &'a str,
        /// What happened: `connection refused`.
        problem: &'a str,
    },
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
    /// Anything else.
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
            Self::Unusable => "it cannot be used".to_owned(),
        }
    }
}

/// The words for one trouble.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TroubleWords {
    /// For an HTTP status line: at most 200 printable ASCII characters without quotes.
    pub phrase: String,
    /// For people.
    pub sentence: String,
}

/// The words for one trouble.
pub fn trouble(trouble: &Trouble<'_>) -> TroubleWords {
    let (what, advice) = match *trouble {
        Trouble::Refused { host, status, message } => (refused(host, status, message), advice_on(status)),
        Trouble::HubDenied { message } => (
            format!("Docker Hub denied it under its own rules for your organization{}", quoted(message)),
            "An owner of the organization there can change them",
        ),
        Trouble::Certificate { host, problem } => certificate(host, problem),
        Trouble::Unreachable { host, problem } => (
            format!("{} cannot be reached{}", named(host), quoted(problem)),
            "Check the network, the proxy, and whether the registry is up",
        ),
    };
    let phrase =
        plain::clip(&format!("{OPENING}{}. {}", plain::ascii(&what), plain::ascii(advice)), PHRASE_LIMIT);
    let sentence = format!("{} {advice}.", elsewhere(&what));
    TroubleWords { phrase, sentence }
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

fn certificate(host: &str, problem: CertificateProblem) -> (String, &'static str) {
    let host = named(host);
    let renew = "Whoever runs the registry has to renew it";
    match problem {
        CertificateProblem::Expired { at } => (format!("the certificate of {host} expired{}", on(at)), renew),
        CertificateProblem::NotYetValid { from } => (
            format!("the certificate of {host} is not valid yet, it begins{}", later(on(from))),
            "Check the clock of this machine; if it is right, ask whoever runs the registry",
        ),
        CertificateProblem::UnknownAuthority => (
            format!("the certificate of {host} is signed by an authority that this machine does not trust"),
            "If you trust it, add its CA to certs.d of your engine",
        ),
        CertificateProblem::OtherHost => (
            format!("the certificate of {host} is for another host"),
            "Check the name; if it is right, whoever runs the registry has to replace it",
        ),
        CertificateProblem::Unusable => (
            format!("the certificate of {host} cannot be used"),
            "Whoever runs the registry has to replace it",
        ),
    }
}

fn on(time: Option<Timestamp>) -> String {
    time.map(|time| format!(" on {}", time.strftime("%Y-%m-%d"))).unwrap_or_default()
}

fn later(on: String) -> String {
    if on.is_empty() { " later".to_owned() } else { on }
}

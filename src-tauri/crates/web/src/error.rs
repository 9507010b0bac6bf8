//! Why no usable answer came, in sentences that name the host and never the query or a login.

use std::error::Error;
use std::io;

use trust::Flaw;

use super::{RetryAfter, Unresolved};

/// No usable answer came from a host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{host}` {kind}")]
pub struct WebError {
    /// The host that was asked, or the proxy before it.
    pub host: String,
    /// What went wrong.
    pub kind: WebErrorKind,
}

/// What went wrong between here and a host; it continues a sentence that begins with the host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebErrorKind {
    /// Its name has no address.
    #[error("cannot be found; check the network connection and the VPN")]
    Dns,
    /// No connection came about.
    #[error("cannot be reached ({why}); check the network connection, the VPN and the proxy")]
    Connect {
        /// The last cause.
        why: String,
    },
    /// The proxy on the way stood in it.
    #[error("was not asked: {why}")]
    Proxy {
        /// A sentence that names the proxy and whose it is.
        why: String,
        /// Whether it is the proxy's login.
        is_login: bool,
    },
    /// Its certificate is not believed.
    #[error("could not prove who it is: the certificate {flaw}; {}", certificate_hint(*.flaw))]
    Certificate {
        /// What is wrong with it.
        flaw: Flaw,
    },
    /// TLS came to no end.
    #[error("does not speak TLS as expected; check the configured address and its port")]
    Tls,
    /// It was silent for too long.
    #[error("did not answer in time; check the network connection")]
    Timeout,
    /// It sent more than anybody should.
    #[error("sent more than {limit} bytes; ask whoever runs it what it serves at this address")]
    TooLarge {
        /// The most bytes that are read.
        limit: u64,
    },
    /// It ended its answer before the end.
    #[error("broke off its answer; try again")]
    Truncated,
    /// A web page came where data was expected.
    #[error(
        "answered with a web page; the network may want a sign-in of its own: open any page in a browser, then try again"
    )]
    CaptivePortal,
    /// It answered with an error.
    #[error("answered with status {code}{}", hint(*.code))]
    Status {
        /// The status of HTTP.
        code: u16,
        /// When it wants to be asked again.
        retry_after: Option<RetryAfter>,
    },
    /// What it sent, or what was asked of it, makes no sense.
    #[error("{why}")]
    Invalid {
        /// What makes no sense, as the end of a sentence that begins with the host.
        why: String,
    },
}

fn certificate_hint(flaw: Flaw) -> &'static str {
    match flaw {
        Flaw::UnknownAuthority => {
            "if a proxy inspects TLS here, add its authority to the machine's trust; a private authority is named as `ca` in the enrollment"
        }
        Flaw::NotYetValid(_) => "check the clock of this machine; if it is right, ask whoever runs that host",
        Flaw::AuthorityExpired => "ask whoever runs that host for the present authority",
        Flaw::Expired(_)
        | Flaw::NoNames
        | Flaw::OtherHost
        | Flaw::NotAnAuthority
        | Flaw::OtherPurpose
        | Flaw::NotPermitted
        | Flaw::LongChain
        | Flaw::ShortKey
        | Flaw::UnknownExtension
        | Flaw::Weak
        | Flaw::Unreadable => "whoever runs that host has to replace it",
    }
}

fn hint(code: u16) -> &'static str {
    match code {
        300..=399 => ", a redirect, which is not followed; check the configured address",
        404 => "; check the configured address",
        407 => "; the proxy wants a login",
        429 => "; it is asked too often and needs some minutes",
        500..=599 => "; it has a problem of its own, which most often passes in some minutes",
        _ => "",
    }
}

impl WebErrorKind {
    /// Whether it came before anything of a request was sent, so that what it carried is as good as it was.
    pub fn comes_before_sending(&self) -> bool {
        match self {
            Self::Dns | Self::Connect { .. } | Self::Proxy { .. } | Self::Certificate { .. } | Self::Tls => {
                true
            }
            Self::Timeout
            | Self::TooLarge { .. }
            | Self::Truncated
            | Self::CaptivePortal
            | Self::Status { .. }
            | Self::Invalid { .. } => false,
        }
    }
}

impl WebError {
    pub(crate) fn new(host: &str, kind: WebErrorKind) -> Self {
        Self { host: host.to_owned(), kind }
    }

    /// What was asked of a host, or came from it, makes no sense; `why` continues a sentence that begins with it.
    pub fn invalid(host: &str, why: impl Into<String>) -> Self {
        Self::new(host, WebErrorKind::Invalid { why: why.into() })
    }

    pub(super) fn sending(host: &str, error: &reqwest::Error) -> Self {
        if let Some(Unresolved(name)) = cause(error) {
            return Self::new(name, WebErrorKind::Dns);
        }
        // A connection that did not come about in time has carried nothing.
        if error.is_timeout() && !error.is_connect() {
            return Self::new(host, WebErrorKind::Timeout);
        }
        if let Some(refusal) = tls_refusal(error) {
            tracing::info!(host, %refusal, "TLS failed");
            return Self::new(
                host,
                Flaw::of(refusal).map_or(WebErrorKind::Tls, |flaw| WebErrorKind::Certificate { flaw }),
            );
        }
        let why = last(error).to_string();
        if error.is_connect() {
            return Self::new(host, WebErrorKind::Connect { why });
        }
        if error.is_builder() {
            return Self::invalid(host, format!("cannot be asked ({why})"));
        }
        Self::new(host, WebErrorKind::Truncated)
    }
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

fn cause<E: Error + 'static>(error: &reqwest::Error) -> Option<&E> {
    chain(error).find_map(|error| error.downcast_ref())
}

fn tls_refusal(error: &reqwest::Error) -> Option<&rustls::Error> {
    chain(error).find_map(unwrapped)
}

/// An `io::Error`, when asked for its source, skips the error it carries.
fn unwrapped<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    let carried = || error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    error.downcast_ref().or_else(|| carried().and_then(|carried| unwrapped(carried)))
}

/// The deepest cause: the layers above it repeat it and name the whole address.
fn last(error: &reqwest::Error) -> &dyn Error {
    let deepest = chain(error).last().filter(|deepest| !deepest.is::<reqwest::Error>());
    deepest.map_or(&Unexplained, |deepest| deepest as &dyn Error)
}

#[derive(Debug, thiserror::Error)]
#[error("no reason was given")]
struct Unexplained;

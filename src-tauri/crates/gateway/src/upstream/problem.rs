//! Why a registry could not be asked, told apart so that a network's fault is never shown as policy.

use std::{fmt, io};

use egress::ProxySource;
use http1::RelayError;
use jiff::Timestamp;
use policy_text::render::{CertificateProblem, ProxyProblem, UnreachableCause, proxy_name};
use thiserror::Error;
use trust::Flaw;

use super::{Destination, EngineFamily};

/// A request that got no answer.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub(crate) enum Problem {
    /// The registry's certificate is not good.
    #[error("the certificate of `{host}` is not good: {problem:?}")]
    Certificate { host: String, problem: CertificateProblem, engine: EngineFamily },
    /// The registry speaks no TLS.
    #[error("`{host}` speaks no TLS and is not listed as insecure")]
    NoTls { host: String, engine: EngineFamily },
    /// A file of this machine that says whom to believe could not be used.
    #[error("{file}; `{host}` is believed without it, and that was not enough")]
    Damaged { host: String, file: String },
    /// The service that gives out the registry's tokens gave none.
    #[error("the token service `{host}` gave no token: {status} {message}")]
    Token { host: String, status: u16, message: String, retry_after: Option<String> },
    /// No connection, or no whole answer.
    #[error("`{host}` cannot be reached: {problem}")]
    Unreachable { host: String, problem: String },
    /// No connection, and no proxy is known.
    #[error("`{host}` cannot be reached: {problem}; no proxy is known")]
    NoWayOut { host: String, problem: String },
    /// A proxy stands in the way.
    #[error("{0}")]
    Proxy(Box<AtProxy>),
}

/// What is wrong at a proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AtProxy {
    /// Without its login; empty where it cannot be read.
    pub(crate) address: String,
    pub(crate) whose: ProxySource,
    pub(crate) problem: ProxyProblem,
}

impl AtProxy {
    /// The proxy as people know it.
    pub(crate) fn name(&self) -> String {
        proxy_name(&self.address, &self.whose.to_string())
    }
}

impl fmt::Display for AtProxy {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.name(), self.problem.predicate())
    }
}

impl Problem {
    pub(crate) fn unreachable(host: &str, problem: impl Into<String>) -> Self {
        Self::Unreachable { host: host.to_owned(), problem: problem.into() }
    }

    /// What happened, without advice.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Certificate { host, problem, .. } => {
                format!("the certificate of {host}: {}", problem.in_short())
            }
            Self::NoTls { host, .. } => format!("{host}: {}", UnreachableCause::NoTls.in_short()),
            Self::Damaged { host, file } => format!("{file}, so {host} is not believed"),
            Self::Token { host, status, .. } => format!("the token service {host} gave no token: {status}"),
            Self::Unreachable { host, problem } | Self::NoWayOut { host, problem } => {
                format!("{host} cannot be reached: {problem}")
            }
            Self::Proxy(at) => at.to_string(),
        }
    }

    /// Whether it lies with this host.
    pub(crate) fn is_of(&self, name: &str) -> bool {
        match self {
            Self::Certificate { host, .. }
            | Self::Damaged { host, .. }
            | Self::Token { host, .. }
            | Self::Unreachable { host, .. }
            | Self::NoWayOut { host, .. } => host == name,
            Self::NoTls { host, .. } => host.split(':').next() == Some(name),
            Self::Proxy(_) => false,
        }
    }

    /// From a body that did not arrive whole; none where whoever takes it failed.
    pub(crate) fn of_body(host: &str, error: &RelayError) -> Option<Self> {
        match error {
            RelayError::From(error) => Some(Self::from_io(host, error)),
            RelayError::Chunks => Some(Self::unreachable(host, UnreachableCause::Malformed.in_short())),
            RelayError::To(_) => None,
        }
    }

    /// From an error of connecting or speaking TLS.
    pub(crate) fn from_io(host: &str, error: &io::Error) -> Self {
        let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
        let host = host.to_owned();
        if let Some(flaw) = tls.and_then(Flaw::of) {
            return Self::Certificate {
                host,
                problem: certificate_problem(flaw),
                engine: EngineFamily::Docker,
            };
        }
        match tls {
            Some(rustls::Error::AlertReceived(alert)) if wants_client_certificate(*alert) => {
                Self::unreachable(&host, UnreachableCause::ClientCertificate.in_short())
            }
            Some(other) if shares_no_way(other) => {
                Self::unreachable(&host, UnreachableCause::OtherTls.in_short())
            }
            Some(rustls::Error::InvalidMessage(_)) => Self::NoTls { host, engine: EngineFamily::Docker },
            Some(other) => {
                tracing::info!(host, %other, "TLS failed");
                Self::unreachable(&host, UnreachableCause::TlsFailed.in_short())
            }
            None => Self::unreachable(&host, plain_problem(error)),
        }
    }

    /// The same, in the terms of the engine that asked, which lists a registry without TLS by its port.
    pub(crate) fn asked_by(self, engine: EngineFamily, destination: &Destination) -> Self {
        match self {
            Self::Certificate { host, problem, .. } => Self::Certificate { host, problem, engine },
            Self::NoTls { .. } => Self::NoTls { host: destination.authority(), engine },
            Self::Damaged { .. }
            | Self::Token { .. }
            | Self::Unreachable { .. }
            | Self::NoWayOut { .. }
            | Self::Proxy(_) => self,
        }
    }

    /// Whether another authority or client certificate could have helped.
    pub(crate) fn is_about_trust(&self) -> bool {
        match self {
            Self::Certificate { problem, .. } => *problem == CertificateProblem::UnknownAuthority,
            Self::Unreachable { problem, .. } => problem == UnreachableCause::ClientCertificate.in_short(),
            Self::NoTls { .. }
            | Self::Damaged { .. }
            | Self::Token { .. }
            | Self::NoWayOut { .. }
            | Self::Proxy(_) => false,
        }
    }
}

fn wants_client_certificate(alert: rustls::AlertDescription) -> bool {
    use rustls::AlertDescription as Alert;
    alert == Alert::CertificateRequired || alert == Alert::BadCertificate || alert == Alert::UnknownCA
}

/// Whether the two ends have no version of TLS, no cipher or no key exchange in common.
fn shares_no_way(error: &rustls::Error) -> bool {
    use rustls::AlertDescription as Alert;
    const SAYS_SO: [Alert; 3] =
        [Alert::ProtocolVersion, Alert::HandshakeFailure, Alert::InsufficientSecurity];
    matches!(error, rustls::Error::PeerIncompatible(_))
        || matches!(error, rustls::Error::AlertReceived(alert) if SAYS_SO.contains(alert))
}

fn certificate_problem(flaw: Flaw) -> CertificateProblem {
    let time = |seconds| Timestamp::from_second(seconds).ok();
    match flaw {
        Flaw::Expired(until) => CertificateProblem::Expired { at: time(until) },
        Flaw::NotYetValid(from) => CertificateProblem::NotYetValid { from: time(from) },
        Flaw::NoNames => CertificateProblem::NoNames,
        Flaw::OtherHost => CertificateProblem::OtherHost,
        Flaw::UnknownAuthority => CertificateProblem::UnknownAuthority,
        Flaw::AuthorityExpired => CertificateProblem::AuthorityExpired,
        Flaw::NotAnAuthority => CertificateProblem::NotAnAuthority,
        Flaw::OtherPurpose => CertificateProblem::OtherPurpose,
        Flaw::NotPermitted => CertificateProblem::NotPermitted,
        Flaw::LongChain => CertificateProblem::LongChain,
        Flaw::ShortKey => CertificateProblem::ShortKey,
        Flaw::UnknownExtension => CertificateProblem::UnknownExtension,
        Flaw::Weak => CertificateProblem::Weak,
        Flaw::Unreadable => CertificateProblem::Unusable,
    }
}

fn plain_problem(error: &io::Error) -> String {
    use rustix::io::Errno;
    let errno = error.raw_os_error().map(Errno::from_raw_os_error);
    if matches!(errno, Some(Errno::MFILE | Errno::NFILE | Errno::NOBUFS | Errno::NOMEM)) {
        return UnreachableCause::NoRoom.in_short().to_owned();
    }
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the list is open; the rest is shown as the system says it"
    )]
    let cause = match error.kind() {
        io::ErrorKind::ConnectionRefused => UnreachableCause::Refused,
        io::ErrorKind::TimedOut => UnreachableCause::Silent,
        io::ErrorKind::ConnectionReset | io::ErrorKind::UnexpectedEof | io::ErrorKind::BrokenPipe => {
            UnreachableCause::BrokeOff
        }
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => UnreachableCause::NoRoute,
        io::ErrorKind::NotFound => UnreachableCause::NoAddress,
        _ => return error.to_string(),
    };
    cause.in_short().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// "`production.cloudflare.docker.com` cannot be reached: Too many open files".
    #[test]
    fn want_of_descriptors_is_no_fault_of_the_registry() {
        for errno in [rustix::io::Errno::MFILE, rustix::io::Errno::NFILE, rustix::io::Errno::NOMEM] {
            let problem = Problem::from_io("ghcr.io", &errno.into());
            assert_eq!(problem, Problem::unreachable("ghcr.io", UnreachableCause::NoRoom.in_short()));
        }
    }
}

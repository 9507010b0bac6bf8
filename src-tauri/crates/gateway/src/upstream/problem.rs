//! Why a registry could not be asked, told apart so that a network's fault is never shown as policy.

use std::io;

use jiff::Timestamp;
use policy::render::CertificateProblem;
use rustls::{CertificateError, pki_types::UnixTime};
use thiserror::Error;

/// A request that got no answer.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub(crate) enum Problem {
    /// The registry's certificate is not good.
    #[error("the certificate of `{host}` is not good: {problem:?}")]
    Certificate { host: String, problem: CertificateProblem },
    /// No connection, or no whole answer.
    #[error("`{host}` cannot be reached: {problem}")]
    Unreachable { host: String, problem: String },
}

impl Problem {
    pub(crate) fn unreachable(host: &str, problem: impl Into<String>) -> Self {
        Self::Unreachable { host: host.to_owned(), problem: problem.into() }
    }

    /// From an error of connecting or speaking TLS.
    pub(crate) fn from_io(host: &str, error: &io::Error) -> Self {
        let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
        match tls {
            Some(rustls::Error::InvalidCertificate(certificate)) => {
                Self::Certificate { host: host.to_owned(), problem: certificate_problem(certificate) }
            }
            Some(rustls::Error::AlertReceived(alert)) if wants_client_certificate(*alert) => {
                Self::unreachable(host, "it asks for a client certificate that this machine does not have")
            }
            Some(rustls::Error::InvalidMessage(_)) => Self::unreachable(host, SPEAKS_NO_TLS),
            Some(other) => Self::unreachable(host, format!("it does not speak TLS as expected: {other}")),
            None => Self::unreachable(host, plain_problem(error)),
        }
    }
}

/// What a registry without TLS looks like to a client that begins with it.
const SPEAKS_NO_TLS: &str = "it speaks no TLS, and is not among the insecure registries of this machine";

fn wants_client_certificate(alert: rustls::AlertDescription) -> bool {
    use rustls::AlertDescription as Alert;
    alert == Alert::CertificateRequired || alert == Alert::BadCertificate || alert == Alert::UnknownCA
}

fn certificate_problem(error: &CertificateError) -> CertificateProblem {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the list is open; the rest is simply not acceptable")]
    match error {
        CertificateError::ExpiredContext { not_after, .. } => {
            CertificateProblem::Expired { at: time(*not_after) }
        }
        CertificateError::Expired => CertificateProblem::Expired { at: None },
        CertificateError::NotValidYetContext { not_before, .. } => {
            CertificateProblem::NotYetValid { from: time(*not_before) }
        }
        CertificateError::NotValidYet => CertificateProblem::NotYetValid { from: None },
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            CertificateProblem::OtherHost
        }
        CertificateError::UnknownIssuer => CertificateProblem::UnknownAuthority,
        _ => CertificateProblem::Unusable,
    }
}

fn time(time: UnixTime) -> Option<Timestamp> {
    Timestamp::from_second(i64::try_from(time.as_secs()).ok()?).ok()
}

fn plain_problem(error: &io::Error) -> String {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the list is open; the rest is shown as the system says it"
    )]
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "it refused the connection".into(),
        io::ErrorKind::TimedOut => "it did not answer in time".into(),
        io::ErrorKind::ConnectionReset | io::ErrorKind::UnexpectedEof | io::ErrorKind::BrokenPipe => {
            "it broke off the connection".into()
        }
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
            "no route; is the network up?".into()
        }
        io::ErrorKind::NotFound => "its name has no address".into(),
        _ => error.to_string(),
    }
}

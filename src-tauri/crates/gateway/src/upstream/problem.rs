//! Why a registry could not be asked, told apart so that a network's fault is never shown as policy.

use std::io;

use rustls::CertificateError;
use thiserror::Error;

/// A request that got no answer.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub(crate) enum Problem {
    /// The registry's certificate is not good.
    #[error("the certificate of `{host}` {problem}")]
    Certificate { host: String, problem: String },
    /// No connection, or no whole answer.
    #[error("`{host}` {problem}")]
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
                Self::Certificate {
                    host: host.to_owned(),
                    problem: "is fine, but it asks for a client certificate that this machine does not have"
                        .into(),
                }
            }
            Some(other) => Self::unreachable(host, format!("does not speak TLS as expected ({other})")),
            None => Self::unreachable(host, plain_problem(error)),
        }
    }
}

fn wants_client_certificate(alert: rustls::AlertDescription) -> bool {
    use rustls::AlertDescription as Alert;
    alert == Alert::CertificateRequired || alert == Alert::BadCertificate || alert == Alert::UnknownCA
}

fn certificate_problem(error: &CertificateError) -> String {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the list is open; the rest is shown as it is named")]
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "has expired".into(),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "is not valid yet; is this machine's clock right?".into()
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "was made for another name".into()
        }
        CertificateError::UnknownIssuer => "was signed by an authority this machine does not trust".into(),
        CertificateError::Revoked => "was revoked".into(),
        other => format!("is not acceptable ({other})"),
    }
}

fn plain_problem(error: &io::Error) -> String {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the list is open; the rest is shown as the system says it"
    )]
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "refused the connection".into(),
        io::ErrorKind::TimedOut => "did not answer in time".into(),
        io::ErrorKind::ConnectionReset | io::ErrorKind::UnexpectedEof | io::ErrorKind::BrokenPipe => {
            "broke off the connection".into()
        }
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
            "cannot be reached; is the network up?".into()
        }
        io::ErrorKind::NotFound => "cannot be found: its name has no address".into(),
        _ => format!("cannot be reached ({error})"),
    }
}

//! Certificates in a text of PEM, each read by itself, so that a damaged one can be named and the others used.

use std::fmt;

use rustls::pki_types::{CertificateDer, pem::PemObject};

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";

/// A certificate of a text that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PemFlaw {
    /// Where it begins; none where the text holds no certificate at all.
    pub line: Option<usize>,
}

impl fmt::Display for PemFlaw {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(out, "its certificate in line {line} cannot be read"),
            None => write!(out, "it holds no certificate in PEM, which begins with `{BEGIN}`"),
        }
    }
}

/// The certificates of a text in their order, each with the line it begins in.
pub(crate) fn certificates(text: &str) -> Vec<(PemFlaw, Option<CertificateDer<'static>>)> {
    let starts: Vec<usize> = text.match_indices(BEGIN).map(|(at, _)| at).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let pieces = starts.iter().zip(ends).map(|(&start, end)| {
        let line = text.as_bytes().iter().take(start).filter(|&&byte| byte == b'\n').count() + 1;
        let piece = text.get(start..end).unwrap_or_default();
        (PemFlaw { line: Some(line) }, CertificateDer::from_pem_slice(piece.as_bytes()).ok())
    });
    let found: Vec<_> = pieces.collect();
    if found.is_empty() { vec![(PemFlaw { line: None }, None)] } else { found }
}

//! Whether enough signatures fit, and the sentence when they do not.

use policy::Refusal;

use super::envelope::{Envelope, PayloadType, Signers};
use super::refusal::{BundleRefusal, Part};
use super::{Roots, Trust, sha256};

impl Signers {
    /// Why these are not enough; `listed` says whose list of keys was asked.
    pub(super) fn too_few(&self, threshold: usize, listed: &str) -> Refusal {
        let good = self.good.len();
        let problem = match (self.broken.first(), good, self.strange.first()) {
            (Some(id), _, _) => format!(
                "the signature of key `{id}` does not fit the content, which was changed after signing; sign it \
                 again"
            ),
            (None, 0, Some(id)) => {
                format!("signed by key `{id}`, which {listed} does not list; sign with a key that it lists")
            }
            (None, 0, None) => format!("nobody has signed; sign with a key that {listed} lists"),
            (None, _, _) => {
                format!(
                    "{good} of {threshold} signatures that {listed} asks for; have another key sign it too"
                )
            }
        };
        Refusal::at("/signatures", problem)
    }
}

/// A trust document with its exact bytes.
#[derive(Clone, Debug)]
pub(super) struct VerifiedTrust {
    pub(super) trust: Trust,
    /// The envelope as it came.
    pub(super) bytes: String,
    /// The SHA-256 of the document inside.
    pub(super) sha256: String,
}

impl VerifiedTrust {
    /// Opens a trust document, which enough of the root keys must have signed.
    pub(super) fn verify(bytes: &[u8], roots: &Roots, organization: &str) -> Result<Self, BundleRefusal> {
        let envelope = envelope(bytes, PayloadType::Trust, Part::TrustEnvelope)?;
        let signers = envelope.signers(roots.keys().iter());
        if signers.good.len() < roots.threshold() || roots.is_none() {
            let refusal = signers.too_few(roots.threshold(), "the enrollment");
            return Err(Part::TrustEnvelope.refuses(refusal));
        }
        let payload = envelope.unverified_payload();
        let trust = Trust::parse(payload, organization).map_err(|refusal| Part::Trust.refuses(refusal))?;
        Ok(Self { trust, bytes: text(bytes, Part::TrustEnvelope)?, sha256: sha256(payload) })
    }

    /// Whether root keys stand behind it.
    pub(super) fn is_trusted_by(&self, roots: &Roots) -> bool {
        Self::verify(self.bytes.as_bytes(), roots, &self.trust.organization).is_ok()
    }
}

/// Reads an envelope that must hold what is expected.
pub(super) fn envelope(bytes: &[u8], expected: PayloadType, part: Part) -> Result<Envelope, BundleRefusal> {
    let envelope = Envelope::parse(bytes).and_then(|read| read.expect(expected).map(|()| read));
    envelope.map_err(|refusal| part.refuses(refusal))
}

/// Exact bytes as the text they are, since JSON is UTF-8.
pub(super) fn text(bytes: &[u8], part: Part) -> Result<String, BundleRefusal> {
    String::from_utf8(bytes.to_vec()).map_err(|_| part.at("/", "not UTF-8 text; publish the file as it is"))
}

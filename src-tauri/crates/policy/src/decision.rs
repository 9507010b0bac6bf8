//! The answer to an [`AccessRequest`](crate::AccessRequest). Only [`decide`](crate::decide()) makes one, so that code which needs a
//! [`Permit`] cannot run without having asked.

use image_ref::Repository;

use crate::finding::Finding;

/// Yes or no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The request may go on.
    Permitted(Permit),
    /// The request stops here.
    Denied(Denial),
}

/// Leave to forward one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permit {
    finding: Option<Finding>,
}

impl Permit {
    pub(crate) fn new(finding: Option<Finding>) -> Self {
        Self { finding }
    }

    /// Why the image may pass; `None` for traffic that names no image.
    pub fn finding(&self) -> Option<&Finding> {
        self.finding.as_ref()
    }
}

/// A refusal, with its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    finding: Finding,
}

impl Denial {
    pub(crate) fn new(finding: Finding) -> Self {
        Self { finding }
    }

    /// The same refusal, of an image that the registry of another one sent the engine to.
    #[must_use]
    pub fn sent_by(mut self, first: &Repository) -> Self {
        self.finding.image.sent_by = Some(first.familiar());
        self
    }

    /// Why the image may not pass.
    pub fn finding(&self) -> &Finding {
        &self.finding
    }
}

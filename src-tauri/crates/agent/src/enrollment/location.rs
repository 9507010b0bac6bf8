//! Where a policy comes from, and by which keys it is believed.

use std::path::PathBuf;

use super::{EnrollmentError, value};

/// A folder or file of this machine that belongs to root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PolicyLocation {
    /// The policy document.
    pub(crate) document: PathBuf,
    /// The URL as the enrollment has it.
    pub(crate) url: String,
}

impl PolicyLocation {
    /// An unsigned policy is believed only from a file that belongs to root.
    pub(super) fn parse(url: &str, keys: &[String]) -> Result<Self, EnrollmentError> {
        let Some(path) = url.strip_prefix("file://") else {
            return Err(value(
                "policy.url",
                "is not a `file:///…` URL; this version reads policies from this machine only",
            ));
        };
        if !keys.is_empty() {
            return Err(value(
                "policy.keys",
                "names keys, and this version cannot check signatures; write `keys = []`",
            ));
        }
        if !path.starts_with('/')
            || path.contains(['%', '?', '#'])
            || path.split('/').any(|part| part == "..")
        {
            return Err(value("policy.url", "is not `file:///` and a plain absolute path"));
        }
        let document = if path.ends_with('/') { format!("{path}policy.json") } else { path.to_owned() };
        Ok(Self { document: PathBuf::from(document), url: url.to_owned() })
    }

    /// A catalog lies beside the document, by the name the document gives.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.document.with_file_name(name)
    }
}

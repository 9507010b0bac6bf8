//! Where a policy comes from, and by which keys it is believed.

use std::path::{Path, PathBuf};

use policy_bundle::{PublicKey, Roots};

use super::identity::{DockerHub, Identity, Provider};
use super::layers::Merged;
use super::{EnrollmentError, text, value};

/// Where the policy comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyLocation {
    /// The URL as the enrollment has it.
    pub url: String,
    /// What the URL means.
    pub source: Source,
}

/// A place of policies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file of this machine that belongs to root.
    File {
        /// The policy document.
        document: PathBuf,
        /// Who must have signed it; with no keys it need not be signed.
        roots: Roots,
    },
    /// A folder of the web, or of a web server on this machine.
    Https {
        /// Its address, with a slash at the end.
        base: String,
        /// Who must have signed what is there.
        roots: Roots,
        /// A PEM file of certificates to trust for it.
        ca: Option<PathBuf>,
    },
    /// The settings of an organization on Docker Hub.
    DockerHub(DockerHub),
}

/// What the enrollment says.
pub(super) fn check(merged: &Merged, identity: Option<&Identity>) -> Result<PolicyLocation, EnrollmentError> {
    let example = "say where the policy is, for example `url = \"https://policy.acme.example/\"`";
    let url = merged.required_text("policy.url", example)?.to_owned();
    let source = match url.strip_prefix("file://") {
        Some(path) => {
            without(merged, &["policy.ca"], "goes only with an `https://…` URL")?;
            Source::File { document: document(path)?, roots: roots(merged)? }
        }
        None if url == "docker-hub" => {
            let problem = "does not go with `url = \"docker-hub\"`: that policy is not signed";
            without(merged, &["policy.keys", "policy.threshold", "policy.ca"], problem)?;
            Source::DockerHub(hub(identity)?)
        }
        None => https(merged, &url)?,
    };
    Ok(PolicyLocation { url, source })
}

fn without(merged: &Merged, keys: &[&str], problem: &str) -> Result<(), EnrollmentError> {
    match keys.iter().find(|key| merged.get(key).is_some()) {
        Some(key) => Err(value(key, problem)),
        None => Ok(()),
    }
}

fn document(path: &str) -> Result<PathBuf, EnrollmentError> {
    if !path.starts_with('/') || path.contains(['%', '?', '#']) || path.split('/').any(|part| part == "..") {
        return Err(value("policy.url", "is not `file:///` and a plain absolute path"));
    }
    let document = if path.ends_with('/') { format!("{path}policy.json") } else { path.to_owned() };
    Ok(PathBuf::from(document))
}

fn https(merged: &Merged, url: &str) -> Result<Source, EnrollmentError> {
    if text::web_address(url).is_none_or(|address| !address.path().ends_with('/')) {
        let problem =
            "is neither `https://HOST/…/` with a slash at the end, nor `file:///…`, nor `docker-hub`";
        return Err(value("policy.url", problem));
    }
    let roots = roots(merged)?;
    if roots.is_none() {
        let problem =
            "is empty, and a policy of the web is believed only by its signature; write its root keys";
        return Err(value("policy.keys", problem));
    }
    Ok(Source::Https { base: url.to_owned(), roots, ca: text::authority(merged, "policy.ca")? })
}

fn hub(identity: Option<&Identity>) -> Result<DockerHub, EnrollmentError> {
    match identity.map(|identity| &identity.provider) {
        Some(Provider::DockerHub(hub)) => Ok(hub.clone()),
        Some(Provider::Oidc(_)) | None => Err(value(
            "policy.url",
            "is `docker-hub`, which needs a sign-in there: write `[identity]` and `provider = \"docker-hub\"`",
        )),
    }
}

/// The keys that must have signed. An unsigned policy is believed only where that is said: `keys = []`.
fn roots(merged: &Merged) -> Result<Roots, EnrollmentError> {
    let Some(texts) = merged.texts("policy.keys") else {
        let problem =
            "is missing; write the root keys, or `keys = []` for an unsigned policy on this machine";
        return Err(value("policy.keys", problem));
    };
    let mut keys: Vec<PublicKey> = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        let key = text.parse();
        keys.push(key.map_err(|error| value("policy.keys", &format!("at {}: {error}", index + 1)))?);
    }
    let threshold = merged.get("policy.threshold").map_or(Some(1), serde_json::Value::as_u64);
    let threshold = threshold.and_then(|number| usize::try_from(number).ok()).unwrap_or(0);
    if keys.is_empty() {
        return match merged.get("policy.threshold") {
            None => Ok(Roots::none()),
            Some(_) => Err(value("policy.threshold", "asks for signatures, and there are no keys")),
        };
    }
    Roots::new(keys, threshold).map_err(|error| {
        let key = match error {
            policy_bundle::RootsError::Twice { .. } => "policy.keys",
            policy_bundle::RootsError::Threshold { .. } => "policy.threshold",
        };
        value(key, &format!("cannot be used: {error}"))
    })
}

impl PolicyLocation {
    /// The policy document, where it is a file of this machine.
    pub fn document(&self) -> Option<&Path> {
        match &self.source {
            Source::File { document, .. } => Some(document),
            Source::Https { .. } | Source::DockerHub(_) => None,
        }
    }

    /// Who must have signed; none where nobody needs to.
    pub fn roots(&self) -> Option<&Roots> {
        match &self.source {
            Source::File { roots, .. } | Source::Https { roots, .. } => {
                Some(roots).filter(|roots| !roots.is_none())
            }
            Source::DockerHub(_) => None,
        }
    }
}

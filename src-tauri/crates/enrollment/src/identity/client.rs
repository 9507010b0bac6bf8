//! How this program shows itself to the provider: by which client, with which secret, and what it says besides.

use std::collections::BTreeMap;
use std::path::PathBuf;

use secret::Secret;

use crate::layers::Merged;
use crate::{EnrollmentError, value};

/// The secret of the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientSecret {
    /// One that the provider itself does not count as a secret, as Google does with that of a desktop client.
    Open(Secret),
    /// A file that root alone can read.
    File(PathBuf),
}

/// What a sign-in says anyway, and what would lead its answer elsewhere. `max_age` asks who it is after a wrong account.
const OWN: [&str; 20] = [
    "response_type",
    "response_mode",
    "client_id",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code",
    "code_challenge",
    "code_challenge_method",
    "code_verifier",
    "device_code",
    "grant_type",
    "max_age",
    "request",
    "request_uri",
    "registration",
];
const MOST: usize = 16;
const LONGEST: usize = 512;

/// The secret, from one of its two places.
pub(super) fn secret(merged: &Merged) -> Result<Option<ClientSecret>, EnrollmentError> {
    let (open, file) = ("identity.client_secret", "identity.client_secret_file");
    match (merged.text(open), merged.text(file)) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) => {
            Err(value(file, "stands beside `identity.client_secret`; keep the one that holds"))
        }
        (Some(secret), None) => Ok(Some(ClientSecret::Open(Secret::new(secret)))),
        (None, Some(path)) => {
            let path = PathBuf::from(path);
            if path.is_absolute() {
                return Ok(Some(ClientSecret::File(path)));
            }
            let example = "write it as `/etc/pullgate/client-secret`";
            Err(value(file, &format!("is not an absolute path; {example}")))
        }
    }
}

/// The client for codes, where it is another one.
pub(super) fn for_codes(merged: &Merged) -> Result<Option<(String, Option<Secret>)>, EnrollmentError> {
    let (id, secret) = ("identity.device_client_id", "identity.device_client_secret");
    match (merged.text(id), merged.text(secret)) {
        (None, Some(_)) => {
            Err(value(secret, "belongs to a client that is not named; write `device_client_id`"))
        }
        (None, None) => Ok(None),
        (Some(id), word) => Ok(Some((id.to_owned(), word.map(Secret::new)))),
    }
}

/// What is said besides.
pub(super) fn parameters(merged: &Merged) -> Result<BTreeMap<String, String>, EnrollmentError> {
    let key = "identity.parameters";
    let Some(parameters) = merged.named(key) else { return Ok(BTreeMap::new()) };
    let refuse = |problem: String| Err(value(key, &problem));
    if parameters.len() > MOST {
        return refuse(format!("has more than {MOST} entries; leave out what the provider does not want"));
    }
    for (name, said) in &parameters {
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
        if name.is_empty() || name.len() > LONGEST || !name.bytes().all(letter) {
            return refuse(format!("has `{name}`, which is no name of a parameter"));
        }
        if OWN.contains(&name.as_str()) {
            return refuse(format!("has `{name}`, which a sign-in sets by itself; {}", instead(name)));
        }
        if name == "prompt" && said.split(' ').any(|word| word == "none") {
            return refuse(
                "has `prompt = \"none\"`, with which nobody could sign in; leave it out".to_owned(),
            );
        }
        if said.len() > LONGEST {
            return refuse(format!("has a `{name}` of more than {LONGEST} bytes; shorten it"));
        }
    }
    Ok(parameters)
}

/// The key that says it.
fn instead(name: &str) -> &'static str {
    match name {
        "scope" => "write `identity.scopes`",
        "client_id" | "client_secret" => "write `identity.client_id` and `identity.client_secret`",
        "redirect_uri" => "write `identity.redirect_host` and `identity.redirect_ports`",
        _ => "leave it out",
    }
}

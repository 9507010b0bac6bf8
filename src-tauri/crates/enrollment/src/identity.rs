//! Who says who somebody is, and who belongs to the organization.

mod client;

use std::collections::BTreeMap;
use std::path::PathBuf;

use identity::membership::Rule;
use identity::oidc::REDIRECT_HOST;
use secret::Secret;

use super::layers::Merged;
use super::{EnrollmentError, text, value};

pub use client::ClientSecret;

/// Each has to be registered with the provider, and is shown to people when that was forgotten.
const MOST_PORTS: usize = 8;

/// How people sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The provider that is asked.
    pub provider: Provider,
    /// A PEM file of certificates to trust for the provider.
    pub ca: Option<PathBuf>,
    /// Whether images stop while nobody is signed in.
    pub required: bool,
}

/// Where people sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Provider {
    /// At the organization's own provider of OpenID Connect.
    Oidc(Box<Oidc>),
    /// At Docker Hub.
    DockerHub(DockerHub),
}

/// A provider of OpenID Connect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Oidc {
    /// Its address, exactly as its tokens carry it.
    pub issuer: String,
    /// The id that the provider knows Pullgate by.
    pub client_id: String,
    /// For providers that want one of a desktop program, too.
    pub client_secret: Option<ClientSecret>,
    /// The client for codes, and its secret, where the provider wants another one for that.
    pub device_client: Option<(String, Option<Secret>)>,
    /// What is asked for, to the letter; the usual ones that the provider offers where it is not said.
    pub scopes: Option<Vec<String>>,
    /// What a sign-in says to the provider besides.
    pub parameters: BTreeMap<String, String>,
    /// Who belongs to the organization.
    pub membership: Rule,
    /// The claim that lists a person's groups, where it is not `groups`.
    pub groups_claim: Option<String>,
    /// The claim that names a person's account; the provider's usual ones where it is not said.
    pub account_claim: Option<String>,
    /// The host the provider sends the browser back to.
    pub redirect_host: String,
    /// The loopback ports the provider may send the browser back to; any where it is empty.
    pub redirect_ports: Vec<u16>,
}

impl Oidc {
    /// The claim that lists a person's groups.
    pub fn groups(&self) -> &str {
        self.groups_claim.as_deref().unwrap_or("groups")
    }
}

/// Docker Hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DockerHub {
    /// The organizations one of which a person must belong to.
    pub organizations: Vec<String>,
    /// The address of its interface, where it is another than Docker's own.
    pub api: Option<String>,
}

const OIDC_ONLY: [&str; 13] = [
    "issuer",
    "client_id",
    "client_secret",
    "client_secret_file",
    "device_client_id",
    "device_client_secret",
    "scopes",
    "parameters",
    "membership",
    "groups_claim",
    "account_claim",
    "redirect_host",
    "redirect_ports",
];
const HUB_ONLY: [&str; 2] = ["organizations", "api"];

/// What the enrollment says; none when nobody signs in.
pub(super) fn check(merged: &Merged, organization: &str) -> Result<Option<Identity>, EnrollmentError> {
    if !merged.has_section("identity") {
        return Ok(None);
    }
    let provider = match merged.text("identity.provider") {
        None => {
            refuse(merged, &HUB_ONLY, "goes only with `provider = \"docker-hub\"`")?;
            Provider::Oidc(Box::new(oidc(merged)?))
        }
        Some("docker-hub") => {
            refuse(merged, &OIDC_ONLY, "does not go with `provider = \"docker-hub\"`")?;
            Provider::DockerHub(docker_hub(merged, organization)?)
        }
        Some(other) => {
            let problem = format!(
                "is `{other}`; write `docker-hub`, or leave it out and name your provider by `issuer`"
            );
            return Err(value("identity.provider", &problem));
        }
    };
    let required = merged.get("identity.required").and_then(serde_json::Value::as_bool).unwrap_or(true);
    Ok(Some(Identity { provider, ca: text::authority(merged, "identity.ca")?, required }))
}

fn refuse(merged: &Merged, names: &[&str], problem: &str) -> Result<(), EnrollmentError> {
    let keys = names.iter().map(|name| format!("identity.{name}"));
    match keys.into_iter().find(|key| merged.get(key).is_some()) {
        Some(key) => Err(value(&key, problem)),
        None => Ok(()),
    }
}

fn oidc(merged: &Merged) -> Result<Oidc, EnrollmentError> {
    let example = "name your provider, for example `issuer = \"https://login.acme.example\"`";
    let issuer = merged.required_text("identity.issuer", example)?;
    if text::web_address(issuer).is_none() {
        return Err(value("identity.issuer", "is not an `https://…` address without query or login"));
    }
    let client_id = "write the id under which the provider knows Pullgate";
    let client_id = merged.required_text("identity.client_id", client_id)?;
    let claim = |key: &str| merged.text(&format!("identity.{key}")).map(str::to_owned);
    Ok(Oidc {
        issuer: issuer.to_owned(),
        client_id: client_id.to_owned(),
        client_secret: client::secret(merged)?,
        device_client: client::for_codes(merged)?,
        scopes: scopes(merged)?,
        parameters: client::parameters(merged)?,
        membership: membership(merged)?,
        groups_claim: claim("groups_claim"),
        account_claim: claim("account_claim"),
        redirect_host: redirect_host(merged)?,
        redirect_ports: redirect_ports(merged)?,
    })
}

fn membership(merged: &Merged) -> Result<Rule, EnrollmentError> {
    let key = "identity.membership";
    let Some(rule) = merged.get(key) else {
        let example = "`membership = { claim = \"groups\", contains = \"engineering\" }`";
        let problem = format!("is missing; say who belongs to the organization, for example {example}");
        return Err(value(key, &problem));
    };
    serde_json::from_value(rule.clone()).map_err(|error| value(key, &format!("is no rule: {error}")))
}

/// None where nothing is said.
fn scopes(merged: &Merged) -> Result<Option<Vec<String>>, EnrollmentError> {
    let key = "identity.scopes";
    let Some(scopes) = merged.texts(key) else { return Ok(None) };
    if let Some(several) = scopes.iter().find(|scope| scope.contains(char::is_whitespace)) {
        return Err(value(key, &format!("has `{several}`; write each scope as a text of its own")));
    }
    match scopes.iter().any(|scope| scope == "openid") {
        true => Ok(Some(scopes)),
        false => Err(value(key, "lacks `openid`, without which there is no sign-in")),
    }
}

fn redirect_host(merged: &Merged) -> Result<String, EnrollmentError> {
    let key = "identity.redirect_host";
    match merged.text(key) {
        None => Ok(REDIRECT_HOST.to_owned()),
        Some(host @ (REDIRECT_HOST | "localhost")) => Ok(host.to_owned()),
        Some(other) => Err(value(key, &format!("is `{other}`; write `127.0.0.1` or `localhost`"))),
    }
}

fn redirect_ports(merged: &Merged) -> Result<Vec<u16>, EnrollmentError> {
    let key = "identity.redirect_ports";
    let port = |number| u16::try_from(number).ok().filter(|port| *port >= 1024);
    let ports: Option<Vec<u16>> = merged.counts(key).into_iter().map(port).collect();
    match ports {
        None => Err(value(key, "has a number that is no port from 1024 to 65535")),
        Some(ports) if ports.len() > MOST_PORTS => {
            Err(value(key, &format!("has more than {MOST_PORTS} ports; a few are enough")))
        }
        Some(ports) => Ok(ports),
    }
}

fn docker_hub(merged: &Merged, organization: &str) -> Result<DockerHub, EnrollmentError> {
    let key = "identity.organizations";
    let organizations = merged.texts(key).unwrap_or_else(|| vec![organization.to_owned()]);
    let name = |name: &String| {
        let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
        name.len() <= 64 && name.bytes().all(letter)
    };
    if organizations.is_empty() || !organizations.iter().all(name) {
        return Err(value(key, "is not a list of organizations of Docker Hub in small letters"));
    }
    let api = merged.text("identity.api").map(str::to_owned);
    if api.as_ref().is_some_and(|api| text::web_address(api).is_none()) {
        return Err(value("identity.api", "is not an `https://…` address without query or login"));
    }
    Ok(DockerHub { organizations, api })
}

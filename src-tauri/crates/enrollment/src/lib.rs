//! The enrollment: which organization this machine belongs to, who signs in, and where its policy comes from.
//!
//! It is put together from files of root and from what device management keeps on this system; what is in it
//! decides everything that is trusted later, so one part that cannot be believed makes all of it unusable.

mod document;
mod error;
mod fronts;
mod hint;
pub mod identity;
mod keys;
mod layers;
pub mod location;
mod network;
mod settings;
mod stand_in;
mod text;

use std::collections::BTreeMap;
use std::path::Path;

use host::managed;
use policy::{Contact, Organization};
use wire::Setting;

pub use error::EnrollmentError;
pub use hint::{DOCKER_HINT, docker_hint};
pub use identity::{ClientSecret, DockerHub, Identity, Oidc, Provider};
use layers::Merged;
pub use location::{PolicyLocation, Source};
pub use network::{EnrolledProxy, Network};
pub use stand_in::StandIn;
pub use text::is_web_address;

/// A checked enrollment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrollment {
    /// Whose machine it is.
    pub organization: Organization,
    /// Who says who somebody is; none when nobody signs in here.
    pub identity: Option<Identity>,
    /// Where the policy is.
    pub policy: PolicyLocation,
    /// Whether images stop while no policy has arrived.
    pub absent_blocks: bool,
    /// Registries that are really elsewhere, by registry.
    pub stand_ins: BTreeMap<String, StandIn>,
    /// The way out of the organization's network.
    pub network: Network,
    /// The accounts that may use the proxy front besides root, by name or number.
    pub proxy_users: Vec<String>,
    /// Every value as it holds, by key, with who decided it.
    pub settings: Vec<Setting>,
}

/// Reads and checks what enrolls this machine: the file, which must be root's own, what lies in folders beside
/// it, and what device management says.
pub fn read(main: &Path) -> Result<Enrollment, EnrollmentError> {
    let documents = managed::documents(main)?;
    if !documents.iter().any(|document| document.layer == managed::Layer::Locked) {
        return Err(EnrollmentError::Absent { path: main.to_path_buf() });
    }
    layers::merge(documents, &main.display().to_string()).and_then(check)
}

/// What still enrolls this machine beside its main file.
pub fn others(main: &Path) -> Result<Vec<String>, EnrollmentError> {
    let shown = main.display().to_string();
    let documents = managed::documents(main)?.into_iter();
    let locked = documents.filter(|document| document.layer == managed::Layer::Locked);
    Ok(locked.map(|document| document.origin).filter(|origin| *origin != shown).collect())
}

/// Checks the text of an enrollment that stands alone.
pub fn parse(text: &str) -> Result<Enrollment, EnrollmentError> {
    let alone = managed::Document {
        layer: managed::Layer::Locked,
        origin: String::new(),
        content: managed::Content::Toml(text.as_bytes().to_vec()),
    };
    layers::merge(vec![alone], "").and_then(check)
}

fn check(merged: Merged) -> Result<Enrollment, EnrollmentError> {
    checked(&merged).map_err(|error| error.located(&merged))
}

fn checked(merged: &Merged) -> Result<Enrollment, EnrollmentError> {
    let name = merged.required_text("organization", "say which, for example `organization = \"acme\"`")?;
    if !is_short_name(name) {
        return Err(value("organization", "is not a short name of lower-case letters, digits and hyphens"));
    }
    let contact = |key: &str| merged.text(&format!("contact.{key}")).map(str::to_owned);
    let contact = Contact { name: contact("name"), email: contact("email"), url: contact("url") };
    let display = merged.text("name").map_or_else(|| capitalized(name), str::to_owned);
    let identity = identity::check(merged, name)?;
    let policy = location::check(merged, identity.as_ref())?;
    let absent_blocks = match merged.text("policy.absent") {
        None | Some("block") => true,
        Some("allow") => false,
        Some(other) => {
            return Err(value("policy.absent", &format!("is `{other}`; write `block` or `allow`")));
        }
    };
    let organization = Organization { name: name.to_owned(), display, contact };
    let stand_ins = stand_in::check(merged)?;
    let network = network::check(merged)?;
    let proxy_users = fronts::check(merged)?;
    let settings = Vec::new();
    let enrollment = Enrollment {
        organization,
        identity,
        policy,
        absent_blocks,
        stand_ins,
        network,
        proxy_users,
        settings,
    };
    Ok(Enrollment { settings: settings::of(&enrollment, merged), ..enrollment })
}

fn value(key: &str, problem: &str) -> EnrollmentError {
    EnrollmentError::Value { key: key.to_owned(), problem: problem.to_owned(), origin: None, at: None }
}

fn is_short_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 64
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

fn capitalized(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests;

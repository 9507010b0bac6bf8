//! The document's section on Docker Hub.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Effect, Extensible};
use crate::Class;

/// Docker Hub: the organization's namespaces and the classes of publishers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Hub {
    /// Namespaces that belong to the organization.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub organizations: Vec<String>,
    /// What each class of publisher may.
    #[serde(default)]
    pub classes: Classes,
    /// The class of namespaces that the catalog does not name.
    #[serde(default = "community")]
    pub unknown: Extensible<Class>,
}

impl Default for Hub {
    fn default() -> Self {
        Self { organizations: Vec::new(), classes: Classes::default(), unknown: community() }
    }
}

fn community() -> Extensible<Class> {
    Extensible::Known(Class::Community)
}

/// What each class of publisher may; a class that is left out is blocked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Classes {
    /// Docker Official Images.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub official: Option<Extensible<Effect>>,
    /// Verified publishers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_publisher: Option<Extensible<Effect>>,
    /// Docker-sponsored open source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sponsored_oss: Option<Extensible<Effect>>,
    /// The organization's own images.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<Extensible<Effect>>,
    /// Everyone else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub community: Option<Extensible<Effect>>,
}

impl Classes {
    /// What the document says on a class; `None` when it says nothing.
    pub fn of(&self, class: Class) -> Option<&Extensible<Effect>> {
        match class {
            Class::Official => self.official.as_ref(),
            Class::VerifiedPublisher => self.verified_publisher.as_ref(),
            Class::SponsoredOss => self.sponsored_oss.as_ref(),
            Class::Organization => self.organization.as_ref(),
            Class::Community => self.community.as_ref(),
        }
    }
}

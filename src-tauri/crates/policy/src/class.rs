//! The classes of repositories on Docker Hub and their everyday names.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What kind of publisher stands behind a repository on Docker Hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Class {
    /// Docker Official Images: everything under `docker.io/library`.
    Official,
    /// Publishers that Docker has verified.
    VerifiedPublisher,
    /// Open source projects that Docker sponsors.
    SponsoredOss,
    /// The organization's own namespaces.
    Organization,
    /// Everyone else.
    Community,
}

impl Class {
    /// Every class, from the nearest to the farthest.
    pub const ALL: [Self; 5] =
        [Self::Organization, Self::Official, Self::VerifiedPublisher, Self::SponsoredOss, Self::Community];

    /// The everyday name of one image of this class, within a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Self::Official => "Docker Official Image",
            Self::VerifiedPublisher => "verified publisher image",
            Self::SponsoredOss => "sponsored open source image",
            Self::Organization => "image of your organization",
            Self::Community => "community image",
        }
    }

    /// The same where it stands alone, as in a column.
    pub fn label(self) -> &'static str {
        match self {
            Self::Official => "Docker Official Image",
            Self::VerifiedPublisher => "verified publisher",
            Self::SponsoredOss => "sponsored open source",
            Self::Organization => "your organization's image",
            Self::Community => "community image",
        }
    }

    /// The everyday name of several images of this class.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Official => "Docker Official Images",
            Self::VerifiedPublisher => "verified publisher images",
            Self::SponsoredOss => "sponsored open source images",
            Self::Organization => "your organization's images",
            Self::Community => "community images",
        }
    }

    /// The key of this class in a policy.
    pub fn key(self) -> &'static str {
        match self {
            Self::Official => "official",
            Self::VerifiedPublisher => "verifiedPublisher",
            Self::SponsoredOss => "sponsoredOss",
            Self::Organization => "organization",
            Self::Community => "community",
        }
    }
}

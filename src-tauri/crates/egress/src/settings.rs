//! What somebody wrote down, and where.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Proxies as they are written, in Go's notation. May hold a password, which `Debug` leaves out.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ProxySettings {
    /// For destinations without TLS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http: Option<String>,
    /// For destinations with TLS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub https: Option<String>,
    /// The comma-separated list of exceptions.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub no_proxy: String,
}

impl ProxySettings {
    /// Whether everything goes out directly. An empty value is none, as in Go.
    pub fn is_direct(&self) -> bool {
        [&self.http, &self.https].iter().all(|value| value.as_ref().is_none_or(String::is_empty))
    }
}

impl fmt::Debug for ProxySettings {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ProxySettings").field("no_proxy", &self.no_proxy).finish_non_exhaustive()
    }
}

/// Where a way out was learned. `Display` is what people read in brackets behind a proxy's address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "from")]
pub enum ProxySource {
    /// The section `[network]` of the enrollment.
    Enrollment,
    /// What one engine had.
    Engine {
        /// As people call it.
        engine: String,
        /// A unit or a file.
        place: String,
    },
    /// What the whole machine has.
    Machine {
        /// A file.
        place: String,
    },
    /// No proxy was found.
    #[default]
    Direct,
}

impl fmt::Display for ProxySource {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Enrollment => out.write_str("the enrollment"),
            Self::Engine { engine, place } => write!(out, "{engine}, `{place}`"),
            Self::Machine { place } => write!(out, "`{place}`"),
            Self::Direct => out.write_str("no proxy"),
        }
    }
}

/// A way out with its source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Egress {
    /// What was written.
    pub settings: ProxySettings,
    /// Where.
    pub source: ProxySource,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_out_travels_between_processes() {
        let egress = Egress {
            settings: ProxySettings {
                http: None,
                https: Some("http://ada:hunter2@proxy:3128".to_owned()),
                no_proxy: "corp.example".to_owned(),
            },
            source: ProxySource::Engine {
                engine: "Docker Engine".to_owned(),
                place: "docker.service".to_owned(),
            },
        };
        let text = serde_json::to_string(&egress).unwrap();
        assert_eq!(serde_json::from_str::<Egress>(&text).unwrap(), egress);
        assert_eq!(serde_json::from_str::<Egress>("{}").unwrap(), Egress::default());
        assert!(!format!("{egress:?}").contains("hunter2"));
        assert_eq!(egress.source.to_string(), "Docker Engine, `docker.service`");
        assert!(Egress::default().settings.is_direct() && !egress.settings.is_direct());
    }
}

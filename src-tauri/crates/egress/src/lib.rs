//! The way out: which proxy a destination is reached by, whose proxy it is, and which login it is shown.
//!
//! Reads what people and installers wrote in the notation of Go programs, since every engine is one. Does not
//! connect, and does not know where the settings come from.

#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod login;
mod no_proxy;
mod refused;
mod rules;
mod settings;
mod url;

pub use login::ProxyLogin;
pub use no_proxy::NoProxy;
pub use refused::{REST, RefusedLogins, Resting, Showing, TRIAL};
pub use rules::ProxyRules;
pub use settings::{Egress, ProxySettings, ProxySource};
pub use url::{ProxyScheme, ProxyUrl, ProxyUrlError};

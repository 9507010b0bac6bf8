//! What people see of Pullgate on a desktop: an icon with a menu, notifications, and the values that the window draws.
//!
//! [`State`] is everything the tray knows, and pure: it takes an [`Input`] with the time and answers with
//! [`Effect`]s. What the platform and the service need of it is done at the edge, in [`mod@run`].

mod icon;
mod text;

pub mod effect;
pub mod gate;
pub mod menu;
pub mod notice;
pub mod page;
pub mod platform;
pub mod remembered;
pub mod requests;
pub mod run;
pub mod service;
pub mod state;
pub mod window;

pub use effect::{Disconnect, Effect, Input, ServiceEvent};
pub use state::State;

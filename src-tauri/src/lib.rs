//! The face of Pullgate on a desktop: an icon with a menu, and notifications.
//!
//! [`State`] is everything the tray knows, and pure: it takes an [`Input`] with the time and answers with
//! [`Effect`]s. What the desktop and the service need of it is done at the edge, in [`mod@run`].

pub mod arguments;
pub mod demo;
pub mod desktop;
pub mod effect;
pub mod gate;
pub mod icon;
pub mod memory;
pub mod menu;
pub mod notice;
pub mod page;
pub mod run;
pub mod service;
pub mod state;
pub mod window;
pub mod words;

pub use effect::{Effect, Heard, Input, Loss, Told};
pub use state::State;

//! What the two programs of the desktop have in common: how they are started.

pub mod arguments;

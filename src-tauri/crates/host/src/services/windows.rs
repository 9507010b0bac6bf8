//! The service control manager: other services are asked of it, and Pullgate's own runs under it.

mod control;
pub(crate) mod report;
mod serve;

pub use control::WindowsServices;
pub use serve::serve;

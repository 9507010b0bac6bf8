//! What the window knows and answers; `pullgate-window` shows it, in a process of its own that is there while it is
//! open, so that the tray carries no web view.

mod looked_file;
mod page_backend;
mod window_state;

pub use looked_file::LookedFile;
pub use page_backend::PageBackend;

//! The memory of this process.

#[cfg(target_os = "linux")]
mod linux;

/// Gives back to the system what was freed and only kept in case it is wanted again.
pub fn give_back() {
    #[cfg(target_os = "linux")]
    linux::give_back();
}

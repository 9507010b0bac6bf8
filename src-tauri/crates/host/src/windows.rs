//! What several concerns share on Windows: texts, security descriptors, and the accounts of processes.

#[cfg(windows)]
pub(crate) mod descriptor;
pub(crate) mod sddl;
#[cfg(windows)]
pub(crate) mod text;
#[cfg(windows)]
pub(crate) mod token;

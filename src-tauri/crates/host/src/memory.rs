//! The memory of this process.

/// Returns to the system what was freed and is only kept in case it is wanted again.
pub fn trim() {
    #[cfg(target_os = "linux")]
    linux::trim();
}

#[cfg(target_os = "linux")]
mod linux {
    //! The allocator of the GNU C library keeps what lies below the highest byte in use.

    #[cfg(target_env = "gnu")]
    #[expect(unsafe_code, reason = "no library offers malloc_trim(3)")]
    pub(super) fn trim() {
        // SAFETY: the call takes no pointer, and may be made from any thread at any time.
        unsafe {
            libc::malloc_trim(0);
        }
    }

    #[cfg(not(target_env = "gnu"))]
    pub(super) fn trim() {}

    #[cfg(test)]
    #[cfg(target_env = "gnu")]
    mod tests {
        use super::*;

        /// In KiB.
        fn resident() -> usize {
            let status = std::fs::read_to_string("/proc/self/status").unwrap();
            let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
            line.trim_end_matches("kB").trim().parse().unwrap()
        }

        #[test]
        fn what_was_freed_is_no_longer_resident() {
            let pieces: Vec<Vec<u8>> = (0..4096).map(|_| vec![1; 16 * 1024]).collect();
            let kept = vec![1; 16 * 1024];
            let used = resident();
            drop(pieces);
            trim();
            assert!(resident() + 32 * 1024 < used);
            drop(kept);
        }
    }
}

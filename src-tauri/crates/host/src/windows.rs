//! What several concerns share on Windows: texts, security descriptors, and the accounts of processes.

#[cfg(windows)]
pub(crate) mod descriptor;
pub(crate) mod sddl;
#[cfg(windows)]
pub(crate) mod token;

#[cfg(windows)]
pub(crate) mod text {
    //! Texts as the system takes and gives them: UTF-16 that ends with a zero.

    use std::ffi::OsStr;
    use std::os::windows::ffi::OsStrExt;

    use windows_sys::Win32::Foundation::LocalFree;

    /// A text to hand over.
    pub(crate) fn wide(text: impl AsRef<OsStr>) -> Vec<u16> {
        text.as_ref().encode_wide().chain([0]).collect()
    }

    /// What a buffer of the caller's holds before the first zero.
    pub(crate) fn narrow(buffer: &[u16]) -> String {
        String::from_utf16_lossy(buffer.split(|unit| *unit == 0).next().unwrap_or_default())
    }

    /// Takes a text that the system made and leaves to be freed.
    ///
    /// # Safety
    /// `text` is null, or a text that ends with a zero and was allocated by `LocalAlloc`; nothing else frees it.
    #[expect(unsafe_code, reason = "texts of the system are pointers")]
    pub(crate) unsafe fn take(text: *mut u16) -> String {
        if text.is_null() {
            return String::new();
        }
        // SAFETY: it ends with a zero, says the caller.
        let length = (0..).take_while(|at| unsafe { *text.add(*at) } != 0).count();
        // SAFETY: so many were just read.
        let taken = String::from_utf16_lossy(unsafe { std::slice::from_raw_parts(text, length) });
        // SAFETY: it is to be freed like this, says the caller, and is not used any more.
        unsafe { LocalFree(text.cast()) };
        taken
    }
}

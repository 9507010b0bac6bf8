//! Security descriptors: made of their text form, and asked of what is open.

use std::io;
use std::os::windows::io::{AsHandle, AsRawHandle};
use std::ptr;

use windows_sys::Win32::Foundation::LocalFree;
use windows_sys::Win32::Security::Authorization::{
    ConvertSecurityDescriptorToStringSecurityDescriptorW,
    ConvertStringSecurityDescriptorToSecurityDescriptorW, GetSecurityInfo, SDDL_REVISION_1, SE_FILE_OBJECT,
    SE_KERNEL_OBJECT, SE_OBJECT_TYPE, SetSecurityInfo,
};
use windows_sys::Win32::Security::{
    DACL_SECURITY_INFORMATION, GetSecurityDescriptorDacl, OWNER_SECURITY_INFORMATION,
    PROTECTED_DACL_SECURITY_INFORMATION, PSECURITY_DESCRIPTOR, SECURITY_ATTRIBUTES,
};

use super::sddl::Security;
use super::text::{take, wide};

const ASKED: u32 = OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;

/// A security descriptor that the system allocated.
pub(crate) struct Descriptor(PSECURITY_DESCRIPTOR);

// SAFETY: nothing changes what it points to, and any thread may free it.
#[expect(unsafe_code, reason = "descriptors are pointers in C")]
unsafe impl Send for Descriptor {}

impl Descriptor {
    /// Makes one of its text form.
    #[expect(unsafe_code, reason = "descriptors are a C interface")]
    pub(crate) fn of_text(sddl: &str) -> io::Result<Self> {
        let (text, mut made) = (wide(sddl), ptr::null_mut());
        // SAFETY: the text ends with a zero, and `made` is valid for writes.
        let done = unsafe {
            ConvertStringSecurityDescriptorToSecurityDescriptorW(
                text.as_ptr(),
                SDDL_REVISION_1,
                &raw mut made,
                ptr::null_mut(),
            )
        };
        if done == 0 { Err(io::Error::last_os_error()) } else { Ok(Self(made)) }
    }

    /// To make something with it; valid as long as `self`.
    pub(crate) fn attributes(&self) -> SECURITY_ATTRIBUTES {
        SECURITY_ATTRIBUTES {
            nLength: size_of::<SECURITY_ATTRIBUTES>() as u32,
            lpSecurityDescriptor: self.0,
            bInheritHandle: 0,
        }
    }

    /// Gives a file its access list, without what it inherits.
    #[expect(unsafe_code, reason = "access lists are a C interface")]
    pub(crate) fn put_on(&self, file: &impl AsHandle) -> io::Result<()> {
        let (mut present, mut list, mut defaulted) = (0, ptr::null_mut(), 0);
        // SAFETY: the descriptor is valid, and the three are valid for writes.
        let found =
            unsafe { GetSecurityDescriptorDacl(self.0, &raw mut present, &raw mut list, &raw mut defaulted) };
        if found == 0 {
            return Err(io::Error::last_os_error());
        }
        if present == 0 {
            return Err(io::ErrorKind::InvalidData.into());
        }
        // SAFETY: the handle is open, and the list lives as long as the descriptor.
        let code = unsafe {
            SetSecurityInfo(
                file.as_handle().as_raw_handle(),
                SE_FILE_OBJECT,
                DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION,
                ptr::null_mut(),
                ptr::null_mut(),
                list,
                ptr::null(),
            )
        };
        if code == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(code.cast_signed())) }
    }

    #[expect(unsafe_code, reason = "descriptors are a C interface")]
    fn of(open: &impl AsHandle, kind: SE_OBJECT_TYPE) -> io::Result<Self> {
        let mut found = ptr::null_mut();
        let nothing = ptr::null_mut;
        // SAFETY: the handle is open, `found` is valid for writes, and the others are not asked for.
        let code = unsafe {
            GetSecurityInfo(
                open.as_handle().as_raw_handle(),
                kind,
                ASKED,
                nothing(),
                nothing(),
                ptr::null_mut(),
                ptr::null_mut(),
                &raw mut found,
            )
        };
        if code == 0 { Ok(Self(found)) } else { Err(io::Error::from_raw_os_error(code.cast_signed())) }
    }

    /// Its owner and access list.
    #[expect(unsafe_code, reason = "descriptors are a C interface")]
    fn security(&self) -> io::Result<Security> {
        let mut text = ptr::null_mut();
        // SAFETY: the descriptor is valid, and `text` is valid for writes.
        let done = unsafe {
            ConvertSecurityDescriptorToStringSecurityDescriptorW(
                self.0,
                SDDL_REVISION_1,
                ASKED,
                &raw mut text,
                ptr::null_mut(),
            )
        };
        if done == 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the system made this text and leaves it to be freed.
        Security::read(&unsafe { take(text) }).ok_or_else(|| io::ErrorKind::InvalidData.into())
    }
}

impl Drop for Descriptor {
    #[expect(unsafe_code, reason = "the system allocated it")]
    fn drop(&mut self) {
        // SAFETY: each way to make one leaves it to be freed like this, once.
        unsafe { LocalFree(self.0) };
    }
}

/// Who owns an open file and who may do what with it.
pub(crate) fn of_file(file: &impl AsHandle) -> io::Result<Security> {
    Descriptor::of(file, SE_FILE_OBJECT)?.security()
}

/// The same of a pipe.
pub(crate) fn of_pipe(pipe: &impl AsHandle) -> io::Result<Security> {
    Descriptor::of(pipe, SE_KERNEL_OBJECT)?.security()
}

/// The descriptor of an open file, to be put on another.
pub(crate) fn copy_of_file(file: &impl AsHandle) -> io::Result<Descriptor> {
    Descriptor::of(file, SE_FILE_OBJECT)
}

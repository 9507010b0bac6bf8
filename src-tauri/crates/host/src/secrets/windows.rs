//! A private file a secret, sealed by the system (DPAPI) for the machine or for the calling account.

use std::io;
use std::ptr;

use windows_sys::Win32::Foundation::LocalFree;
use windows_sys::Win32::Security::Cryptography::{
    CRYPT_INTEGER_BLOB, CRYPTPROTECT_LOCAL_MACHINE, CRYPTPROTECT_UI_FORBIDDEN, CryptProtectData,
    CryptUnprotectData,
};

use super::{LIMIT, SecretError, Secrets, Whose};
use crate::files::{Mode, make_folder, read_private, remove, write_atomically};

pub(super) fn keep(secrets: &Secrets, name: &str, secret: &[u8]) -> Result<(), SecretError> {
    make_folder(&secrets.folder, Mode::PRIVATE_FOLDER)?;
    let sealed = seal(secret, secrets.whose).map_err(SecretError::System)?;
    Ok(write_atomically(&secrets.folder.join(name), &sealed, Mode::PRIVATE)?)
}

pub(super) fn read(secrets: &Secrets, name: &str) -> Result<Option<Vec<u8>>, SecretError> {
    let sealed = read_private(&secrets.folder.join(name), LIMIT)?;
    sealed.map(|sealed| open(&sealed).map_err(SecretError::System)).transpose()
}

pub(super) fn forget(secrets: &Secrets, name: &str) -> Result<bool, SecretError> {
    Ok(remove(&secrets.folder.join(name))?)
}

#[expect(unsafe_code, reason = "sealing is a C interface")]
fn seal(secret: &[u8], whose: Whose) -> io::Result<Vec<u8>> {
    let scope = match whose {
        Whose::Machine => CRYPTPROTECT_LOCAL_MACHINE,
        Whose::Person => 0,
    };
    let (given, mut made) = (blob(secret)?, CRYPT_INTEGER_BLOB { cbData: 0, pbData: ptr::null_mut() });
    // SAFETY: `given` describes `secret`, which is only read; `made` is valid for writes; nothing else is given.
    let done = unsafe {
        CryptProtectData(
            &raw const given,
            ptr::null(),
            ptr::null(),
            ptr::null(),
            ptr::null(),
            scope | CRYPTPROTECT_UI_FORBIDDEN,
            &raw mut made,
        )
    };
    // SAFETY: on success the system made it.
    if done == 0 { Err(io::Error::last_os_error()) } else { Ok(unsafe { take(&made) }) }
}

/// What is sealed says itself for whom.
#[expect(unsafe_code, reason = "sealing is a C interface")]
fn open(sealed: &[u8]) -> io::Result<Vec<u8>> {
    let (given, mut made) = (blob(sealed)?, CRYPT_INTEGER_BLOB { cbData: 0, pbData: ptr::null_mut() });
    // SAFETY: as above.
    let done = unsafe {
        CryptUnprotectData(
            &raw const given,
            ptr::null_mut(),
            ptr::null(),
            ptr::null(),
            ptr::null(),
            CRYPTPROTECT_UI_FORBIDDEN,
            &raw mut made,
        )
    };
    // SAFETY: on success the system made it.
    if done == 0 { Err(io::Error::last_os_error()) } else { Ok(unsafe { take(&made) }) }
}

fn blob(bytes: &[u8]) -> io::Result<CRYPT_INTEGER_BLOB> {
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    Ok(CRYPT_INTEGER_BLOB { cbData: length, pbData: bytes.as_ptr().cast_mut() })
}

/// # Safety
/// The system made it and leaves it to be freed.
#[expect(unsafe_code, reason = "the system allocated it")]
unsafe fn take(made: &CRYPT_INTEGER_BLOB) -> Vec<u8> {
    // SAFETY: so many bytes are there, says the system.
    let bytes = unsafe { std::slice::from_raw_parts(made.pbData, made.cbData as usize) }.to_vec();
    // SAFETY: it is to be freed like this, and is not used any more.
    unsafe { LocalFree(made.pbData.cast()) };
    bytes
}

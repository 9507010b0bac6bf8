//! Accounts have security identifiers; a person is an account with a profile on this machine.

use std::io;
use std::path::PathBuf;
use std::ptr;

use windows_registry::LOCAL_MACHINE;
use windows_sys::Win32::Foundation::{ERROR_NONE_MAPPED, LocalFree};
use windows_sys::Win32::Security::Authorization::ConvertStringSidToSidW;
use windows_sys::Win32::Security::{LookupAccountSidW, PSID};

use crate::windows::text::{narrow, wide};

const PROFILES: &str = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList";
/// Accounts of the machine and its domain, and those of Entra ID.
const HUMAN: [&str; 2] = ["S-1-5-21-", "S-1-12-1-"];
/// Longer than any name of an account or a domain.
const LONGEST: u32 = 512;

/// A security identifier, in its text form.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Sid(pub String);

/// An account.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Person {
    /// Its identifier.
    pub sid: Sid,
    /// The login name, with its domain: `ACME\ada`.
    pub name: String,
    /// The home folder.
    pub home: PathBuf,
}

impl Person {
    /// Whether the account is a human's by its identifier: services and the system have others.
    #[must_use]
    pub fn is_human(&self) -> bool {
        HUMAN.iter().any(|prefix| self.sid.0.starts_with(prefix))
    }
}

/// The account with this identifier, if it has a profile here; `None` when there is none.
pub fn by_sid(sid: &Sid) -> io::Result<Option<Person>> {
    // Nothing but an identifier names a key: a text with a backslash would lead elsewhere.
    if !sid.0.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Ok(None);
    }
    let Ok(profile) = LOCAL_MACHINE.open(format!(r"{PROFILES}\{}", sid.0)) else { return Ok(None) };
    let home = profile.get_string("ProfileImagePath").map_err(io::Error::other)?;
    Ok(name_of(sid)?.map(|name| Person { sid: sid.clone(), name, home: home.into() }))
}

/// The humans who have a profile on this machine.
pub fn humans() -> io::Result<Vec<Person>> {
    let profiles = LOCAL_MACHINE.open(PROFILES).map_err(io::Error::other)?;
    let mut people = Vec::new();
    for sid in profiles.keys().map_err(io::Error::other)? {
        people.extend(by_sid(&Sid(sid))?.filter(Person::is_human));
    }
    Ok(people)
}

#[expect(unsafe_code, reason = "the account database is a C interface")]
fn name_of(sid: &Sid) -> io::Result<Option<String>> {
    let (text, mut binary): (_, PSID) = (wide(&sid.0), ptr::null_mut());
    // SAFETY: the text ends with a zero, and `binary` is valid for writes.
    if unsafe { ConvertStringSidToSidW(text.as_ptr(), &raw mut binary) } == 0 {
        return Ok(None);
    }
    let (mut name, mut domain) = ([0_u16; LONGEST as usize], [0_u16; LONGEST as usize]);
    let (mut name_length, mut domain_length, mut kind) = (LONGEST, LONGEST, 0);
    // SAFETY: the identifier is valid, both buffers are as long as their lengths say, and all is valid for writes.
    let found = unsafe {
        LookupAccountSidW(
            ptr::null(),
            binary,
            name.as_mut_ptr(),
            &raw mut name_length,
            domain.as_mut_ptr(),
            &raw mut domain_length,
            &raw mut kind,
        )
    };
    let error = io::Error::last_os_error();
    // SAFETY: the system made it and leaves it to be freed; it is not used any more.
    unsafe { LocalFree(binary) };
    if found != 0 {
        return Ok(Some(format!(r"{}\{}", narrow(&domain), narrow(&name))));
    }
    let unknown = error.raw_os_error() == Some(ERROR_NONE_MAPPED.cast_signed());
    if unknown { Ok(None) } else { Err(error) }
}

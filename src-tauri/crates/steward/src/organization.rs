//! The organization's name, for the authorities' certificates. It is a label and decides nothing, so that a machine
//! without an enrollment, or with a broken one, has authorities too.

use host::{dirs::Dirs, files};
use serde::Deserialize;

use crate::enrollment::ReadEnrollment;

const LARGEST_ENROLLMENT: u64 = 64 * 1024;
const NOBODYS: &str = "this machine";

#[derive(Deserialize)]
struct Enrollment {
    organization: String,
}

/// The organization that the machine is enrolled with, in whatever place; of a broken enrollment as much as there is.
pub(super) fn name(read: ReadEnrollment) -> String {
    if let Ok(enrollment) = read() {
        return enrollment.organization;
    }
    match files::read_root_owned(&Dirs::system().enrollment(), LARGEST_ENROLLMENT) {
        Ok(bytes) => of_enrollment(&bytes),
        Err(error) => {
            tracing::info!(%error, "the certificate authorities are named after no organization");
            NOBODYS.to_owned()
        }
    }
}

fn of_enrollment(bytes: &[u8]) -> String {
    let enrollment: Option<Enrollment> = toml::from_slice(bytes).ok();
    let name = enrollment.map(|enrollment| enrollment.organization.trim().to_owned());
    name.filter(|name| !name.is_empty()).unwrap_or_else(|| NOBODYS.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_authorities_carry_the_organizations_name() {
        let enrollment = b"organization = \"acme\"\nlater = 1\n[policy]\nurl = \"file:///p/\"\n";
        assert_eq!(of_enrollment(enrollment), "acme");
    }

    #[test]
    fn without_a_usable_name_they_are_the_machines() {
        for enrollment in ["", "organization = 7", "organization = \" \"", "organization", "[organization]"] {
            assert_eq!(of_enrollment(enrollment.as_bytes()), NOBODYS, "{enrollment}");
        }
    }
}

//! Who may use the fronts besides those whom the kernel names as root, where an enrollment says so.

use super::layers::Merged;
use super::{EnrollmentError, value};

/// More than a machine has services of their own that pull.
const MOST: usize = 16;
const KEY: &str = "fronts.proxy_users";

/// The accounts, by name or number, that may use the proxy front besides root.
pub(super) fn check(merged: &Merged) -> Result<Vec<String>, EnrollmentError> {
    let users = merged.texts(KEY).unwrap_or_default();
    if users.len() > MOST {
        return Err(value(KEY, &format!("has {} accounts; at most {MOST} are possible", users.len())));
    }
    match users.iter().find(|user| !is_account(user)) {
        Some(user) => {
            Err(value(KEY, &format!("has `{user}`, which is neither the name nor the number of an account")))
        }
        None => Ok(users),
    }
}

/// What useradd(8) takes, and what directories add to it.
fn is_account(name: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || "._-@$\\+".contains(letter);
    name.len() <= 256 && !name.starts_with('-') && name.chars().all(is_part)
}

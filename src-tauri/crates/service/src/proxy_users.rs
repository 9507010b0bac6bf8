//! Who may use the proxy front besides root: the accounts that the enrollment names, by their numbers here.

use std::{
    collections::BTreeSet,
    sync::{Arc, PoisonError},
};

use host::people;
use wire::Severity;

use super::{conditions::Conditions, core::Core, enrolled::Enrolled};

const CODE: &str = "proxy-user-unknown";

/// Looks up the accounts; asks their directory, and blocks meanwhile.
pub(super) fn of(enrolled: &Enrolled, conditions: &Conditions) -> Arc<BTreeSet<u32>> {
    let names = enrolled.good().map(|enrollment| enrollment.proxy_users.as_slice()).unwrap_or_default();
    let (mut users, mut unknown) = (BTreeSet::new(), Vec::new());
    for name in names {
        match uid(name) {
            Some(uid) => drop(users.insert(uid)),
            None => unknown.push(format!("`{name}`")),
        }
    }
    if unknown.is_empty() {
        conditions.clear(CODE);
    } else {
        let sentence = format!(
            "The enrollment's `fronts.proxy_users` names {}, which is no account of this machine",
            unknown.join(", ")
        );
        let action = "Make the account, or correct the enrollment";
        conditions.raise(CODE, Severity::Attention, sentence, Some(action));
    }
    Arc::new(users)
}

/// Puts in force what the enrollment says by now; blocks.
pub(super) fn look(core: &Core) {
    let enrolled = core.enrolled.read().unwrap_or_else(PoisonError::into_inner).clone();
    let users = of(&enrolled, &core.conditions);
    core.proxy_users.send_if_modified(|known| {
        let is_new = *known != users;
        *known = users;
        is_new
    });
}

/// A directory that cannot be asked names nobody.
fn uid(name: &str) -> Option<u32> {
    match people::by_name(name) {
        Ok(Some(person)) => Some(person.uid),
        Ok(None) => name.parse().ok(),
        Err(error) => {
            tracing::warn!(%error, name, "an account cannot be looked up");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "organization = \"acme\"\n[policy]\nurl = \"file:///etc/pullgate/policy/\"\nkeys = []\n";

    #[test]
    fn accounts_are_known_by_name_or_number_and_one_that_is_not_there_is_told() {
        let conditions = Conditions::default();
        let enrolled = |users: &str| {
            let text = format!("{TEXT}[fronts]\nproxy_users = {users}\n");
            Enrolled::Yes(Box::new(enrollment::parse(&text).unwrap()))
        };
        let named = of(&enrolled("[\"daemon\", \"4321\"]"), &conditions);
        assert_eq!(*named, [1, 4321].into());
        assert_eq!(conditions.list(), []);
        let named = of(&enrolled("[\"no-such-account\"]"), &conditions);
        assert_eq!(*named, BTreeSet::new());
        assert!(conditions.list()[0].sentence.contains("`no-such-account`"));
        assert_eq!(*of(&Enrolled::No, &conditions), BTreeSet::new());
        assert_eq!(conditions.list(), []);
    }
}

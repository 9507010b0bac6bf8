//! Who may use the proxy front besides root: the accounts that the enrollment names, by their numbers here.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use host::people;
use tokio::sync::watch;
use wire::Severity;

use super::{conditions::Conditions, enrolled::Enrolled, in_force::InForce};

const CODE: &str = "proxy-user-unknown";
/// An account may be made meanwhile.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

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

/// Publishes what the enrollment says, whenever it may have changed and now and then. The directory of accounts may be
/// far away, so it is asked on a thread of its own.
pub(super) async fn run(
    mut in_force: watch::Receiver<InForce>,
    published: watch::Sender<Arc<BTreeSet<u32>>>,
    conditions: Arc<Conditions>,
) {
    loop {
        let enrolled = in_force.borrow_and_update().enrolled.clone();
        let telling = Arc::clone(&conditions);
        match tokio::task::spawn_blocking(move || of(&enrolled, &telling)).await {
            Ok(users) => {
                published.send_if_modified(|known| {
                    let is_new = *known != users;
                    *known = users;
                    is_new
                });
            }
            Err(error) => tracing::error!(%error, "looking up who may use the proxy front has failed"),
        }
        if let Ok(Err(_ended)) = tokio::time::timeout(LOOK_AGAIN, in_force.changed()).await {
            return;
        }
    }
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

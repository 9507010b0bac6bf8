//! Who may ask: the user the service runs as, and root, by the kernel's word.

use std::io;

use host::{peer::Peer, people};
use ipc::{Code, Failure};

/// The user the service runs as.
const SERVICE_USER: &str = "pullgate";

/// The users who may ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AllowedPeers {
    /// The user of the service first, where there is one, and root.
    pub(super) users: Vec<u32>,
}

impl AllowedPeers {
    /// Root, and the user of the service as the machine knows it.
    pub(super) fn of_the_service() -> io::Result<Self> {
        let service = people::by_name(SERVICE_USER)?.map(|person| person.uid);
        if service.is_none() {
            tracing::warn!("there is no user `{SERVICE_USER}`; only root can ask");
        }
        Ok(Self { users: service.into_iter().chain([0]).collect() })
    }

    /// Who owns the steward's socket.
    pub(super) fn owner(&self) -> Option<u32> {
        self.users.first().copied()
    }

    /// Whether this process may ask.
    pub(super) fn check(&self, peer: &Peer) -> Result<(), Failure> {
        if self.users.contains(&peer.uid) {
            return Ok(());
        }
        let message =
            format!("the steward does nothing for user {}; it works for the service alone", peer.uid);
        Err(Failure::new(Code::NotAllowed, message)
            .with_hint("Use the `pullgate` command, which asks the service"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_listed_users_may_ask() {
        let admission = AllowedPeers { users: vec![996, 0] };
        let may = |uid| admission.check(&Peer { uid, gid: 996, pid: None }).is_ok();
        assert_eq!([0, 996, 997, 1000, u32::MAX].map(may), [true, true, false, false, false]);
        assert_eq!(admission.owner(), Some(996));
    }

    #[test]
    fn root_is_always_among_them() {
        assert_eq!(AllowedPeers::of_the_service().unwrap().users.last(), Some(&0));
    }
}

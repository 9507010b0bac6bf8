//! Who else can reach the engines that run as root: rules for one person's groups hold there only while nobody can.

use std::{
    collections::BTreeSet,
    io,
    os::unix::fs::MetadataExt,
    path::Path,
    sync::{Mutex, PoisonError},
};

use host::people::{self, Person};

/// Where Docker Engine listens.
const SOCKET: &str = "/run/docker.sock";
/// The group that gets the socket where nothing else is said.
const GROUP: &str = "docker";
/// The permission of everybody else to write, which is what it takes to call.
const EVERYBODY: u32 = 0o002;

/// Who else reaches the engines of root, as it was last looked up: the account database may be far away.
#[derive(Default)]
pub(super) struct Others(Mutex<Option<(u32, BTreeSet<String>)>>);

impl Others {
    /// The login names of others than this person. Until it was looked up, there might be somebody.
    pub(super) fn than(&self, uid: u32) -> BTreeSet<String> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let names = known.as_ref().filter(|(of, _)| *of == uid).map(|(_, names)| names.clone());
        names.unwrap_or_else(somebody)
    }

    /// Looks it up; blocks.
    pub(super) fn look(&self, uid: u32) {
        let names = others(uid).unwrap_or_else(|error| {
            tracing::warn!(%error, "it cannot be told who can use Docker Engine");
            somebody()
        });
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((uid, names));
    }
}

fn somebody() -> BTreeSet<String> {
    ["somebody else".to_owned()].into()
}

/// Administrators reach it anyway and are not counted.
fn others(uid: u32) -> io::Result<BTreeSet<String>> {
    let reach = match Path::new(SOCKET).metadata() {
        Ok(socket) if socket.mode() & EVERYBODY != 0 => people::humans()?,
        Ok(socket) => people::humans_in(socket.gid())?,
        // An engine that is not running will give its socket to this group.
        Err(error) if error.kind() == io::ErrorKind::NotFound => match people::gid_of(GROUP)? {
            Some(gid) => people::humans_in(gid)?,
            None => Vec::new(),
        },
        Err(error) => return Err(error),
    };
    Ok(reach.into_iter().filter(|person: &Person| person.uid != uid).map(|person| person.name).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn until_it_was_looked_up_for_this_person_somebody_else_might_be_there() {
        let others = Others::default();
        assert_eq!(others.than(1000), somebody());
        *others.0.lock().unwrap() = Some((1000, BTreeSet::new()));
        assert_eq!((others.than(1000), others.than(1001)), (BTreeSet::new(), somebody()));
    }
}

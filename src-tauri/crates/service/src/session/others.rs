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
const DOCKER: &str = "/run/docker.sock";
/// Where other engines of root do, some of them for a group.
const MORE: [&str; 4] = [
    "/run/containerd/containerd.sock",
    "/run/buildkit/buildkitd.sock",
    "/run/podman/podman.sock",
    "/run/crio/crio.sock",
];
/// The group that gets Docker's socket where nothing else is said.
const GROUP: &str = "docker";
/// The permissions to write, which is what it takes to call: of the group, and of everybody else.
const OF_GROUP: u32 = 0o020;
const OF_EVERYBODY: u32 = 0o002;
/// An access list beside the permissions (acl(5)).
const ACCESS_LIST: &str = "system.posix_acl_access";
const ROOT: u32 = 0;

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

/// Every account counts that can call an engine of root, those of services included: a build server in the group
/// `docker` is somebody else. Root reaches them anyway, and this service calls none.
fn others(uid: u32) -> io::Result<BTreeSet<String>> {
    let mut reach = match of_socket(Path::new(DOCKER))? {
        Some(reach) => reach,
        // An engine that is not running will give its socket to this group.
        None => match people::gid_of(GROUP)? {
            Some(gid) => Reach::of(people::accounts_in(gid)?),
            None => Reach::default(),
        },
    };
    for socket in MORE {
        match of_socket(Path::new(socket)) {
            Ok(more) => reach.add(more.unwrap_or_default()),
            // Its folder is closed to others than root.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {}
            Err(error) => return Err(error),
        }
    }
    Ok(reach.beside(&[uid, ROOT, rustix::process::geteuid().as_raw()]))
}

/// Who can call an engine.
#[derive(Default)]
struct Reach {
    accounts: Vec<Person>,
    /// Whom a file names that is not read here.
    more: BTreeSet<String>,
}

impl Reach {
    fn of(accounts: Vec<Person>) -> Self {
        Self { accounts, more: BTreeSet::new() }
    }

    fn add(&mut self, other: Self) {
        self.accounts.extend(other.accounts);
        self.more.extend(other.more);
    }

    /// Those who are none of these, by name.
    fn beside(self, known: &[u32]) -> BTreeSet<String> {
        let others = self.accounts.into_iter().filter(|account| !known.contains(&account.uid));
        others.map(|account| account.name).chain(self.more).collect()
    }
}

/// Who can call the engine behind a socket; none where there is no such socket.
fn of_socket(path: &Path) -> io::Result<Option<Reach>> {
    let socket = match path.metadata() {
        Ok(socket) => socket,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    if socket.mode() & OF_EVERYBODY != 0 {
        return Ok(Some(Reach::of(people::accounts()?)));
    }
    let mut reach = Reach::of(people::by_uid(socket.uid())?.into_iter().collect());
    if socket.mode() & OF_GROUP != 0 {
        reach.accounts.extend(people::accounts_in(socket.gid())?);
    }
    if has_access_list(path) {
        reach.more.insert(format!("whoever the access list of `{}` names", path.display()));
    }
    Ok(Some(reach))
}

/// A file system that has none says so.
fn has_access_list(path: &Path) -> bool {
    let mut nothing: [u8; 0] = [];
    rustix::fs::getxattr(path, ACCESS_LIST, &mut nothing).is_ok_and(|length| length > 0)
}

#[cfg(test)]
mod tests {
    use std::{fs::Permissions, os::unix::fs::PermissionsExt};

    use super::*;

    fn account(uid: u32, name: &str) -> Person {
        Person { uid, gid: 998, name: name.into(), home: "/".into() }
    }

    #[test]
    fn a_build_server_in_the_group_docker_is_somebody_else() {
        let group = || vec![account(1000, "ada"), account(112, "jenkins"), account(0, "root")];
        assert_eq!(Reach::of(group()).beside(&[1000, 0, 990]), ["jenkins".to_owned()].into());
        let alone = vec![account(1000, "ada"), account(0, "root"), account(990, "pullgate")];
        assert_eq!(Reach::of(alone).beside(&[1000, 0, 990]), BTreeSet::new());
    }

    #[test]
    fn a_socket_is_its_owner_s_its_group_s_or_everybody_s() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("engine.sock");
        assert!(of_socket(&path).unwrap().is_none());
        let _listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
        let daemon = people::by_name("daemon").unwrap().unwrap();
        let _needs_root = std::os::unix::fs::chown(&path, Some(0), Some(daemon.gid));
        let reach = |mode| {
            std::fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            of_socket(&path).unwrap().unwrap().beside(&[0])
        };
        if rustix::process::geteuid().is_root() {
            assert_eq!(reach(0o600), BTreeSet::new());
            assert!(reach(0o660).contains("daemon"));
        }
        assert!(reach(0o666).contains("daemon"));
    }

    #[test]
    fn until_it_was_looked_up_for_this_person_somebody_else_might_be_there() {
        let others = Others::default();
        assert_eq!(others.than(1000), somebody());
        *others.0.lock().unwrap() = Some((1000, BTreeSet::new()));
        assert_eq!((others.than(1000), others.than(1001)), (BTreeSet::new(), somebody()));
    }
}

//! Who else can reach the engines that run as root: rules for one person's groups hold there only while nobody can.

use std::collections::BTreeSet;

use host::people;

/// The group whose members reach Docker Engine.
const GROUP: &str = "docker";

/// The login names of other people who reach the engines of root. Administrators do anyway and are not counted.
pub(super) fn others(uid: u32) -> std::io::Result<BTreeSet<String>> {
    let Some(members) = people::group_members(GROUP)? else { return Ok(BTreeSet::new()) };
    let own = people::by_uid(uid)?.map(|person| person.name);
    let mut names: BTreeSet<String> = BTreeSet::new();
    for name in members {
        if people::by_name(&name)?.is_some_and(|person| person.is_human()) {
            names.insert(name);
        }
    }
    if let Some(own) = own {
        names.remove(&own);
    }
    Ok(names)
}

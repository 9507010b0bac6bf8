//! What people have in homes of theirs that beats the machine's configuration for them. That there is something is for
//! everybody to know; what, and where, is for them and for root.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::homes::Person;

/// One person's own files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Personal {
    /// Whose they are.
    pub uid: u32,
    /// Their account.
    pub name: String,
    /// The files; where the way to one leads out of the home, the place where it does.
    pub files: Vec<PathBuf>,
}

/// More paths than these are counted.
const MOST: usize = 3;

impl Personal {
    /// Theirs, if there are any.
    pub(crate) fn of(person: &Person, mut files: Vec<PathBuf>) -> Option<Self> {
        files.sort();
        files.dedup();
        (!files.is_empty()).then(|| Self { uid: person.uid, name: person.name.clone(), files })
    }

    /// The files as words for the person and for root.
    pub fn listed(&self) -> String {
        let shown = self.files.iter().take(MOST).map(|path| format!("`{}`", path.display()));
        let shown = shown.collect::<Vec<_>>().join(", ");
        match self.files.len().saturating_sub(MOST) {
            0 => shown,
            more => format!("{shown} and {more} more"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_files_three_are_named() {
        let files = |count: u32| (0..count).map(|it| PathBuf::from(format!("/home/ada/{it}"))).collect();
        let ada = |files| Personal { uid: 1000, name: "ada".into(), files };
        assert_eq!(ada(files(1)).listed(), "`/home/ada/0`");
        assert_eq!(ada(files(5)).listed(), "`/home/ada/0`, `/home/ada/1`, `/home/ada/2` and 2 more");
    }
}

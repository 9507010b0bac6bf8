//! What tells a file from what it was a moment ago.

use std::fs::Metadata;

#[cfg(unix)]
use unix as system;
#[cfg(windows)]
use windows as system;

/// Changes with every write, replacement, or change of owner or mode, as far as the system keeps note of it.
#[derive(Eq, PartialEq)]
pub(super) struct Stamp(system::Marks);

impl From<Metadata> for Stamp {
    fn from(metadata: Metadata) -> Self {
        Self(system::marks(&metadata))
    }
}

#[cfg(unix)]
mod unix {
    //! POSIX notes the time of every change of a file, that of its owner and mode too.

    use std::fs::Metadata;
    use std::os::unix::fs::MetadataExt;

    #[derive(Eq, PartialEq)]
    pub(super) struct Marks {
        file: (u64, u64),
        size: u64,
        modified: (i64, i64),
        changed: (i64, i64),
        mode: u32,
    }

    pub(super) fn marks(metadata: &Metadata) -> Marks {
        Marks {
            file: (metadata.dev(), metadata.ino()),
            size: metadata.size(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
            mode: metadata.mode(),
        }
    }
}

#[cfg(windows)]
mod windows {
    //! Windows notes no change of an access list; a write and a replacement it does.

    use std::fs::Metadata;
    use std::os::windows::fs::MetadataExt;

    #[derive(Eq, PartialEq)]
    pub(super) struct Marks {
        size: u64,
        made: u64,
        modified: u64,
        attributes: u32,
    }

    pub(super) fn marks(metadata: &Metadata) -> Marks {
        Marks {
            size: metadata.file_size(),
            made: metadata.creation_time(),
            modified: metadata.last_write_time(),
            attributes: metadata.file_attributes(),
        }
    }
}

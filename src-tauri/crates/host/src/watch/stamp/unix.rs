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

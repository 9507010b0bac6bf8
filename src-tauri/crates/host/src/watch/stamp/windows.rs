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

//! Docker Engine in both image stores, every way it brings in or sends out an image.
//!
//! One laptop per image store serves all of these tests; each test finds it tidy and alone.

/// Keeps promises about a [`desk::Desk`] on the laptop of each image store.
macro_rules! on_both_stores {
    ($($promise:ident),+ $(,)?) => {
        $(mod $promise {
            #[test]
            fn classic() {
                super::$promise(&mut crate::docker::desk::classic())
            }
            #[test]
            fn containerd() {
                super::$promise(&mut crate::docker::desk::containerd())
            }
        })+
    };
}

mod allowed;
mod builds;
mod cached;
mod changes;
mod commands;
mod crowds;
mod denied;
mod desk;
mod digests;
mod outages;
mod push;
mod record;
mod registry_word;
mod restore;
mod zoo;

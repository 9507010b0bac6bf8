//! Inputs that fuzzing found or that somebody thought of, kept in the tree and given to their targets again with every
//! test. A target is a plain function that panics where a law is broken; those of a crate are its `fuzzing::TARGETS`.
#![expect(clippy::print_stderr, reason = "a panic is told with the input that it is of")]

use std::fs;
use std::path::{Path, PathBuf};

/// A target by its name, which is also its folder's below `corpus/`.
pub type Target = (&'static str, fn(&[u8]));

/// The inputs that are kept for a target.
pub fn corpus(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name)
}

/// Gives every kept input to its target, and each of its beginnings that is not too many to try; panics where a target
/// has none.
pub fn replay(targets: &[Target]) {
    for (name, run) in targets {
        let inputs = inputs(&corpus(name));
        assert!(!inputs.is_empty(), "the target `{name}` has no inputs in `{}`", corpus(name).display());
        for (path, bytes) in inputs {
            eprintln!("{name}: {}", path.display());
            let step = (bytes.len() / 64).max(1);
            (0..bytes.len()).step_by(step).for_each(|end| run(&bytes[..end]));
            run(&bytes);
        }
    }
}

fn inputs(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut inputs: Vec<_> =
        files.filter_map(|file| Some((file.path(), fs::read(file.path()).ok()?))).collect();
    inputs.sort();
    inputs
}

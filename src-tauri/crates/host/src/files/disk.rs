//! The steps a write consists of, behind a trait, so that tests can stop the machine between any two.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use super::system;
use super::system::Look;

/// Each method is one thing the file system does; a loss of power happens between them.
pub(super) trait Disk {
    fn create(&self, path: &Path, mode: u32) -> io::Result<File>;
    fn fill(&self, file: &mut File, bytes: &[u8]) -> io::Result<()>;
    fn set_owner(&self, file: &File, like: &Look) -> io::Result<()>;
    fn set_mode(&self, file: &File, mode: u32) -> io::Result<()>;
    fn sync(&self, file: &File) -> io::Result<()>;
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;
    fn remove(&self, path: &Path) -> io::Result<()>;
}

/// The disk of this machine.
pub(super) struct RealDisk;

impl Disk for RealDisk {
    fn create(&self, path: &Path, mode: u32) -> io::Result<File> {
        system::create(path, mode)
    }

    fn fill(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        file.write_all(bytes)
    }

    fn set_owner(&self, file: &File, like: &Look) -> io::Result<()> {
        like.give_owner(file)
    }

    fn set_mode(&self, file: &File, mode: u32) -> io::Result<()> {
        system::set_mode(file, mode)
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        std::fs::rename(from, to)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        system::sync_folder(folder)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_file(path)
    }
}

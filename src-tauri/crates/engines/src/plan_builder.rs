//! The making of edits: the person's view of a file goes in, the desired text comes out, and files of ours that
//! are no longer set are restored. A plan to restore is built without a text that is set.

use std::path::{Path, PathBuf};

use config_edit::Format;

use crate::originals::Record;
use crate::orphans;
use crate::plan::{Edit, Unplannable};
use crate::{Attributes, EngineId, Kind, Machine, Originals};

/// Edits of one engine's files while they are being made.
pub(crate) struct PlanBuilder<'a> {
    machine: &'a dyn Machine,
    records: Vec<Record>,
    set: Vec<PathBuf>,
    edits: Vec<Edit>,
}

impl<'a> PlanBuilder<'a> {
    /// `marked` are the engine's files that are known without a record too.
    pub(crate) fn new(
        engine: EngineId,
        machine: &'a dyn Machine,
        originals: &Originals,
        marked: &[PathBuf],
    ) -> Result<Self, Unplannable> {
        let mut records = originals.of(machine, engine)?;
        let left = orphans::find(machine, engine, marked);
        let known: Vec<PathBuf> = originals.all(machine)?.into_iter().map(|record| record.path).collect();
        records.extend(left.into_iter().filter(|record| !known.contains(&record.path)));
        Ok(Self { machine, records, set: Vec::new(), edits: Vec::new() })
    }

    /// The file without us.
    pub(crate) fn without_ours(&self, path: &Path) -> Result<Option<Vec<u8>>, Unplannable> {
        let current = self.current(path)?;
        Ok(match self.record(path) {
            Some(record) => record.without_ours(current.as_deref()),
            None => current,
        })
    }

    /// Sets a text for a file. Where the file says the same already, it stays as it is.
    pub(crate) fn set(&mut self, path: &Path, format: Format, text: Vec<u8>) -> Result<(), Unplannable> {
        let current = self.current(path)?;
        self.set.push(path.to_path_buf());
        let is_there = current.as_deref().is_some_and(|current| format.same(current, &text));
        if is_there && !self.was_interrupted(path) {
            return Ok(());
        }
        if !self.machine.writable(path) {
            return Err(Unplannable::ReadOnly { path: path.into() });
        }
        if let Some(folder) = self.machine.loose_folder(path) {
            return Err(Unplannable::Loose { path: path.into(), folder });
        }
        let attributes = self.machine.entry(path)?.map_or(Attributes::PUBLIC, |entry| entry.attributes);
        let after = if is_there { current.clone() } else { Some(text) };
        let path = path.to_path_buf();
        self.edits.push(Edit { path, before: current, after, attributes, restores: false, format });
        Ok(())
    }

    /// Has a file written again as it will be, for what comes with it.
    pub(crate) fn rewrite(&mut self, path: &Path, format: Format) -> Result<(), Unplannable> {
        if self.edits.iter().any(|edit| edit.path == path) {
            return Ok(());
        }
        let current = self.current(path)?;
        let attributes = self.machine.entry(path)?.map_or(Attributes::PUBLIC, |entry| entry.attributes);
        let is_stale = self.has_record(path) && !self.set.iter().any(|set| set == path);
        if !is_stale {
            let (path, before) = (path.to_path_buf(), current.clone());
            self.edits.push(Edit { path, before, after: current, attributes, restores: false, format });
        }
        Ok(())
    }

    /// The edits, with every file of ours that was not set restored.
    pub(crate) fn build(mut self) -> Result<Vec<Edit>, Unplannable> {
        let stale: Vec<Record> =
            self.records.iter().filter(|record| !self.set.contains(&record.path)).cloned().collect();
        for record in stale {
            let before = self.current(&record.path)?;
            let after = record.without_ours(before.as_deref());
            let attributes = record.original.as_ref().map_or(Attributes::PUBLIC, |kept| kept.attributes);
            let Record { path, format, .. } = record;
            self.edits.push(Edit { path, before, after, attributes, restores: true, format });
        }
        Ok(self.edits)
    }

    /// The file as it is; a link or a device is refused.
    pub(crate) fn current(&self, path: &Path) -> Result<Option<Vec<u8>>, Unplannable> {
        match self.machine.entry(path)?.map(|entry| entry.kind) {
            None => Ok(None),
            Some(Kind::File) => Ok(self.machine.read(path)?),
            Some(Kind::Symlink) => Err(Unplannable::Symlink { path: path.into() }),
            Some(Kind::Folder | Kind::Other) => Err(Unplannable::NotAFile { path: path.into() }),
        }
    }

    /// Whether this file has a record of ours.
    pub(crate) fn has_record(&self, path: &Path) -> bool {
        self.record(path).is_some()
    }

    /// Whether this file was written and its engine perhaps not restarted.
    pub(crate) fn was_interrupted(&self, path: &Path) -> bool {
        self.record(path).is_some_and(|record| !record.settled)
    }

    /// Whether this folder did not exist before us.
    pub(crate) fn made_folder(&self, folder: &Path) -> bool {
        self.records.iter().any(|record| record.folders.iter().any(|made| made == folder))
    }

    fn record(&self, path: &Path) -> Option<&Record> {
        self.records.iter().find(|record| record.path == path)
    }
}

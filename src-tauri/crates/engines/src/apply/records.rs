//! What is remembered before a file is touched, and forgotten after it was given back.

use std::path::{Path, PathBuf};

use super::{Apply, ApplyError};
use crate::originals::{Content, Original, Record};
use crate::orphans;
use crate::plan::Edit;

impl Apply<'_> {
    /// Keeps the original and adds `text` to what we may have written, before the file is touched.
    pub(super) fn remember(
        &self,
        path: &Path,
        edit: Option<&Edit>,
        before: &Option<Vec<u8>>,
        text: &[u8],
    ) -> Result<(), ApplyError> {
        let known = self.originals.load(self.machine, path)?;
        let mut record = match known {
            Some(record) if record.without_ours(before.as_deref()).as_deref() == record.original_bytes() => {
                record
            }
            Some(record) => self.renewed(record, before)?,
            None => self.first_record(path, edit, before)?,
        };
        let content = Content::of(text);
        if record.settled || !record.written.contains(&content) {
            record.settled = false;
            record.written.retain(|written| *written != content);
            record.written.push(content);
            self.originals.save(self.machine, &record)?;
        }
        Ok(())
    }

    /// The person edited after us: their view of the file is the new original.
    fn renewed(&self, mut record: Record, before: &Option<Vec<u8>>) -> Result<Record, ApplyError> {
        let attributes = self.attributes(&record.path)?;
        let persons = record.without_ours(before.as_deref());
        record.original = persons.map(|bytes| Original { content: Content::of(&bytes), attributes });
        record.written.clear();
        Ok(record)
    }

    fn first_record(
        &self,
        path: &Path,
        edit: Option<&Edit>,
        before: &Option<Vec<u8>>,
    ) -> Result<Record, ApplyError> {
        let attributes = self.attributes(path)?;
        let found = before.as_deref().and_then(|it| orphans::record(self.plan.engine, path, it, attributes));
        if let Some(record) = found {
            return Ok(record);
        }
        let format = edit.map_or(config_edit::Format::Json, |edit| edit.format);
        let original = before.as_ref().map(|bytes| Original { content: Content::of(bytes), attributes });
        Ok(Record {
            schema: Record::SCHEMA,
            engine: self.plan.engine,
            path: path.into(),
            format,
            original,
            written: Vec::new(),
            settled: false,
            folders: self.folders_of_ours(path)?,
        })
    }

    /// Folders above `path` that are missing, or that we made for another file.
    fn folders_of_ours(&self, path: &Path) -> Result<Vec<PathBuf>, ApplyError> {
        let records = self.originals.all(self.machine)?;
        let mut folders = Vec::new();
        for folder in path.ancestors().skip(1) {
            let made = records.iter().any(|record| record.folders.iter().any(|ours| ours == folder));
            if made || self.machine.entry(folder)?.is_none() {
                folders.insert(0, folder.to_path_buf());
            }
        }
        Ok(folders)
    }

    /// Records keep only the text that stands; a file given back leaves no trace.
    pub(super) fn settle(&self) -> Result<(), ApplyError> {
        let mut folders = Vec::new();
        for edit in &self.plan.edits {
            let Some(mut record) = self.originals.load(self.machine, &edit.path)? else { continue };
            if edit.restores {
                folders.append(&mut record.folders);
                self.originals.forget(self.machine, &edit.path)?;
            } else {
                record.settled = true;
                record.written = edit.after.iter().map(|text| Content::of(text)).collect();
                self.originals.save(self.machine, &record)?;
            }
        }
        folders.sort();
        folders.dedup();
        folders.iter().rev().try_for_each(|folder| Ok(self.machine.remove_empty_folder(folder)?))
    }
}

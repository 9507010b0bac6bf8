//! The person's files as they were before us. One record a file says what stood there, whose it was and what
//! we have written since; it is on disk before the file is touched and leaves after the file is given back.

use std::path::{Path, PathBuf};

use config_edit::Format;
use serde::{Deserialize, Serialize};

use crate::{Attributes, EngineId, Machine, MachineError};

/// The folder that holds the records; root's alone, since originals may hold passwords.
#[derive(Debug, Clone)]
pub struct Originals {
    folder: PathBuf,
}

/// A record that cannot be trusted or kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OriginalsError {
    /// The machine refused.
    #[error(transparent)]
    Machine(#[from] MachineError),
    /// The record is damaged.
    #[error("the saved original of a file, `{}`, cannot be read ({problem}); put it right or move it away", path.display())]
    Damaged {
        /// The record.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
}

/// What is remembered of one file.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Record {
    pub(crate) schema: u32,
    pub(crate) engine: EngineId,
    pub(crate) path: PathBuf,
    pub(crate) format: Format,
    /// `None` when there was no such file.
    pub(crate) original: Option<Original>,
    /// Every text of ours that may stand there, the newest last.
    pub(crate) written: Vec<Content>,
    /// Whether the engine has taken the newest text.
    pub(crate) settled: bool,
    /// Folders that did not exist before us, outermost first.
    pub(crate) folders: Vec<PathBuf>,
}

/// A file's bytes and whose it was.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Original {
    pub(crate) content: Content,
    pub(crate) attributes: Attributes,
}

/// Bytes, readable in the record where they are text.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Content {
    Text(String),
    Bytes(Vec<u8>),
}

impl Content {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Text(text.to_owned()),
            Err(_) => Self::Bytes(bytes.to_vec()),
        }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }
}

impl Record {
    pub(crate) const SCHEMA: u32 = 1;

    pub(crate) fn original_bytes(&self) -> Option<&[u8]> {
        self.original.as_ref().map(|kept| kept.content.bytes())
    }

    /// Whether this is a text of ours.
    pub(crate) fn is_ours(&self, current: &[u8]) -> bool {
        self.written.iter().any(|written| written.bytes() == current)
    }

    /// What would stand there without us.
    pub(crate) fn without_ours(&self, current: Option<&[u8]>) -> Option<Vec<u8>> {
        let current = current?;
        let original = self.original_bytes();
        if self.is_ours(current) || Some(current) == original {
            return original.map(<[u8]>::to_vec);
        }
        let mut left = current.to_vec();
        for written in &self.written {
            left = self.format.restore(&left, written.bytes(), original)?;
        }
        Some(left)
    }
}

impl Originals {
    /// Records kept in this folder.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn of(&self, machine: &dyn Machine, engine: EngineId) -> Result<Vec<Record>, OriginalsError> {
        let all = self.all(machine)?;
        Ok(all.into_iter().filter(|record| record.engine == engine).collect())
    }

    pub(crate) fn all(&self, machine: &dyn Machine) -> Result<Vec<Record>, OriginalsError> {
        let names = machine.names(&self.folder)?;
        let records = names.iter().filter(|name| name.ends_with(".original.json"));
        records.map(|name| self.read(machine, &self.folder.join(name))).collect()
    }

    /// When a record of this engine was last written, in seconds since 1970.
    pub(crate) fn written(
        &self,
        machine: &dyn Machine,
        engine: EngineId,
    ) -> Result<Option<i64>, OriginalsError> {
        let mut newest = None;
        for record in self.of(machine, engine)? {
            newest = newest.max(machine.entry(&self.place(&record.path))?.map(|entry| entry.modified));
        }
        Ok(newest)
    }

    pub(crate) fn load(&self, machine: &dyn Machine, path: &Path) -> Result<Option<Record>, OriginalsError> {
        let place = self.place(path);
        match machine.entry(&place)? {
            None => Ok(None),
            Some(_) => self.read(machine, &place).map(Some),
        }
    }

    pub(crate) fn save(&self, machine: &dyn Machine, record: &Record) -> Result<(), OriginalsError> {
        if machine.entry(&self.folder)?.is_none() {
            machine.make_folder(&self.folder)?;
        }
        let place = self.place(&record.path);
        let text = serde_json::to_vec_pretty(record)
            .map_err(|error| OriginalsError::Damaged { path: place.clone(), problem: error.to_string() })?;
        Ok(machine.write(&place, &text, Attributes::SECRET)?)
    }

    pub(crate) fn forget(&self, machine: &dyn Machine, path: &Path) -> Result<(), OriginalsError> {
        Ok(machine.remove(&self.place(path))?)
    }

    fn read(&self, machine: &dyn Machine, place: &Path) -> Result<Record, OriginalsError> {
        let damaged = |problem: String| OriginalsError::Damaged { path: place.into(), problem };
        let bytes = machine.read(place)?.ok_or_else(|| damaged("it vanished".into()))?;
        let record: Record = serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?;
        if record.schema != Record::SCHEMA {
            return Err(damaged(format!(
                "its schema is {}, this version knows {}",
                record.schema,
                Record::SCHEMA
            )));
        }
        Ok(record)
    }

    /// `/etc/docker/daemon.json` is kept in `etc+docker+daemon.json.original.json`.
    fn place(&self, path: &Path) -> PathBuf {
        let name = path.to_string_lossy().replace('%', "%25").replace('+', "%2B").replace('/', "+");
        self.folder.join(format!("{}.original.json", name.trim_start_matches('+')))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::memory::Memory;

    fn record(path: &str) -> Record {
        Record {
            schema: Record::SCHEMA,
            engine: EngineId::Docker,
            path: path.into(),
            format: Format::Json,
            original: Some(Original { content: Content::of(b"{}"), attributes: Attributes::SECRET }),
            written: vec![Content::of(b"{\"a\":1}")],
            settled: true,
            folders: vec!["/etc/docker".into()],
        }
    }

    #[test]
    fn records_are_secret_and_read_back() {
        let machine = Memory::default();
        machine.put("/state/x", b"");
        let originals = Originals::at("/state/originals");
        originals.save(&machine, &record("/etc/docker/daemon.json")).unwrap();
        originals.save(&machine, &record("/etc/docker+daemon.json")).unwrap();
        let place = Path::new("/state/originals/etc+docker+daemon.json.original.json");
        assert_eq!(machine.entry(place).unwrap().unwrap().attributes, Attributes::SECRET);
        assert_eq!(originals.of(&machine, EngineId::Docker).unwrap().len(), 2);
        let loaded = originals.load(&machine, Path::new("/etc/docker/daemon.json")).unwrap();
        assert!(loaded == Some(record("/etc/docker/daemon.json")));
    }

    #[test]
    fn a_damaged_record_is_named_and_not_taken_for_an_absent_one() {
        let machine = Memory::default();
        machine.put("/state/originals/etc+a.original.json", b"{\"schema\":9}");
        let originals = Originals::at("/state/originals");
        let problem = originals.load(&machine, Path::new("/etc/a")).err().unwrap().to_string();
        assert!(problem.contains("etc+a.original.json"), "{problem}");
    }

    #[test]
    fn a_file_the_person_removed_stays_removed() {
        assert_eq!(record("/etc/a").without_ours(None), None);
        assert_eq!(record("/etc/a").without_ours(Some(b"{\"a\":1}")), Some(b"{}".to_vec()));
    }
}

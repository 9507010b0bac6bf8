//! Policy files: read with the catalog beside them, and checked as the service checks them.

use std::path::{Path, PathBuf};

use host::files::read_limited;
use policy::{Policy, PolicyStamp, Refusal, Warning};
use serde::Serialize;

use super::Outcome;
use crate::cli::arguments::{Format, PolicyFile};
use crate::cli::show;
use crate::cli::stop::{Complaint, Exit};
use crate::cli::world::World;
use crate::policy_set::{self, Named};

/// What a check found, for programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Checked<'a> {
    good: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stamp: Option<&'a PolicyStamp>,
    warnings: &'a [Warning],
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<&'a Refusal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

/// Checks a policy.
pub(super) fn check(file: &PolicyFile, format: Format, world: &mut World<'_>) -> Outcome {
    let bytes = Bytes::read(file)?;
    let parsed = bytes.parse(file);
    if format.json {
        let (policy, refusal) = (parsed.as_ref().ok(), parsed.as_ref().err());
        world.json(&Checked {
            good: policy.is_some(),
            stamp: policy.map(Policy::stamp),
            warnings: policy.map_or(&[], Policy::warnings),
            refusal,
            problem: refusal.map(ToString::to_string),
        })?;
        return Ok(if policy.is_some() { Exit::Yes } else { Exit::Failed });
    }
    let policy = parsed.map_err(|refusal| bytes.refused(file, &refusal))?;
    world.say(&show::checked(&file.file.display().to_string(), &policy, &world.view))?;
    Ok(Exit::Yes)
}

/// A checked policy.
pub(super) fn read(file: &PolicyFile) -> Result<Policy, Complaint> {
    let bytes = Bytes::read(file)?;
    bytes.parse(file).map_err(|refusal| bytes.refused(file, &refusal))
}

/// The most bytes that are read: one more than a policy may have, so that a longer one is refused by its rules.
const LIMIT: u64 = 16 * 1024 * 1024 + 1;

struct Bytes {
    document: Vec<u8>,
    catalog: Option<Vec<u8>>,
}

impl Bytes {
    fn read(file: &PolicyFile) -> Result<Self, Complaint> {
        let document = read_whole(&file.file)?;
        let catalog = file.catalog.clone().or_else(|| beside(&file.file, &document));
        let catalog = catalog.map(|path| {
            read_whole(&path).map_err(|complaint| complaint.hint("Name the catalog with `--catalog FILE`"))
        });
        Ok(Self { document, catalog: catalog.transpose()? })
    }

    fn parse(&self, file: &PolicyFile) -> Result<Policy, Refusal> {
        let named = Named::of(&self.document);
        let organization = file.organization.clone().or(named.organization).unwrap_or_default();
        policy_set::parse(&self.document, self.catalog.as_deref(), &organization)
    }

    fn refused(&self, file: &PolicyFile, refusal: &Refusal) -> Complaint {
        let shown = file.file.display();
        match (&file.organization, Named::of(&self.document).organization) {
            (Some(wanted), Some(named)) if *wanted != named => {
                Complaint::failed(format!("`{shown}` is a policy for `{named}`, not for `{wanted}`"))
            }
            (Some(_) | None, Some(_) | None) => {
                Complaint::failed(format!("`{shown}` is not accepted: {refusal}"))
            }
        }
    }
}

fn beside(file: &Path, document: &[u8]) -> Option<PathBuf> {
    let named = Named::of(document);
    Some(file.with_file_name(named.catalog()?.ok()?))
}

fn read_whole(path: &Path) -> Result<Vec<u8>, Complaint> {
    let bytes = read_limited(path, LIMIT).map_err(Complaint::failed)?;
    bytes.ok_or_else(|| Complaint::failed(format!("there is no file `{}`", path.display())))
}

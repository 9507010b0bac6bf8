//! `policy sign`: a document in an envelope with signatures, checked before anybody else sees it.

use std::path::Path;

use host::files::{Mode, read_limited};
use policy::signed::{Envelope, PayloadType, SigningKey, Trust, countersign, sign};
use serde::Serialize;

use super::{Outcome, output};
use crate::cli::arguments::Sign;
use crate::cli::stop::{Complaint, Exit};
use crate::cli::world::World;
use crate::policy_set::{self, Named};

/// What was signed, for programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Signed {
    signed_by: Vec<String>,
    bytes: usize,
}

const LIMIT: u64 = 24 * 1024 * 1024;
const KEY_LIMIT: u64 = 4096;

pub(super) fn run(arguments: &Sign, world: &mut World<'_>) -> Outcome {
    let keys = arguments.keys.iter().map(|path| key(path)).collect::<Result<Vec<_>, _>>()?;
    let bytes = read(&arguments.file, LIMIT)?;
    let shown = arguments.file.display().to_string();
    let refused =
        |why: &dyn ToString| Complaint::failed(format!("`{shown}` is not signed: {}", why.to_string()));
    let signed = match Envelope::parse(&bytes) {
        Ok(_) => countersign(&bytes, &keys).map_err(|refusal| refused(&refusal))?,
        Err(_) => {
            check(arguments.trust, &bytes, &arguments.file).map_err(|why| refused(&why))?;
            let kind = if arguments.trust { PayloadType::Trust } else { PayloadType::Policy };
            sign(kind, &bytes, &keys)
        }
    };
    output::write(arguments.output.as_deref(), Mode::PUBLIC, &signed, world)?;
    let Some(output) = &arguments.output else { return Ok(Exit::Yes) };
    let signed_by: Vec<String> = keys.iter().map(|key| key.public().id().to_string()).collect();
    if arguments.format.json {
        world.json(&Signed { signed_by, bytes: signed.len() })?;
    } else {
        world.say(&format!("`{}` is signed by {}\n", output.display(), signed_by.join(", ")))?;
    }
    Ok(Exit::Yes)
}

/// What no machine would accept is not signed.
fn check(trust: bool, bytes: &[u8], file: &Path) -> Result<(), String> {
    let named = Named::of(bytes);
    let organization = named.organization.clone().unwrap_or_default();
    if trust {
        return Trust::parse(bytes, &organization).map(drop).map_err(|refusal| refusal.to_string());
    }
    let catalog = match named.catalog() {
        None => None,
        Some(name) => {
            let place = file.with_file_name(name.map_err(|refusal| refusal.to_string())?);
            Some(read(&place, LIMIT).map_err(|complaint| complaint.error)?)
        }
    };
    policy_set::parse(bytes, catalog.as_deref(), &organization)
        .map(drop)
        .map_err(|refusal| refusal.to_string())
}

fn key(path: &Path) -> Result<SigningKey, Complaint> {
    let bytes = read(path, KEY_LIMIT)?;
    let text = std::str::from_utf8(&bytes).unwrap_or_default();
    text.trim().parse().map_err(|error| Complaint::failed(format!("`{}` is {error}", path.display())))
}

fn read(path: &Path, limit: u64) -> Result<Vec<u8>, Complaint> {
    let bytes = read_limited(path, limit).map_err(Complaint::failed)?;
    bytes.ok_or_else(|| Complaint::failed(format!("there is no file `{}`", path.display())))
}

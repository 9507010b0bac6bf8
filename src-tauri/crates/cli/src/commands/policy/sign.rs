//! `policy sign`: a document in an envelope with signatures, checked before anybody else sees it.

use std::path::Path;

use host::files::{Mode, read_limited};
use policy_bundle::{
    Envelope, PayloadType, SigningKey, countersign, sign,
    with_catalog::{self, Named},
};
use serde::Serialize;

use super::document::{Document, LIMIT};
use super::{Outcome, trust, write_document};
use crate::arguments::Sign;
use crate::context::Context;
use crate::exit::{CliError, Exit};

/// What was signed, for programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Signed {
    signed_by: Vec<String>,
    bytes: usize,
}

const KEY_LIMIT: u64 = 4096;

pub(super) fn run(arguments: &Sign, context: &mut Context<'_>) -> Outcome {
    let keys = arguments.keys.iter().map(|path| key(path)).collect::<Result<Vec<_>, _>>()?;
    let bytes = read(&arguments.file, LIMIT)?;
    let shown = arguments.file.display().to_string();
    let signed = signed(arguments, &bytes, &keys)
        .map_err(|why| CliError::failed(format!("`{shown}` is not signed: {why}")))?;
    write_document(arguments.output.as_deref(), Mode::PUBLIC, &signed, context)?;
    let Some(output) = &arguments.output else { return Ok(Exit::Yes) };
    let envelope = Envelope::parse(&signed).map_err(CliError::failed)?;
    let signed_by: Vec<String> = envelope.key_ids().map(str::to_owned).collect();
    if arguments.format.json {
        context.json(&Signed { signed_by, bytes: signed.len() })?;
    } else {
        context.say(&format!("`{}` is signed by {}\n", output.display(), signed_by.join(", ")))?;
    }
    Ok(Exit::Yes)
}

/// The document in its envelope. What no machine would accept is not signed.
fn signed(arguments: &Sign, bytes: &[u8], keys: &[SigningKey]) -> Result<Vec<u8>, String> {
    let document = Document::open(bytes.to_vec()).map_err(|refusal| refusal.to_string())?;
    match (document.kind, arguments.trust) {
        (PayloadType::Policy, true) => {
            return Err("it is a policy; leave `--trust` out".to_owned());
        }
        (PayloadType::Trust, false) => {
            return Err("it is a trust document; add `--trust`, and sign it with a root key".to_owned());
        }
        (PayloadType::Policy, false) | (PayloadType::Trust, true) => {}
    }
    check(&document, &arguments.file)?;
    match document.signed_by {
        Some(_) => countersign(bytes, keys).map_err(|refusal| refusal.to_string()),
        None => Ok(sign(document.kind, bytes, keys)),
    }
}

fn check(document: &Document, file: &Path) -> Result<(), String> {
    if document.kind == PayloadType::Trust {
        return trust::parse(&document.bytes, None).map(drop).map_err(|refusal| refusal.to_string());
    }
    let named = Named::of(&document.bytes);
    let organization = named.organization.clone().unwrap_or_default();
    let catalog = match named.catalog() {
        None => None,
        Some(name) => {
            let place = file.with_file_name(name.map_err(|refusal| refusal.to_string())?);
            Some(read(&place, LIMIT).map_err(|complaint| complaint.error)?)
        }
    };
    with_catalog::parse(&document.bytes, catalog.as_deref(), &organization)
        .map(drop)
        .map_err(|refusal| refusal.to_string())
}

fn key(path: &Path) -> Result<SigningKey, CliError> {
    let bytes = read(path, KEY_LIMIT)?;
    let text = std::str::from_utf8(&bytes).unwrap_or_default();
    text.trim().parse().map_err(|error| CliError::failed(format!("`{}` is {error}", path.display())))
}

fn read(path: &Path, limit: u64) -> Result<Vec<u8>, CliError> {
    let bytes = read_limited(path, limit).map_err(CliError::failed)?;
    bytes.ok_or_else(|| CliError::failed(format!("there is no file `{}`", path.display())))
}

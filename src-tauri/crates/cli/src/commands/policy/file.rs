//! Policy files: read with the catalog beside them, and checked as the service checks them.

use std::path::{Path, PathBuf};

use host::files::read_limited;
use policy::{Policy, PolicyStamp, Refusal, Warning};
use policy_bundle::{
    PayloadType, Trust,
    with_catalog::{self, Named},
};
use serde::Serialize;

use super::document::{Document, LIMIT};
use super::{Outcome, trust};
use crate::arguments::{Format, PolicyFile};
use crate::context::Context;
use crate::exit::{CliError, Exit};
use crate::show;

/// What a check found, for programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Checked<'a> {
    good: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stamp: Option<&'a PolicyStamp>,
    warnings: &'a [Warning],
    #[serde(skip_serializing_if = "Option::is_none")]
    trust: Option<trust::Stamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signed_by: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<&'a Refusal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

/// Checks a policy or a trust document, signed or not.
pub(super) fn check(file: &PolicyFile, format: Format, context: &mut Context<'_>) -> Outcome {
    let bytes = read_whole(&file.file)?;
    let opened = Document::open(bytes);
    let signed_by = opened.as_ref().ok().and_then(|document| document.signed_by.clone());
    let checked = match opened {
        Ok(document) if document.kind == PayloadType::Trust => {
            trust::parse(&document.bytes, file.organization.as_deref()).map(Good::Trust)
        }
        Ok(document) => {
            let bytes = Bytes::beside(file, document)?;
            let parsed = bytes.parse(file);
            if !format.json
                && let Err(refusal) = &parsed
            {
                return Err(bytes.refused(file, refusal));
            }
            parsed.map(|policy| Good::Policy(Box::new(policy)))
        }
        Err(refusal) => Err(refusal),
    };
    if format.json {
        return programs(checked, signed_by.as_deref(), context);
    }
    let shown = file.file.display().to_string();
    let kind = match checked.map_err(|refusal| not_accepted(&shown, &refusal))? {
        Good::Policy(policy) => {
            context.say(&show::checked(&shown, &policy, &context.view))?;
            PayloadType::Policy
        }
        Good::Trust(trust) => {
            context.say(&trust::shown(&shown, &trust, &context.view))?;
            PayloadType::Trust
        }
    };
    if let Some(keys) = signed_by {
        context.say(&format!("\n{}", signed(&keys, kind)))?;
    }
    Ok(Exit::Yes)
}

/// What a file was found to be.
enum Good {
    Policy(Box<Policy>),
    Trust(Trust),
}

fn programs(
    checked: Result<Good, Refusal>,
    signed_by: Option<&[String]>,
    context: &mut Context<'_>,
) -> Outcome {
    let none = Checked {
        good: false,
        stamp: None,
        warnings: &[],
        trust: None,
        signed_by,
        refusal: None,
        problem: None,
    };
    let exit = if checked.is_ok() { Exit::Yes } else { Exit::Failed };
    match checked {
        Ok(Good::Policy(policy)) => context.json(&Checked {
            good: true,
            stamp: Some(policy.stamp()),
            warnings: policy.warnings(),
            ..none
        })?,
        Ok(Good::Trust(trust)) => {
            context.json(&Checked { good: true, trust: Some(trust::stamp(&trust)), ..none })?;
        }
        Err(refusal) => {
            context.json(&Checked { problem: Some(refusal.to_string()), refusal: Some(&refusal), ..none })?;
        }
    }
    Ok(exit)
}

fn signed(keys: &[String], kind: PayloadType) -> String {
    let by = match kind {
        PayloadType::Policy => "their trust document",
        PayloadType::Trust => "the root keys of their enrollment",
    };
    match keys {
        [] => "Nobody has signed it\n".to_owned(),
        keys => {
            format!("Signed by {}; machines check that by {by}, this command does not\n", keys.join(", "))
        }
    }
}

fn not_accepted(shown: &str, refusal: &Refusal) -> CliError {
    CliError::failed(format!("`{shown}` is not accepted: {refusal}"))
}

/// A checked policy.
pub(super) fn read(file: &PolicyFile) -> Result<Policy, CliError> {
    let bytes = Bytes::read(file)?;
    bytes.parse(file).map_err(|refusal| bytes.refused(file, &refusal))
}

struct Bytes {
    document: Vec<u8>,
    catalog: Option<Vec<u8>>,
}

impl Bytes {
    fn read(file: &PolicyFile) -> Result<Self, CliError> {
        let shown = file.file.display().to_string();
        let opened = Document::open(read_whole(&file.file)?);
        let document = opened.map_err(|refusal| not_accepted(&shown, &refusal))?;
        if document.kind == PayloadType::Trust {
            let error = format!("`{shown}` is a trust document, and a policy is asked for");
            return Err(CliError::failed(error).hint("Name the policy, usually `policy.json`"));
        }
        Self::beside(file, document)
    }

    fn beside(file: &PolicyFile, document: Document) -> Result<Self, CliError> {
        let document = document.bytes;
        let catalog = file.catalog.clone().or_else(|| beside(&file.file, &document));
        let catalog = catalog.map(|path| {
            read_whole(&path).map_err(|complaint| complaint.hint("Name the catalog with `--catalog FILE`"))
        });
        Ok(Self { document, catalog: catalog.transpose()? })
    }

    fn parse(&self, file: &PolicyFile) -> Result<Policy, Refusal> {
        let named = Named::of(&self.document);
        let organization = file.organization.clone().or(named.organization).unwrap_or_default();
        with_catalog::parse(&self.document, self.catalog.as_deref(), &organization)
    }

    fn refused(&self, file: &PolicyFile, refusal: &Refusal) -> CliError {
        let shown = file.file.display();
        match (&file.organization, Named::of(&self.document).organization) {
            (Some(wanted), Some(named)) if *wanted != named => {
                CliError::failed(format!("`{shown}` is a policy for `{named}`, not for `{wanted}`"))
            }
            (Some(_) | None, Some(_) | None) => not_accepted(&shown.to_string(), refusal),
        }
    }
}

fn beside(file: &Path, document: &[u8]) -> Option<PathBuf> {
    let named = Named::of(document);
    Some(file.with_file_name(named.catalog()?.ok()?))
}

fn read_whole(path: &Path) -> Result<Vec<u8>, CliError> {
    let bytes = read_limited(path, LIMIT).map_err(CliError::failed)?;
    bytes.ok_or_else(|| CliError::failed(format!("there is no file `{}`", path.display())))
}

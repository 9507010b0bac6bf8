//! `policy keygen`: a pair of keys in two files.

use std::path::{Path, PathBuf};

use host::files::Mode;
use policy_bundle::SigningKey;
use serde::Serialize;

use super::{Outcome, write_document};
use crate::arguments::Format;
use crate::context::Context;
use crate::exit::{CliError, Exit};

/// What was made, for programs.
#[derive(Serialize)]
struct Made {
    id: String,
    public: String,
    files: [PathBuf; 2],
}

pub(super) fn run(name: &Path, format: Format, context: &mut Context<'_>) -> Outcome {
    let file = |ending: &str| PathBuf::from(format!("{}.{ending}", name.display()));
    let files = [file("secret"), file("public")];
    if let Some(there) = files.iter().find(|path| path.symlink_metadata().is_ok()) {
        let error =
            format!("`{}` is there already, and a key that is lost cannot be had again", there.display());
        return Err(CliError::failed(error).hint("Choose another name"));
    }
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| CliError::failed(format!("no randomness: {error}")))?;
    let key = SigningKey::from_seed(seed).map_err(CliError::failed)?;
    let [secret, public] = &files;
    write_document(Some(secret), Mode::PRIVATE, format!("{}\n", key.secret_text()).as_bytes(), context)?;
    write_document(Some(public), Mode::PUBLIC, format!("{}\n", key.public()).as_bytes(), context)?;
    let (id, text) = (key.public().id().to_string(), key.public().to_string());
    if format.json {
        context.json(&Made { id, public: text, files })?;
    } else {
        context.say(&format!(
            "Key {id}\n  `{}` signs; keep it where only you can read it\n  `{}` goes into the enrollment or the \
             trust document: {text}\n",
            secret.display(),
            public.display()
        ))?;
    }
    Ok(Exit::Yes)
}

//! `policy starter`: a policy to begin with and the catalog that goes with it, for an organization of any name.

use host::files::Mode;
use policy::{Policy, STARTER, STARTER_CATALOG};

use super::{Outcome, write_document};
use crate::arguments::Starter;
use crate::context::Context;
use crate::exit::{CliError, Exit};

/// The organization that the starter policy is written for.
const INVENTED: &str = "acme";

pub(super) fn run(arguments: &Starter, context: &mut Context<'_>) -> Outcome {
    let text = match &arguments.organization {
        _ if arguments.catalog => STARTER_CATALOG.to_owned(),
        None => STARTER.to_owned(),
        Some(name) => of(name)?,
    };
    write_document(arguments.output.as_deref(), Mode::PUBLIC, text.as_bytes(), context)?;
    Ok(Exit::Yes)
}

fn of(name: &str) -> Result<String, CliError> {
    let text = STARTER.replace(INVENTED, name);
    match Policy::parse(text.as_bytes(), None, name) {
        Ok(_) => Ok(text),
        Err(refusal) => Err(CliError::failed(format!("`{name}` is no organization's short name: {refusal}"))
            .hint("Write the `organization` of your enrollment, such as `acme`")
            .exit(Exit::Usage)),
    }
}

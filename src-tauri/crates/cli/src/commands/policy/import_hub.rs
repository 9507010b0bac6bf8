//! `policy import-hub`: what Docker Hub has for an organization, as a policy with remarks.

use docker_hub::import::{Edition, HubSettings, Imported, import};
use docker_hub::{Hub, HubError};
use host::files::{Mode, read_limited};
use secret::Secret;
use web::{Client, Settings};

use super::{Outcome, write_document};
use crate::arguments::ImportHub;
use crate::context::Context;
use crate::exit::{CliError, Exit};

const LIMIT: u64 = 16 * 1024 * 1024;

pub(super) fn run(arguments: &ImportHub, context: &mut Context<'_>) -> Outcome {
    let token = context.ask_secret(&format!("Access token of `{}`: ", arguments.account))?;
    let settings = fetch(arguments, &Secret::new(token))?;
    let settings = HubSettings { allow_list: allow_list(arguments)?, ..settings };
    let edition = Edition {
        organization: arguments.named.clone().unwrap_or_else(|| arguments.organization.clone()),
        serial: arguments.serial,
        issued: context.view.now,
    };
    let Imported { document, remarks } = import(&settings, &edition)
        .map_err(|refusal| CliError::failed(format!("Docker Hub's settings make no policy: {refusal}")))?;
    let mut text = serde_json::to_vec_pretty(&document).map_err(CliError::failed)?;
    text.push(b'\n');
    write_document(arguments.output.as_deref(), Mode::PUBLIC, &text, context)?;
    if arguments.format.json {
        context.json_lines(&remarks)?;
    } else if let Some(output) = &arguments.output {
        context.say(&format!(
            "`{}` has the policy; look at these places before you sign it\n",
            output.display()
        ))?;
        for remark in remarks {
            context.say(&format!("  `{}`: {}\n", remark.path, remark.message))?;
        }
    }
    Ok(Exit::Yes)
}

fn fetch(arguments: &ImportHub, token: &Secret) -> Result<HubSettings, CliError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| CliError::failed(format!("cannot start: {error}")))?;
    let fetched = runtime.block_on(async {
        let hub = Hub::new(&arguments.api, Client::new(&Settings::default())?);
        let bearer = hub.sign_in(&arguments.account, token).await?;
        docker_hub::read(&hub, &bearer, std::slice::from_ref(&arguments.organization)).await
    });
    fetched.map_err(|error: HubError| CliError::failed(error))
}

fn allow_list(arguments: &ImportHub) -> Result<String, CliError> {
    let Some(path) = &arguments.allow_list else { return Ok(String::new()) };
    let bytes = read_limited(path, LIMIT).map_err(CliError::failed)?;
    let bytes = bytes.ok_or_else(|| CliError::failed(format!("there is no file `{}`", path.display())))?;
    String::from_utf8(bytes).map_err(|_| CliError::failed(format!("`{}` is not UTF-8 text", path.display())))
}

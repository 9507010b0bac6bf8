//! `policy import-hub`: what Docker Hub has for an organization, as a policy with remarks.

use docker_hub::import::{Edition, HubSettings, Imported, import};
use docker_hub::{Hub, HubError};
use host::files::{Mode, read_limited};
use secret::Secret;
use web::{Client, Settings};

use super::{Outcome, output};
use crate::arguments::ImportHub;
use crate::stop::{Complaint, Exit};
use crate::world::World;

const LIMIT: u64 = 16 * 1024 * 1024;

pub(super) fn run(arguments: &ImportHub, world: &mut World<'_>) -> Outcome {
    let token = world.ask_secret(&format!("Access token of `{}`: ", arguments.account))?;
    let settings = fetch(arguments, &Secret::new(token))?;
    let settings = HubSettings { allow_list: allow_list(arguments)?, ..settings };
    let edition = Edition {
        organization: arguments.named.clone().unwrap_or_else(|| arguments.organization.clone()),
        serial: arguments.serial,
        issued: world.view.now,
    };
    let Imported { document, remarks } = import(&settings, &edition)
        .map_err(|refusal| Complaint::failed(format!("Docker Hub's settings make no policy: {refusal}")))?;
    let mut text = serde_json::to_vec_pretty(&document).map_err(Complaint::failed)?;
    text.push(b'\n');
    output::write(arguments.output.as_deref(), Mode::PUBLIC, &text, world)?;
    if arguments.format.json {
        world.json_lines(&remarks)?;
    } else if let Some(output) = &arguments.output {
        world.say(&format!(
            "`{}` has the policy; look at these places before you sign it\n",
            output.display()
        ))?;
        for remark in remarks {
            world.say(&format!("  `{}`: {}\n", remark.path, remark.message))?;
        }
    }
    Ok(Exit::Yes)
}

fn fetch(arguments: &ImportHub, token: &Secret) -> Result<HubSettings, Complaint> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Complaint::failed(format!("cannot start: {error}")))?;
    let fetched = runtime.block_on(async {
        let hub = Hub::new(&arguments.api, Client::new(&Settings::default())?);
        let bearer = hub.sign_in(&arguments.account, token).await?;
        docker_hub::read(&hub, &bearer, std::slice::from_ref(&arguments.organization)).await
    });
    fetched.map_err(|error: HubError| Complaint::failed(error))
}

fn allow_list(arguments: &ImportHub) -> Result<String, Complaint> {
    let Some(path) = &arguments.allow_list else { return Ok(String::new()) };
    let bytes = read_limited(path, LIMIT).map_err(Complaint::failed)?;
    let bytes = bytes.ok_or_else(|| Complaint::failed(format!("there is no file `{}`", path.display())))?;
    String::from_utf8(bytes).map_err(|_| Complaint::failed(format!("`{}` is not UTF-8 text", path.display())))
}

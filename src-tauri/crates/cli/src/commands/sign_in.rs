//! `sign-in`: shows each step that the service tells, and opens the page where there is a desktop.

use std::env;
use std::process::{self, Stdio};

use secret::Secret;
use wire::{Request, Response, SignInMethod, SignInStep};

use super::Outcome;
use crate::arguments::SignIn;
use crate::client::{Client, unexpected};
use crate::context::Context;
use crate::exit::{CliError, Exit};
use crate::show;

pub(super) fn run(arguments: &SignIn, context: &mut Context<'_>) -> Outcome {
    let method = method(arguments, context)?;
    let mut client = Client::connect(context)?;
    let mut answer = client.ask(&Request::SignIn { method })?;
    loop {
        let Response::SignIn { step } = answer else { return Err(unexpected()) };
        tell(&step, arguments, context)?;
        if matches!(step, SignInStep::Done { .. }) {
            return Ok(Exit::Yes);
        }
        answer = client.next()?;
    }
}

fn tell(step: &SignInStep, arguments: &SignIn, context: &mut Context<'_>) -> Result<(), CliError> {
    if arguments.format.json {
        return context.json(step);
    }
    let opened = match step {
        SignInStep::Open { url, .. } if !arguments.no_browser => open(url),
        SignInStep::Open { .. } | SignInStep::Code { .. } | SignInStep::Done { .. } | SignInStep::Other => {
            false
        }
    };
    let text = show::sign_in(step, opened, context.person.is_some(), &context.view);
    context.say(&text)
}

/// The way that was asked for; where nothing was and no browser can open here, the one with a code.
fn method(arguments: &SignIn, context: &mut Context<'_>) -> Result<SignInMethod, CliError> {
    if let Some(username) = &arguments.docker_hub {
        return Ok(SignInMethod::DockerHub { username: username.clone(), secret: token(username, context)? });
    }
    Ok(if arguments.docker_login {
        SignInMethod::DockerLogin
    } else if arguments.device || !(arguments.no_browser || has_browser()) {
        SignInMethod::Device
    } else {
        SignInMethod::Browser
    })
}

fn token(username: &str, context: &mut Context<'_>) -> Result<Secret, CliError> {
    let token = context.ask_secret(&format!("Access token of `{username}`: "))?;
    if token.is_empty() {
        return Err(CliError::failed("no access token was given")
            .hint("Make one on Docker Hub under Account settings, Personal access tokens; public read is enough")
            .exit(Exit::Usage));
    }
    Ok(Secret::new(token))
}

const DISPLAYS: [&str; 2] = ["WAYLAND_DISPLAY", "DISPLAY"];
/// A desktop that is only forwarded here has its browser elsewhere, where nothing reaches this machine's loopback.
const REMOTE: &str = "SSH_CONNECTION";

/// Whether a browser can open here.
fn has_browser() -> bool {
    let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    !set(REMOTE) && (cfg!(not(target_os = "linux")) || DISPLAYS.iter().any(|name| set(name)))
}

/// Opens a page; says whether a browser was told.
fn open(url: &str) -> bool {
    let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let mut command = process::Command::new(opener);
    command.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    has_browser() && command.spawn().is_ok()
}

//! `sign-in`: shows each step that the service tells, and opens the page where there is a desktop.

mod browser;

use secret::Secret;
use wire::{Request, Response, SignInMethod, SignInStep};

use super::Outcome;
use crate::arguments::SignIn;
use crate::client::{Client, unexpected};
use crate::show;
use crate::stop::{Complaint, Exit};
use crate::world::World;

pub(super) fn run(arguments: &SignIn, world: &mut World<'_>) -> Outcome {
    let method = method(arguments, world)?;
    let mut client = Client::connect(world)?;
    let mut answer = client.ask(&Request::SignIn { method })?;
    loop {
        let Response::SignIn { step } = answer else { return Err(unexpected()) };
        tell(&step, arguments, world)?;
        if matches!(step, SignInStep::Done { .. }) {
            return Ok(Exit::Yes);
        }
        answer = client.next()?;
    }
}

fn tell(step: &SignInStep, arguments: &SignIn, world: &mut World<'_>) -> Result<(), Complaint> {
    if arguments.format.json {
        return world.json(step);
    }
    let opened = match step {
        SignInStep::Open { url, .. } if !arguments.no_browser => browser::open(url),
        SignInStep::Open { .. } | SignInStep::Code { .. } | SignInStep::Done { .. } | SignInStep::Other => {
            false
        }
    };
    let text = show::sign_in(step, opened, world.person.is_some(), &world.view);
    world.say(&text)
}

/// The way that was asked for; where nothing was and no browser can open here, the one with a code.
fn method(arguments: &SignIn, world: &mut World<'_>) -> Result<SignInMethod, Complaint> {
    if let Some(username) = &arguments.docker_hub {
        return Ok(SignInMethod::DockerHub { username: username.clone(), secret: token(username, world)? });
    }
    Ok(if arguments.docker_login {
        SignInMethod::DockerLogin
    } else if arguments.device || !(arguments.no_browser || browser::is_there()) {
        SignInMethod::Device
    } else {
        SignInMethod::Browser
    })
}

fn token(username: &str, world: &mut World<'_>) -> Result<Secret, Complaint> {
    let token = world.ask_secret(&format!("Access token of `{username}`: "))?;
    if token.is_empty() {
        return Err(Complaint::failed("no access token was given")
            .hint("Make one on Docker Hub under Account settings, Personal access tokens; public read is enough")
            .exit(Exit::Usage));
    }
    Ok(Secret::new(token))
}

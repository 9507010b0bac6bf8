//! The connection to the service: asks, waits, and says in words why there is no answer.

use std::io;
use std::path::Path;

use ipc::Disagreement;
use link::{Link, LinkError};
use tokio::net::UnixStream;
use tokio::runtime::{Builder, Runtime};
use wire::{Request, Response};

use super::context::Context;
use super::exit::{CliError, Exit};

const NAME: &str = "the Pullgate service";
const START: &str = "Start it: `sudo systemctl start pullgate`";
const RESTART: &str = "Update Pullgate, then run `sudo systemctl restart pullgate`";
const LOG: &str = "See why: `sudo journalctl -u pullgate`";

/// A greeted service.
pub(crate) struct Client {
    runtime: Runtime,
    link: Link<Response, Request>,
}

impl Client {
    /// Connects to the service.
    pub(crate) fn connect(context: &Context<'_>) -> Result<Self, CliError> {
        let socket = context.dirs.control_socket();
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| CliError::failed(format!("cannot start: {error}")))?;
        let connected = runtime.block_on(UnixStream::connect(&socket));
        let stream = connected.map_err(|error| no_connection(&socket, &error))?;
        let link = runtime.block_on(Link::greet(stream)).map_err(|error| no_hello(&error))?;
        Ok(Self { runtime, link })
    }

    /// The answer to one request; a refusal is a complaint.
    pub(crate) fn ask(&mut self, request: &Request) -> Result<Response, CliError> {
        let sent = self.runtime.block_on(self.link.send(request));
        sent.map_err(|error| no_answer(&error))?;
        self.next()
    }

    /// The next answer to a request that has many.
    pub(crate) fn next(&mut self) -> Result<Response, CliError> {
        let received = self.runtime.block_on(self.link.receive());
        match received.map_err(|error| no_answer(&error))? {
            Ok(Response::Error(failure)) => Err(failure.into()),
            Ok(answer) => Ok(answer),
            Err(error) => {
                let error = format!("the answer of {NAME} is not understood: {error}");
                Err(CliError::failed(error).hint(RESTART))
            }
        }
    }
}

/// An answer of another kind than the request has.
pub(crate) fn unexpected() -> CliError {
    CliError::failed("the service gave an answer to another question")
        .hint("Update Pullgate and restart its service")
}

fn no_connection(socket: &Path, error: &io::Error) -> CliError {
    if [io::ErrorKind::NotFound, io::ErrorKind::ConnectionRefused].contains(&error.kind()) {
        let error = format!("{NAME} is not running");
        return CliError::failed(error).hint(START).exit(Exit::NoService);
    }
    CliError::failed(format!("cannot reach {NAME} at `{}`: {error}", socket.display()))
}

fn no_hello(error: &LinkError) -> CliError {
    match error {
        LinkError::Disagreement(Disagreement { ours, theirs }) => CliError::failed(format!(
            "this is Pullgate `{}` and {NAME} is `{}`, and they have no protocol in common",
            ours.build, theirs.build
        ))
        .hint(RESTART),
        LinkError::Silent(_) | LinkError::Closed | LinkError::Broken(_) => {
            CliError::failed(format!("{NAME} does not answer: {error}")).hint(LOG).exit(Exit::NoService)
        }
        LinkError::Fault(_) | LinkError::Frame(_) | LinkError::OutOfTurn => {
            CliError::failed(format!("what answers is not {NAME}: {error}")).hint(LOG)
        }
    }
}

fn no_answer(error: &LinkError) -> CliError {
    CliError::failed(format!("{NAME} gave no answer: {error}")).hint(LOG)
}

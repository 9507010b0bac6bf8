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

/// The service that is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// The machine's.
    Machine,
    /// The person's own, for rootless engines.
    Own,
}

impl Scope {
    fn name(self) -> &'static str {
        match self {
            Self::Machine => "the Pullgate service",
            Self::Own => "your own Pullgate service",
        }
    }

    fn start(self) -> &'static str {
        match self {
            Self::Machine => "Start it: `sudo systemctl start pullgate`",
            Self::Own => "Start it: `systemctl --user start pullgate`",
        }
    }

    fn restart(self) -> &'static str {
        match self {
            Self::Machine => "Update Pullgate, then run `sudo systemctl restart pullgate`",
            Self::Own => "Update Pullgate, then run `systemctl --user restart pullgate`",
        }
    }

    fn log(self) -> &'static str {
        match self {
            Self::Machine => "See why: `sudo journalctl -u pullgate`",
            Self::Own => "See why: `journalctl --user -u pullgate`",
        }
    }
}

/// A greeted service.
pub(crate) struct Client {
    runtime: Runtime,
    link: Link<Response, Request>,
    whose: Scope,
}

impl Client {
    /// Connects to the service that is meant.
    pub(crate) fn connect(context: &Context<'_>) -> Result<Self, CliError> {
        let (whose, socket) = (context.whose, context.dirs.control_socket());
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| CliError::failed(format!("cannot start: {error}")))?;
        let connected = runtime.block_on(UnixStream::connect(&socket));
        let stream = connected.map_err(|error| no_connection(&socket, &error, whose))?;
        let link = runtime.block_on(Link::greet(stream)).map_err(|error| no_hello(&error, whose))?;
        Ok(Self { runtime, link, whose })
    }

    /// The answer to one request; a refusal is a complaint.
    pub(crate) fn ask(&mut self, request: &Request) -> Result<Response, CliError> {
        let sent = self.runtime.block_on(self.link.send(request));
        sent.map_err(|error| no_answer(&error, self.whose))?;
        self.next()
    }

    /// The next answer to a request that has many.
    pub(crate) fn next(&mut self) -> Result<Response, CliError> {
        let received = self.runtime.block_on(self.link.receive());
        match received.map_err(|error| no_answer(&error, self.whose))? {
            Ok(Response::Error(failure)) => Err(failure.into()),
            Ok(answer) => Ok(answer),
            Err(error) => {
                let error = format!("the answer of {} is not understood: {error}", self.whose.name());
                Err(CliError::failed(error).hint(self.whose.restart()))
            }
        }
    }
}

/// An answer of another kind than the request has.
pub(crate) fn unexpected() -> CliError {
    CliError::failed("the service gave an answer to another question")
        .hint("Update Pullgate and restart its service")
}

fn no_connection(socket: &Path, error: &io::Error, whose: Scope) -> CliError {
    if [io::ErrorKind::NotFound, io::ErrorKind::ConnectionRefused].contains(&error.kind()) {
        let error = format!("{} is not running", whose.name());
        return CliError::failed(error).hint(whose.start()).exit(Exit::NoService);
    }
    CliError::failed(format!("cannot reach {} at `{}`: {error}", whose.name(), socket.display()))
}

fn no_hello(error: &LinkError, whose: Scope) -> CliError {
    let name = whose.name();
    match error {
        LinkError::Disagreement(Disagreement { ours, theirs }) => CliError::failed(format!(
            "this is Pullgate `{}` and {name} is `{}`, and they have no protocol in common",
            ours.build, theirs.build
        ))
        .hint(whose.restart()),
        LinkError::Silent(_) | LinkError::Closed | LinkError::Broken(_) => {
            CliError::failed(format!("{name} does not answer: {error}"))
                .hint(whose.log())
                .exit(Exit::NoService)
        }
        LinkError::Fault(_) | LinkError::Frame(_) | LinkError::OutOfTurn => {
            CliError::failed(format!("what answers is not {name}: {error}")).hint(whose.log())
        }
    }
}

fn no_answer(error: &LinkError, whose: Scope) -> CliError {
    CliError::failed(format!("{} gave no answer: {error}", whose.name())).hint(whose.log())
}

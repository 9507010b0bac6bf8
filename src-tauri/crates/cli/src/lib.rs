//! The command line: reads arguments, asks the service or the file, prints, and ends with an exit code.
//!
//! `arguments` says what can be asked for, `commands` does it, and `show` turns every answer into text without
//! touching anything. Decides nothing about images itself.

mod arguments;
mod client;
mod commands;
mod context;
mod exit;
mod show;
#[cfg(test)]
pub(crate) mod tests;

use std::io::{self, BufRead, IsTerminal};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use host::dirs::Dirs;

pub use arguments::Process;
use arguments::{Arguments, Asked, Command};
use context::Context;
use exit::{CliError, Exit};
use show::View;

/// Every command with its arguments and help, as manual pages and completions are made from.
pub fn command() -> clap::Command {
    Arguments::command()
}

/// Runs the command that the arguments ask for; `start` runs the processes of this program.
pub fn main(start: impl FnOnce(Process) -> ExitCode) -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error),
    };
    match arguments.asked {
        Asked::Command(command) => at_terminal(command),
        Asked::Process(process) => start(process),
    }
}

/// Help and version are answers; everything else that stops the parser is a usage error.
fn usage(error: &clap::Error) -> ExitCode {
    let _unread = error.print();
    if error.use_stderr() { Exit::Usage.into() } else { Exit::Yes.into() }
}

fn at_terminal(command: Command) -> ExitCode {
    let (out, err) = (io::stdout(), io::stderr());
    let asked = io::stdin().is_terminal() && out.is_terminal();
    // Locked for a person alone: what a pipe brings is read where it is needed.
    let mut input = asked.then(|| io::stdin().lock());
    let mut context = Context {
        out: &mut out.lock(),
        err: &mut err.lock(),
        person: input.as_mut().map(|input| input as &mut dyn BufRead),
        view: View::here(),
        dirs: Dirs::system(),
        fetch: &commands::fetch,
        root: rustix::process::geteuid().is_root(),
        unread: false,
    };
    let outcome = commands::run(command, &mut context);
    end(outcome, &mut context).into()
}

/// The exit code of a command, after its complaint was written.
fn end(outcome: Result<Exit, CliError>, context: &mut Context<'_>) -> Exit {
    match outcome {
        Ok(exit) => exit,
        Err(complaint) => {
            context.complain(&complaint);
            complaint.exit
        }
    }
}

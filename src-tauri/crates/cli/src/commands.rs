//! What each command does: asks, shows, and says how it ended.

mod doctor;
mod engines;
mod enroll;
mod explain;
mod images;
mod log;
mod pause;
mod policy;
mod sign_in;
mod sign_out;
mod status;
mod unenroll;

pub(crate) use enroll::fetch;

use super::arguments::Command;
use super::context::Context;
use super::exit::{CliError, Exit};

type Outcome = Result<Exit, CliError>;

/// Runs one command of a person.
pub(crate) fn run(command: Command, context: &mut Context<'_>) -> Outcome {
    match command {
        Command::Status(format) => status::run(format, context),
        Command::Explain { image, format } => explain::explain(&image, format, context),
        Command::Why { id, format } => explain::why(id, format, context),
        Command::Blocked(span) => log::blocked(span, context),
        Command::Log { follow, span } => log::log(follow, span, context),
        Command::Images(format) => images::images(format, context),
        Command::Engines(arguments) => engines::run(&arguments, context),
        Command::Policy(command) => policy::run(&command, context),
        Command::SignIn(arguments) => sign_in::run(&arguments, context),
        Command::SignOut(format) => sign_out::run(format, context),
        Command::Pause { length, reason } => pause::pause(length, reason, context),
        Command::Resume => pause::resume(context),
        Command::Enroll(enroll) => enroll::run(&enroll, context),
        Command::Unenroll { yes } => unenroll::run(yes, context),
        Command::Doctor { bundle, format } => doctor::run(bundle.as_deref(), format, context),
    }
}

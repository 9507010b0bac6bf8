//! What each command does: asks, shows, and says how it ended.

mod doctor;
mod engines;
mod enroll;
mod images;
mod pause;
mod policy;
mod present;
mod record;
mod sign_in;
mod sign_out;
mod status;
mod unenroll;

pub(crate) use enroll::fetch;

use super::arguments::Command;
use super::stop::{Complaint, Exit};
use super::world::World;

type Outcome = Result<Exit, Complaint>;

/// Runs one command of a person.
pub(crate) fn run(command: Command, world: &mut World<'_>) -> Outcome {
    match command {
        Command::Status(format) => status::run(format, world),
        Command::Explain { image, format } => images::explain(&image, format, world),
        Command::Why { id, format } => images::why(id, format, world),
        Command::Blocked(span) => record::blocked(span, world),
        Command::Log { follow, span } => record::log(follow, span, world),
        Command::Images(format) => present::images(format, world),
        Command::Engines(arguments) => engines::run(&arguments, world),
        Command::Policy(command) => policy::run(&command, world),
        Command::SignIn(arguments) => sign_in::run(&arguments, world),
        Command::SignOut(format) => sign_out::run(format, world),
        Command::Pause { length, reason } => pause::pause(length, reason, world),
        Command::Resume => pause::resume(world),
        Command::Enroll(enroll) => enroll::run(&enroll, world),
        Command::Unenroll { yes } => unenroll::run(yes, world),
        Command::Doctor { bundle, format } => doctor::run(bundle.as_deref(), format, world),
    }
}

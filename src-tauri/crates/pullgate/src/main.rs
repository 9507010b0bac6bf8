//! `pullgate`: the command line, and the processes it starts.

use std::process::ExitCode;

use cli::Process;
use credentials::Question;
use wire::LoginFinder;

fn main() -> ExitCode {
    cli::main(start)
}

/// Runs one of the processes that the service manager or the steward starts.
fn start(process: Process, user: bool) -> ExitCode {
    match process {
        Process::Service { config } => service::run(service::Options { user, config }),
        Process::Steward => steward::run(),
        Process::Credentials { name, docker, push, process } => {
            let finder = if docker { LoginFinder::Docker } else { LoginFinder::ContainersImage };
            credentials::run(&Question { name, finder, push, process })
        }
        Process::Storage => steward::print_storage(),
        Process::ContainersEnv => steward::print_containers_env(),
    }
}

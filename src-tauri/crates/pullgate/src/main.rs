//! `pullgate`: the command line, and the processes it starts.

use std::process::ExitCode;

use cli::Process;
use credentials::Question;
use enrollment::{ClientSecret, Identity, Provider};
use host::dirs::Dirs;
use steward::{EnrolledProxy, EnrollmentFacts};
use steward_protocol::LoginFinder;

fn main() -> ExitCode {
    cli::main(start)
}

/// Runs one of the processes that the service manager or the steward starts.
fn start(process: Process) -> ExitCode {
    match process {
        Process::Service { config } => service::run(config),
        Process::Steward => steward::run(enrollment_facts),
        Process::Credentials { name, docker, push, process } => {
            let finder = if docker { LoginFinder::Docker } else { LoginFinder::ContainersImage };
            credentials::run(&Question { name, finder, push, process })
        }
        Process::Storage => steward::print_storage(),
        Process::ContainersEnv => steward::print_containers_env(),
    }
}

/// What the steward has to know of this machine's enrollment.
fn enrollment_facts() -> Result<EnrollmentFacts, String> {
    let enrollment = enrollment::read(&Dirs::system().enrollment()).map_err(|error| error.to_string())?;
    let (client_secret, signs_in_by_hub) = enrollment.identity.map(of_provider).unwrap_or_default();
    Ok(EnrollmentFacts {
        organization: enrollment.organization.name,
        client_secret,
        proxy: enrollment.network.proxy.map(|proxy| EnrolledProxy { url: proxy.url, login: proxy.login }),
        signs_in_by_hub,
    })
}

fn of_provider(identity: Identity) -> (Option<std::path::PathBuf>, bool) {
    match identity.provider {
        Provider::Oidc(oidc) => match oidc.client_secret {
            Some(ClientSecret::File(path)) => (Some(path), false),
            Some(ClientSecret::Open(_)) | None => (None, false),
        },
        Provider::DockerHub(_) => (None, true),
    }
}

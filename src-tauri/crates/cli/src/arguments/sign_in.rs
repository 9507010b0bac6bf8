//! The arguments of `sign-in`.

use clap::Args;

use super::Format;

/// How to sign in; as the organization has it, if nothing is said.
#[derive(Clone, Debug, Args)]
pub(crate) struct SignIn {
    /// Show a code to enter in a browser on any device
    #[arg(long, conflicts_with_all = ["docker_login", "docker_hub"])]
    pub(crate) device: bool,
    /// Print the page's address and open no browser
    #[arg(long, conflicts_with_all = ["device", "docker_login", "docker_hub"])]
    pub(crate) no_browser: bool,
    /// Use your own `docker login` to Docker Hub, now and whenever your membership is checked
    #[arg(long, conflicts_with = "docker_hub")]
    pub(crate) docker_login: bool,
    /// Use this Docker Hub account; its access token is read from the terminal or standard input
    #[arg(long, value_name = "NAME")]
    pub(crate) docker_hub: Option<String>,
    #[command(flatten)]
    pub(crate) format: Format,
}

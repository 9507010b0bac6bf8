//! The arguments of every command, with their help texts. What a command does stands in `commands`.

mod engines;
mod policy;
mod time;

use std::path::PathBuf;

use ::policy::VerdictId;
use clap::{Args, Parser, Subcommand};
use image_ref::Reference;

pub(crate) use engines::{EnginesAction, EnginesArguments};
pub(crate) use policy::{ImportHub, PolicyCommand, PolicyFile, Sign, Starter, TestFormat};
pub(crate) use time::{Length, Since};

/// Says which container images may come to this machine, and why
#[derive(Debug, Parser)]
#[command(
    name = "pullgate",
    version,
    disable_help_subcommand = true,
    after_help = "Exit codes: 0 yes, 1 it failed, 2 wrong usage, 3 the image is denied, 4 a sign-in is needed, \
                  5 the service is not running\n\nExample: pullgate explain someuser/tool:1.2"
)]
pub(crate) struct Arguments {
    /// What to do
    #[command(subcommand)]
    pub(crate) asked: Asked,
}

/// What can be asked for.
#[derive(Debug, Subcommand)]
pub(crate) enum Asked {
    /// By a person.
    #[command(flatten)]
    Command(Command),
    /// By the service manager, or another process.
    #[command(flatten)]
    Process(Process),
}

/// What people ask for.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Shows whether pulls are checked, and what there is for you to do
    #[command(after_help = "Example: pullgate status")]
    Status(Format),
    /// Says what would happen to an image, and why; asks no registry
    #[command(after_help = "Exits with 3 if the image is denied, with 4 if a sign-in is needed first\n\n\
                            Example: pullgate explain someuser/tool:1.2")]
    Explain {
        /// The image, as an engine would be given it
        image: Reference,
        #[command(flatten)]
        format: Format,
    },
    /// Shows why an image was blocked, and what to do: that of an id, or the last one
    #[command(after_help = "Example: pullgate why pg-7F3A9C2K")]
    Why {
        /// The id, as the engine's message shows it
        id: Option<VerdictId>,
        #[command(flatten)]
        format: Format,
    },
    /// Lists what was blocked, the latest first
    #[command(after_help = "Example: pullgate blocked --since 2h")]
    Blocked(Span),
    /// Lists every pull and what became of it, the latest last
    #[command(after_help = "Example: pullgate log --since 1d --follow")]
    Log {
        /// Go on as pulls come, until Ctrl-C
        #[arg(long, short)]
        follow: bool,
        #[command(flatten)]
        span: Span,
    },
    /// Lists the images that are here already, and what a pull of each would come to now
    #[command(
        after_help = "An image that was built here is judged by its name, like any other. Nothing is stopped or \
                            removed.\n\nExample: pullgate images --json"
    )]
    Images(Format),
    /// Shows the engines of this machine; has them pull through Pullgate, or no longer
    #[command(after_help = "Example: sudo pullgate engines apply docker --dry-run")]
    Engines(EnginesArguments),
    /// Shows the policy in force; checks a policy file and tries images on it
    #[command(subcommand, after_help = "Example: pullgate policy check policy.json")]
    Policy(Box<PolicyCommand>),
    /// Signs you in to your organization
    #[command(after_help = "Example: pullgate sign-in --device")]
    SignIn(SignIn),
    /// Ends your session on this machine
    #[command(after_help = "Example: pullgate sign-out")]
    SignOut(Format),
    /// Stops enforcement for a while; it starts again by itself
    #[command(after_help = "Example: sudo pullgate pause --for 1h --reason \"registry outage\"")]
    Pause {
        /// For how long: `30m`, `1h`, `2h 30m`
        #[arg(long = "for", value_name = "TIME")]
        length: Length,
        /// Why; it is recorded and shown to everybody on this machine
        #[arg(long, value_parser = reason)]
        reason: String,
    },
    /// Ends a pause
    #[command(after_help = "Example: sudo pullgate resume")]
    Resume,
    /// Makes this machine an organization's, with its enrollment file
    #[command(after_help = "Example: sudo pullgate enroll https://it.acme.example/pullgate.toml")]
    Enroll(Enroll),
    /// Gives every engine its own configuration back and ends the enrollment
    #[command(after_help = "Example: sudo pullgate unenroll")]
    Unenroll {
        /// Do not ask first
        #[arg(long, short)]
        yes: bool,
    },
    /// Checks the installation step by step
    #[command(after_help = "Example: sudo pullgate doctor --bundle support.json")]
    Doctor {
        /// Write what a support case needs to this file, without secrets
        #[arg(long, value_name = "FILE")]
        bundle: Option<PathBuf>,
        #[command(flatten)]
        format: Format,
    },
}

/// The processes that others start.
#[derive(Debug, Subcommand)]
pub enum Process {
    /// Runs the service; the service manager does this
    #[command(hide = true, after_help = "Example: pullgate service")]
    Service {
        /// Read the enrollment from this file, which must belong to root
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Runs the part that needs root; the service manager does this
    #[command(hide = true, after_help = "Example: pullgate steward")]
    Steward,
    /// Reads your own login for a registry; Pullgate does this itself
    #[command(hide = true)]
    Credentials {
        /// The registry, or a repository in full
        name: String,
        /// Look where Docker's command line looks, and nowhere else
        #[arg(long)]
        docker: bool,
        /// The login is for a push
        #[arg(long)]
        push: bool,
        /// The process that asks for the image
        #[arg(long)]
        process: Option<u32>,
    },
    /// Lists what is in your own container storage; Pullgate does this itself
    #[command(hide = true, after_help = "Example: pullgate storage")]
    Storage,
    /// Prints what containers.conf gives to your engines; Pullgate does this itself
    #[command(hide = true, after_help = "Example: pullgate containers-env")]
    ContainersEnv,
}

/// How an answer is written.
#[derive(Clone, Copy, Debug, Default, Args)]
pub(crate) struct Format {
    /// Print JSON, for programs
    #[arg(long, display_order = 900)]
    pub(crate) json: bool,
}

/// Which part of the record.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Span {
    /// Only from then on: `2h`, `1d`, `2026-11-20` or `2026-11-20T09:00:00Z`
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<Since>,
    #[command(flatten)]
    pub(crate) format: Format,
}

/// How to enroll.
#[derive(Clone, Debug, Args)]
pub(crate) struct Enroll {
    /// The enrollment file of your organization, or its `https://…` address
    #[arg(value_name = "FILE-OR-URL")]
    pub(crate) from: PathBuf,
    /// Change nothing and say what would be
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Take the place of another enrollment
    #[arg(long)]
    pub(crate) replace: bool,
    /// Do not ask first
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// Accept only a file with this SHA-256, and do not ask
    #[arg(long, value_name = "HEX", value_parser = sha256)]
    pub(crate) sha256: Option<String>,
}

fn sha256(text: &str) -> Result<String, String> {
    let hex = text.trim().to_ascii_lowercase();
    let good = hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    if good { Ok(hex) } else { Err("write the 64 hex digits that `sha256sum FILE` prints".to_owned()) }
}

fn reason(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("say why, so that others understand it".to_owned()),
        reason => Ok(reason.to_owned()),
    }
}

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

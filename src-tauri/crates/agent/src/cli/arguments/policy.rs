//! The arguments of `policy`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use image_ref::Reference;

use super::Format;

/// What can be done with policies.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Shows the policy in force on this machine
    #[command(after_help = "Example: pullgate policy show")]
    Show(Format),
    /// Reads the policy again at once, as it otherwise does by itself
    #[command(after_help = "Example: sudo pullgate policy refresh")]
    Refresh(Format),
    /// Checks a policy file; needs no service
    #[command(after_help = "Example: pullgate policy check policy.json --organization acme")]
    Check {
        #[command(flatten)]
        file: PolicyFile,
        #[command(flatten)]
        format: Format,
    },
    /// Says what a policy file would do with an image; needs no service
    #[command(after_help = "Exits with 3 if the image is denied, with 4 if a sign-in is needed first\n\n\
                            Example: pullgate policy explain policy.json someuser/tool:1.2")]
    Explain {
        #[command(flatten)]
        file: PolicyFile,
        /// The image, as an engine would be given it
        image: Reference,
        #[command(flatten)]
        format: Format,
    },
    /// Prints the JSON Schema of policies, for editors
    #[command(after_help = "Example: pullgate policy schema > policy.schema.json")]
    Schema,
}

/// A policy on disk.
#[derive(Clone, Debug, Args)]
pub(crate) struct PolicyFile {
    /// The policy
    pub(crate) file: PathBuf,
    /// The organization it has to be for; the one it names if left out
    #[arg(long, short)]
    pub(crate) organization: Option<String>,
    /// The catalog that goes with it; the one it names, beside it, if left out
    #[arg(long, value_name = "FILE")]
    pub(crate) catalog: Option<PathBuf>,
}

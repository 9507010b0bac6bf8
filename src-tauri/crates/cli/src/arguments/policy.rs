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
    /// Fetches the policy again at once, as it otherwise does by itself; anybody may, once in ten seconds
    #[command(after_help = "Example: pullgate policy refresh")]
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
                            Example: pullgate policy explain policy.json someuser/tool:1.2 as group qa on 2027-01-31")]
    Explain {
        #[command(flatten)]
        file: PolicyFile,
        /// The image, as an engine would be given it
        image: Reference,
        /// Who asks and when: `as group NAME`, `as role NAME`, `on DATE`; nobody in particular and now if left out
        #[arg(value_name = "WHO-AND-WHEN")]
        circumstances: Vec<String>,
        #[command(flatten)]
        format: Format,
    },
    /// Says what another version changes for people; needs no service
    #[command(after_help = "Example: pullgate policy diff policy.json new.json")]
    Diff {
        /// The version of before
        before: PathBuf,
        /// The version of after
        after: PathBuf,
        #[command(flatten)]
        format: Format,
    },
    /// Tries a policy file on a list of images and what should become of them; needs no service
    #[command(
        after_help = "A line of CASES is `allow IMAGE`, `audit IMAGE` or `block IMAGE`. After the image may stand who \
                            asks (`as group NAME`, `as role NAME`), when (`on 2027-01-31`) and the rule that should \
                            decide (`by RULE`). `#` begins a comment.\n\n\
                            Example: pullgate policy test policy.json cases.txt"
    )]
    Test {
        #[command(flatten)]
        file: PolicyFile,
        /// The list
        cases: PathBuf,
        #[command(flatten)]
        format: TestFormat,
    },
    /// Makes a pair of keys: NAME.secret, which only you can read, and NAME.public
    #[command(after_help = "Example: pullgate policy keygen platform")]
    Keygen {
        /// The files' name, without an ending
        name: PathBuf,
        #[command(flatten)]
        format: Format,
    },
    /// Signs a policy or a trust document, or adds a signature to a signed one
    #[command(
        after_help = "Example: pullgate policy sign --key platform.secret policy.in.json --output policy.json"
    )]
    Sign(Sign),
    /// Makes a policy of what Docker Hub has for an organization: image access and registry access
    #[command(after_help = "The token is read from the terminal or standard input\n\n\
                      Example: pullgate policy import-hub acme --account ada --output policy.json")]
    ImportHub(ImportHub),
    /// Prints a policy to begin with: it serves the tools of today, with the public page behind each rule
    #[command(after_help = "Example: pullgate policy starter --organization acme > policy.json")]
    Starter(Starter),
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

/// How the outcome of cases is written.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct TestFormat {
    /// Print TAP, the Test Anything Protocol
    #[arg(long, conflicts_with_all = ["junit", "json"])]
    pub(crate) tap: bool,
    /// Print the XML of JUnit, which build servers read
    #[arg(long, conflicts_with = "json")]
    pub(crate) junit: bool,
    #[command(flatten)]
    pub(crate) json: Format,
}

/// Which document to begin with.
#[derive(Clone, Debug, Args)]
pub(crate) struct Starter {
    /// Your organization's short name, as its enrollment has it; `acme` if left out
    #[arg(long, value_name = "NAME", conflicts_with = "catalog")]
    pub(crate) organization: Option<String>,
    /// Print the catalog of publishers instead, which a policy names in `catalog`
    #[arg(long)]
    pub(crate) catalog: bool,
    /// Where to write it; standard output if left out
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// What to sign, and with what.
#[derive(Clone, Debug, Args)]
pub(crate) struct Sign {
    /// The document, or one that is signed already
    pub(crate) file: PathBuf,
    /// A `.secret` file that `pullgate policy keygen` wrote; give it again for more signatures
    #[arg(long = "key", value_name = "FILE", required = true)]
    pub(crate) keys: Vec<PathBuf>,
    /// The document is a trust document
    #[arg(long)]
    pub(crate) trust: bool,
    /// Where to write what was signed; standard output if left out
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) format: Format,
}

/// What to import from Docker Hub.
#[derive(Clone, Debug, Args)]
pub(crate) struct ImportHub {
    /// The organization on Docker Hub
    pub(crate) organization: String,
    /// Your Docker Hub account
    #[arg(long, value_name = "NAME")]
    pub(crate) account: String,
    /// The organization's short name in the enrollment; its name on Docker Hub if left out
    #[arg(long = "as", value_name = "NAME")]
    pub(crate) named: Option<String>,
    /// The repository allow list, pasted from Docker's console into a file
    #[arg(long, value_name = "FILE")]
    pub(crate) allow_list: Option<PathBuf>,
    /// The number of the version
    #[arg(long, default_value_t = 1)]
    pub(crate) serial: u64,
    /// Where to write the policy; standard output if left out
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Another address of Docker Hub's interface
    #[arg(long, value_name = "URL", hide = true, default_value = docker_hub::ADDRESS)]
    pub(crate) api: String,
    #[command(flatten)]
    pub(crate) format: Format,
}

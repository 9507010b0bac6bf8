//! The arguments of `engines`.

use clap::{Args, Subcommand};

use super::Format;

/// What to do with engines.
#[derive(Debug, Args)]
pub(crate) struct EnginesArguments {
    /// What to do; without it, the engines are listed
    #[command(subcommand)]
    pub(crate) action: Option<EnginesAction>,
    /// Print JSON, for programs
    #[arg(long, global = true, display_order = 900)]
    pub(crate) json: bool,
}

impl EnginesArguments {
    pub(crate) fn format(&self) -> Format {
        Format { json: self.json }
    }
}

/// What can be done with engines.
#[derive(Debug, Subcommand)]
pub(crate) enum EnginesAction {
    /// Says what would change for an engine to pull through Pullgate
    #[command(after_help = "Example: sudo pullgate engines plan docker")]
    Plan(EngineChoice),
    /// Has an engine pull through Pullgate
    #[command(after_help = "Example: sudo pullgate engines apply docker --dry-run")]
    Apply(EnginesChange),
    /// Asks the running engine whether its pulls are checked
    #[command(after_help = "Exits with 1 unless they all do\n\nExample: pullgate engines verify")]
    Verify(EngineChoice),
    /// Gives an engine its own configuration back
    #[command(after_help = "Example: sudo pullgate engines restore podman")]
    Restore(EnginesChange),
}

/// Which engine.
#[derive(Clone, Debug, Args)]
pub(crate) struct EngineChoice {
    /// The engine, as `pullgate engines` names it; all of them if left out
    pub(crate) engine: Option<String>,
}

/// Which engine, and how carefully.
#[derive(Clone, Debug, Args)]
pub(crate) struct EnginesChange {
    #[command(flatten)]
    pub(crate) choice: EngineChoice,
    /// Change nothing and say what would be
    #[arg(long, display_order = 800)]
    pub(crate) dry_run: bool,
    /// Restart an engine even if its containers stop with it
    #[arg(long, display_order = 801)]
    pub(crate) may_stop_containers: bool,
}

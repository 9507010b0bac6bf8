//! What a process says on standard error beside what it is for: the system's journal keeps it and adds the time.

use tracing_subscriber::{filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};

/// Overrides how much is said: a level, or levels for single crates, as in `info,gateway=debug`.
const VARIABLE: &str = "PULLGATE_LOG";

/// Begins the log of this process, with everything from this level on unless `PULLGATE_LOG` asks for another.
pub fn begin(level: tracing::Level) {
    let asked = std::env::var(VARIABLE).ok();
    let (targets, misread) = match asked.as_deref().map(str::parse::<Targets>) {
        None => (usual(level), None),
        Some(Ok(targets)) => (targets, None),
        Some(Err(error)) => (usual(level), Some(error)),
    };
    let lines = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(std::io::stderr);
    lines.with_ansi(false).without_time().finish().with(targets).init();
    if let Some(error) = misread {
        tracing::warn!(%error, "`{VARIABLE}` is not understood; write for example `debug` or `info,gateway=debug`");
    }
}

fn usual(level: tracing::Level) -> Targets {
    Targets::new().with_default(level)
}

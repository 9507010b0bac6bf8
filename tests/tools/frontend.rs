//! The smallest BuildKit frontend for `# syntax=` lines: it hands the Dockerfile to BuildKit's own frontend.
//!
//! BuildKit runs it in a container and answers its calls on standard input and output.
#![expect(clippy::print_stderr, reason = "standard error is what the person who builds sees")]

mod grpc;

use std::env;
use std::fmt::Display;
use std::process::ExitCode;

use grpc::{Channel, Status, field, find};

const BRIDGE: &str = "moby.buildkit.v1.frontend.LLBBridge";
/// `allowResultReturn` and `allowResultArrayRef`: results come in the shape that is handed on.
const CURRENT_RESULTS: [u8; 4] = [5 << 3, 1, 6 << 3, 1];

fn main() -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_current_thread().build() {
        Ok(runtime) => runtime,
        Err(error) => return complain(&error),
    };
    let result = runtime.block_on(build());
    // A read of standard input cannot be called off, so it is left behind.
    runtime.shutdown_background();
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(status) => complain(&status),
    }
}

fn complain(problem: &dyn Display) -> ExitCode {
    eprintln!("{problem}");
    ExitCode::FAILURE
}

async fn build() -> Result<(), Status> {
    let mut channel = Channel::open(tokio::io::join(tokio::io::stdin(), tokio::io::stdout())).await?;
    let options = env::vars().filter(|(name, _)| name.starts_with("BUILDKIT_FRONTEND_OPT_"));
    let options = options.filter_map(|(_, option)| {
        let (key, value) = option.split_once('=')?;
        Some(field(3, &[field(1, key.as_bytes()), field(2, value.as_bytes())].concat()))
    });
    let solve =
        [field(2, b"dockerfile.v0"), options.collect::<Vec<_>>().concat(), CURRENT_RESULTS.to_vec()].concat();
    let returned = match channel.call(&format!("{BRIDGE}/Solve"), &solve).await {
        Ok(solved) => field(1, &find(&solved, 3).unwrap_or_default()),
        Err(status) => field(2, &[[8, 2].to_vec(), field(2, status.to_string().as_bytes())].concat()),
    };
    channel.call(&format!("{BRIDGE}/Return"), &returned).await.map(|_| ())
}

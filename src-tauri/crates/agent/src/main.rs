//! `pullgate`: the command line, and the processes it starts.

use std::process::ExitCode;

fn main() -> ExitCode {
    agent::cli::main()
}

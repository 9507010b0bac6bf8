//! The repository's own commands, without dependencies: test, elsewhere, ui, laptop, demo, bench and package.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this program talks to a person at a terminal"
)]

mod bench;
mod demo;
mod elsewhere;
mod laptop;
mod machine;
mod package;
mod run;
mod test;
mod ui;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask test      install what the tests need and run all of them
cargo xtask elsewhere  check the code of other systems with their compiler's eyes; [--renew] the lock file of that check
cargo xtask ui        build the window's page, which the tray is compiled with
cargo xtask laptop    boot a laptop with real engines and a small internet, and keep it until stopped
                      [--docker | --docker-containerd | --daemonless | --containerd | --desktop]
                      [--identity-provider] [--policy-host] [NAME=/path/to/binary]…
cargo xtask demo      play the product in a laptop of its own, for an invented organization
cargo xtask bench     measure the gate beside nginx and beside going direct: [blobs] [requests] [pulls]
cargo xtask package   make the packages, .deb and .rpm, of the binaries that the tests run; [--release] of those people get
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.split_first() {
        Some((command, [])) if command == "test" => test::test(),
        Some((command, rest)) if command == "elsewhere" => elsewhere::elsewhere(rest),
        Some((command, [])) if command == "ui" => ui::build(),
        Some((command, rest)) if command == "laptop" => laptop::laptop(rest),
        Some((command, [])) if command == "demo" => demo::demo(),
        Some((command, rest)) if command == "bench" => bench::bench(rest),
        Some((command, rest)) if command == "package" => package::package(rest),
        _ => Err(HELP.to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{}", message.trim_end());
            ExitCode::FAILURE
        }
    }
}

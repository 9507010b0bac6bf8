//! The repository's own commands.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this program talks to a person at a terminal"
)]

mod bench;
mod conformance;
mod demo;
mod elsewhere;
mod flood;
mod fuzz;
mod laptop;
mod machine;
mod mutants;
mod package;
mod programs;
mod retry;
mod run;
mod scan;
mod soak;
mod supply;
mod test;
mod ui;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask test      install what the tests need and run all of them;
                      [quick | unit | page | gate | desktop | package | direct | NAME] one part, or tests of the gate by name
cargo xtask elsewhere  check the code of other systems with their compiler's eyes; [--renew] the lock file of that check
cargo xtask ui        build the window's page, which the tray is compiled with
cargo xtask pictures  take the README's pictures of the window anew, as the demo fills it
cargo xtask laptop    boot a laptop with real engines and a small internet, and keep it until stopped
                      [--docker | --docker-containerd | --daemonless | --containerd | --desktop]
                      [--identity-provider] [--policy-host] [NAME=/path/to/binary]…
cargo xtask demo      play the product in a laptop of its own, for an invented organization
cargo xtask audit     ask a copy of the RustSec database about the locked packages: --db PATH
cargo xtask bench     measure the gate beside nginx and beside going direct: [blobs] [requests] [pulls]
cargo xtask flood     see how one user's pulls fare beside another who takes what can be had; [--release] as people get it
cargo xtask fuzz      look for inputs that break what holds for every input: [TARGET] [--minutes N]
cargo xtask mutants   change the code that judges, one place at a time, and ask the crate's tests whether they see it:
                      (image-ref | policy | gateway) [--shard K/N] [--file GLOB]
cargo xtask scan      look at both fronts with testssl, for some minutes
cargo xtask conformance  run the official suite of the distribution specification straight and by both fronts: PATH of the
                      suite, as `go test -c` makes it of github.com/opencontainers/distribution-spec/conformance; it is
                      not part of this repository, and its modules are not fetched here
cargo xtask soak      kill the service, the steward and pulls again and again: [--kills N]
cargo xtask package   make the packages, .deb and .rpm, of the binaries that the tests run; [--release] of those people get
cargo xtask reproduce build the release twice, in two folders, and compare every byte of its packages
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.split_first() {
        Some((command, rest)) if command == "test" => test::test(rest),
        Some((command, rest)) if command == "elsewhere" => elsewhere::elsewhere(rest),
        Some((command, [])) if command == "ui" => ui::build(),
        Some((command, [])) if command == "pictures" => ui::pictures(),
        Some((command, rest)) if command == "laptop" => laptop::laptop(rest),
        Some((command, [])) if command == "demo" => demo::demo(),
        Some((command, rest)) if command == "flood" => flood::flood(rest),
        Some((command, rest)) if command == "fuzz" => fuzz::fuzz(rest),
        Some((command, rest)) if command == "soak" => soak::soak(rest),
        Some((command, rest)) if command == "audit" => supply::audit(rest),
        Some((command, rest)) if command == "bench" => bench::bench(rest),
        Some((command, [])) if command == "reproduce" => package::reproduce(),
        Some((command, rest)) if command == "mutants" => mutants::mutants(rest),
        Some((command, [])) if command == "scan" => scan::scan(),
        Some((command, [path])) if command == "conformance" => conformance::conformance(path),
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

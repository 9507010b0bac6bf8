//! Boots a laptop for exploration by hand and keeps it until it is stopped.
#![expect(clippy::print_stdout, clippy::panic, reason = "this program talks to a person at a terminal")]

use std::path::Path;

use acceptance::laptop::{Laptop, Options, Store};

const USAGE: &str = "usage: laptop [--docker|--docker-containerd|--daemonless|--containerd] \
[--identity-provider] [--policy-host] [NAME=/path/to/binary]…";

fn main() {
    let mut options = Options::docker(Store::Classic);
    for argument in std::env::args().skip(1) {
        options = match argument.as_str() {
            "--docker" => options,
            "--docker-containerd" => Options::docker(Store::Containerd),
            "--daemonless" => Options::daemonless(),
            "--containerd" => Options::containerd(),
            "--identity-provider" => options.identity_provider(),
            "--policy-host" => options.policy_host(),
            other => match other.split_once('=') {
                Some((name, path)) => options.binary(name, Path::new(path)),
                None => panic!("{USAGE}"),
            },
        };
    }
    let laptop = Laptop::boot(&options);
    println!("{}", laptop.pid());
    println!("enter it:      nsenter -t {} -a bash -l", laptop.pid());
    println!("shared folder: {} (/lab inside)", laptop.lab().display());
    println!("what was asked: tail -f {}/requests.jsonl", laptop.lab().display());
    println!("it is gone when this program is stopped: Ctrl-C or kill {}", std::process::id());
    loop {
        std::thread::park();
    }
}

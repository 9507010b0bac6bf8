//! Boots a laptop for exploration by hand and keeps it until it is stopped.
#![expect(clippy::print_stdout, clippy::panic, reason = "this program talks to a person at a terminal")]

use std::path::Path;

use acceptance::desktop::{Desktop, Panel};
use acceptance::laptop::{Laptop, Options, Person, Store};

const USAGE: &str = "usage: laptop [--docker|--docker-containerd|--daemonless|--containerd|--desktop] \
[--identity-provider] [--policy-host] [NAME=/path/to/binary]…";

fn main() {
    let mut options = Options::docker(Store::Classic);
    let mut has_desktop = false;
    for argument in std::env::args().skip(1) {
        options = match argument.as_str() {
            "--docker" => options,
            "--docker-containerd" => Options::docker(Store::Containerd),
            "--daemonless" => Options::daemonless(),
            "--containerd" => Options::containerd(),
            "--desktop" => {
                has_desktop = true;
                Options::desktop()
            }
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
    let desktop = has_desktop.then(|| Desktop::start(&laptop, Person::Ada, Panel::Xfce));
    if let Some(desktop) = &desktop {
        println!(
            "desktop of ada: setpriv --reuid=ada --regid=ada --init-groups bash, then `. {}/environment`",
            desktop.folder()
        );
        println!("a picture of its screen: type a name and Enter here");
    }
    println!("it is gone when this program is stopped: Ctrl-C or kill {}", std::process::id());
    for line in std::io::stdin().lines().map_while(Result::ok) {
        let name = if line.is_empty() { "laptop" } else { &line };
        if let Some(desktop) = &desktop {
            println!("{}", desktop.screenshot(name).display());
        }
    }
    loop {
        std::thread::park();
    }
}

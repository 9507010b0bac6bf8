//! `cargo xtask laptop`: builds the laboratory and what there is of the product, then boots a laptop by hand.

use std::os::unix::process::CommandExt;

use crate::machine::prepare_laptop;
use crate::run::{cargo, step, target};

pub(crate) fn laptop(arguments: &[String]) -> Result<(), String> {
    prepare_laptop()?;
    step("laboratory", &mut cargo(&["build", "--quiet", "--package", "acceptance", "--bins"]))?;
    let debug = target().join("debug");
    let mut command = std::process::Command::new(debug.join("laptop"));
    command.args(arguments);
    for name in ["pullgate", "pullgate-tray", "pullgate-window"] {
        let built = debug.join(name);
        let given = arguments.iter().any(|argument| argument.starts_with(&format!("{name}=")));
        if built.is_file() && !given {
            command.arg(format!("{name}={}", built.display()));
        }
    }
    Err(format!("cannot start the laptop: {}", command.exec()))
}

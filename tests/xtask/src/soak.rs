//! `cargo xtask soak`: kills the service, the steward and people's pulls by the thousand, in a laptop, and holds everything
//! on its disk against what was there before.

use crate::machine::{is_root, prepare};
use crate::run::{cargo, step, target};
use crate::ui;

const TEST: &str = "faults::soak::kills_by_the_thousand_leave_everything_whole";

pub(crate) fn soak(arguments: &[String]) -> Result<(), String> {
    let kills = match arguments {
        [] => 1000,
        [option, number] if option == "--kills" => {
            number.parse::<u32>().map_err(|_| format!("`{number}` is no number of kills"))?
        }
        _ => return Err("usage: cargo xtask soak [--kills N]".to_owned()),
    };
    prepare()?;
    if !is_root() {
        return Err("the laptop needs root: run `sudo -E env PATH=\"$PATH\" cargo xtask soak`".to_owned());
    }
    ui::build()?;
    // The selection of `cargo xtask test`, so that nothing is built twice.
    step("binaries", &mut cargo(&["build", "--quiet", "--workspace", "--bins"]))?;
    let mut command = cargo(&["test", "--quiet", "--workspace", "--test", "gate", "--", "--ignored"]);
    command.args(["--exact", "--nocapture", TEST]);
    command.env("SOAK_KILLS", kills.to_string()).env("PULLGATE_BIN", target().join("debug/pullgate"));
    step("soak", &mut command)
}

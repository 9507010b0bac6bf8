//! Every answer as people see it.

mod engines;
mod images;
mod machine;
mod policies;
mod records;
mod verdicts;

use wire::Response;

use super::Stage;

fn seen(line: &str, response: Response) -> String {
    Stage::answering(response).play(line).seen()
}

/// Each case under its name.
fn cases<const COUNT: usize>(line: &str, cases: [(&str, Response); COUNT]) -> String {
    let one = |(name, response)| format!("## {name}\n{}\n", seen(line, response));
    cases.map(one).join("\n")
}

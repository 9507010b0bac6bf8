//! `policy test`: a list of images with what should become of each, tried on a policy file.

use std::path::Path;

use host::files::read_limited;
use image_ref::Reference;
use policy::{Finding, Outcome as Verdict, Policy};
use serde::Serialize;

use super::{Outcome, file, trial};
use crate::cli::arguments::{Format, PolicyFile};
use crate::cli::show;
use crate::cli::stop::{Complaint, Exit};
use crate::cli::world::World;

const LIMIT: u64 = 4 * 1024 * 1024;

/// A line of the list.
struct Case {
    line: usize,
    should_pass: bool,
    image: Reference,
}

/// A case and what became of it, for programs.
#[derive(Serialize)]
struct Tried {
    line: usize,
    image: String,
    good: bool,
    finding: Finding,
}

pub(super) fn run(of: &PolicyFile, cases: &Path, format: Format, world: &mut World<'_>) -> Outcome {
    let policy = file::read(of)?;
    let cases = read(cases)?;
    let (count, mut bad) = (cases.len(), 0);
    for case in cases {
        let tried = attempt(&policy, &case, world)?;
        bad += usize::from(!tried.good);
        if format.json {
            world.json(&tried)?;
        } else if !tried.good {
            let wanted = if case.should_pass { "should pass" } else { "should stop" };
            let told = show::explanation(&tried.finding, &world.view);
            world.say(&format!("line {}, which {wanted}: {told}\n", tried.line))?;
        }
    }
    if !format.json {
        world.say(&format!("{} of {count} cases are as they should be\n", count - bad))?;
    }
    Ok(if bad == 0 { Exit::Yes } else { Exit::Failed })
}

fn attempt(policy: &Policy, case: &Case, world: &World<'_>) -> Result<Tried, Complaint> {
    let finding = trial::find(policy.clone(), &case.image, world.view.now)?;
    let passes = finding.outcome != Verdict::Blocked;
    let (line, image) = (case.line, case.image.to_string());
    Ok(Tried { line, image, good: passes == case.should_pass, finding })
}

fn read(path: &Path) -> Result<Vec<Case>, Complaint> {
    let bytes = read_limited(path, LIMIT).map_err(Complaint::failed)?;
    let bytes = bytes.ok_or_else(|| Complaint::failed(format!("there is no file `{}`", path.display())))?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let lines = text
        .lines()
        .enumerate()
        .map(|(at, line)| (at + 1, line.split('#').next().unwrap_or_default().trim()));
    lines.filter(|(_, line)| !line.is_empty()).map(|(at, line)| case(path, at, line)).collect()
}

fn case(path: &Path, line: usize, text: &str) -> Result<Case, Complaint> {
    let wrong = |why: String| Complaint::failed(format!("`{}`, line {line}: {why}", path.display()));
    let (word, image) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let should_pass = match word {
        "allow" => true,
        "block" => false,
        _ => return Err(wrong(format!("`{word}` is neither `allow` nor `block`"))),
    };
    let image = Reference::parse(image.trim());
    let image = image.map_err(|error| wrong(format!("`{}` is no image: {error}", text.trim())))?;
    Ok(Case { line, should_pass, image })
}

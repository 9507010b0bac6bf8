//! `policy test`: a list of images with what should become of each, tried on a policy file.

use std::path::Path;

use host::files::read_limited;
use image_ref::Reference;
use policy::{Finding, Outcome as Verdict, Policy};
use policy_text::render;
use serde::Serialize;

use super::circumstances::{Circumstances, words};
use super::{Outcome, file, trial};
use crate::arguments::{PolicyFile, TestFormat};
use crate::context::Context;
use crate::exit::{CliError, Exit};
use crate::show;

const LIMIT: u64 = 4 * 1024 * 1024;

/// A line of the list.
struct Case {
    line: usize,
    /// The line as it was written, without what is around it.
    text: String,
    wanted: Verdict,
    image: Reference,
    circumstances: Circumstances,
}

/// A case and what became of it, for programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Tried {
    line: usize,
    image: String,
    good: bool,
    wanted: Verdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    wanted_rule: Option<String>,
    finding: Finding,
    #[serde(skip)]
    text: String,
}

pub(super) fn run(of: &PolicyFile, cases: &Path, format: TestFormat, context: &mut Context<'_>) -> Outcome {
    let policy = file::read(of)?;
    let listed = read(cases)?;
    let tried =
        listed.into_iter().map(|case| attempt(&policy, case, context)).collect::<Result<Vec<_>, _>>()?;
    let bad = tried.iter().filter(|tried| !tried.good).count();
    let explained = |tried: &Tried| show::explanation(&tried.finding, &context.view);
    if format.json.json {
        context.json_lines(&tried)?;
    } else if format.tap {
        context.say(&tap(&tried))?;
    } else if format.junit {
        context.say(&junit(&of.file.display().to_string(), &tried))?;
    } else {
        let failed: String = tried
            .iter()
            .filter(|tried| !tried.good)
            .map(|tried| format!("line {}, which {}: {}\n", tried.line, should(tried), explained(tried)))
            .collect();
        context.say(&failed)?;
        context.say(&format!("{} of {} cases are as they should be\n", tried.len() - bad, tried.len()))?;
    }
    Ok(if bad == 0 { Exit::Yes } else { Exit::Failed })
}

/// What a case wanted, where it is not what became of it.
fn should(tried: &Tried) -> String {
    let outcome = match tried.wanted {
        Verdict::Allowed => "should pass",
        Verdict::Audited => "should pass and be recorded",
        Verdict::Blocked => "should stop",
    };
    match &tried.wanted_rule {
        Some(rule) => format!("{outcome} by rule `{rule}`"),
        None => outcome.to_owned(),
    }
}

fn attempt(policy: &Policy, case: Case, context: &Context<'_>) -> Result<Tried, CliError> {
    let finding = trial::find(policy.clone(), &case.image, &case.circumstances, context.view.now)?;
    let decided_by = finding.rule.as_ref().map(|rule| rule.id.as_str());
    let by_rule = case.circumstances.rule.as_deref().is_none_or(|wanted| decided_by == Some(wanted));
    Ok(Tried {
        line: case.line,
        image: case.image.to_string(),
        good: finding.outcome == case.wanted && by_rule,
        wanted: case.wanted,
        wanted_rule: case.circumstances.rule,
        finding,
        text: case.text,
    })
}

fn read(path: &Path) -> Result<Vec<Case>, CliError> {
    let bytes = read_limited(path, LIMIT).map_err(CliError::failed)?;
    let bytes = bytes.ok_or_else(|| CliError::failed(format!("there is no file `{}`", path.display())))?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let read = text.lines().enumerate().map(|(at, line)| {
        let wrong = |why| CliError::failed(format!("`{}`, line {}: {why}", path.display(), at + 1));
        case(at + 1, line).map_err(wrong)
    });
    read.filter_map(Result::transpose).collect()
}

/// One case; none where a line is empty or has a comment alone.
fn case(line: usize, text: &str) -> Result<Option<Case>, String> {
    let words = words(text)?;
    let Some((outcome, rest)) = words.split_first() else { return Ok(None) };
    let wanted = match outcome.as_str() {
        "allow" => Verdict::Allowed,
        "audit" => Verdict::Audited,
        "block" => Verdict::Blocked,
        _ => return Err(format!("`{outcome}` is none of `allow`, `audit` and `block`")),
    };
    let (named, rest) = rest.split_first().ok_or_else(|| format!("`{outcome}` is followed by no image"))?;
    let image = Reference::parse(named).map_err(|error| format!("`{named}` is no image: {error}"))?;
    let circumstances = Circumstances::parse(rest)?;
    Ok(Some(Case { line, text: words.join(" "), wanted, image, circumstances }))
}

/// The Test Anything Protocol, version 14.
fn tap(tried: &[Tried]) -> String {
    let mut text = format!("TAP version 14\n1..{}\n", tried.len());
    for (at, one) in tried.iter().enumerate() {
        let mark = if one.good { "ok" } else { "not ok" };
        let name = one.text.replace('\\', "\\\\").replace('#', "\\#");
        text += &format!("{mark} {} - {name}\n", at + 1);
        if !one.good {
            // A JSON text is one of YAML, too.
            let message = serde_json::Value::from(message(one));
            text += &format!("  ---\n  line: {}\n  message: {message}\n  ...\n", one.line);
        }
    }
    text
}

/// One test suite of JUnit's XML.
fn junit(policy: &str, tried: &[Tried]) -> String {
    let failures = tried.iter().filter(|one| !one.good).count();
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"{}\" tests=\"{}\" failures=\"{failures}\" \
         errors=\"0\" skipped=\"0\">\n",
        escaped(policy),
        tried.len()
    );
    for one in tried {
        let case = format!("  <testcase classname=\"line {}\" name=\"{}\"", one.line, escaped(&one.text));
        text += &if one.good {
            format!("{case}/>\n")
        } else {
            format!("{case}>\n    <failure message=\"{}\"/>\n  </testcase>\n", escaped(&message(one)))
        };
    }
    text + "</testsuite>\n"
}

/// What was wanted and what became of it, on one line.
fn message(one: &Tried) -> String {
    let rule = one.finding.rule.as_ref().map(|rule| format!(" Rule: {}.", rule.id)).unwrap_or_default();
    format!("It {}. {}{rule}", should(one), render::explanation(&one.finding))
}

fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for letter in text.chars() {
        match letter {
            '&' => safe += "&amp;",
            '<' => safe += "&lt;",
            '>' => safe += "&gt;",
            '"' => safe += "&quot;",
            '\'' => safe += "&apos;",
            letter if letter.is_control() => safe.push(' '),
            letter => safe.push(letter),
        }
    }
    safe
}

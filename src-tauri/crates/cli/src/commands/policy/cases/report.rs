//! Cases in the formats that build servers read: TAP and JUnit.

use policy_text::render;

use super::{Tried, should};

/// The Test Anything Protocol, version 14.
pub(super) fn tap(tried: &[Tried]) -> String {
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
pub(super) fn junit(policy: &str, tried: &[Tried]) -> String {
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

//! Who asks, when, and by which rule it should be decided: words after an image, in a list of cases and on a command
//! line.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use policy::SignIn;

/// Nobody in particular; what an enrollment without a sign-in comes to.
const ACCOUNT: &str = "somebody";

/// What is supposed around a question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Circumstances {
    groups: BTreeSet<String>,
    role: Option<String>,
    at: Option<Timestamp>,
    /// The rule that should decide.
    pub(super) rule: Option<String>,
}

impl Circumstances {
    /// Reads `as group NAME`, `as role NAME`, `on DATE` and `by RULE`, in any order; groups may be several.
    pub(super) fn parse(words: &[String]) -> Result<Self, String> {
        let mut read = Self::default();
        let mut rest = words;
        while !rest.is_empty() {
            rest = match rest {
                [r#as, kind, name, rest @ ..] if r#as == "as" && kind == "group" => {
                    read.groups.insert(name.clone());
                    rest
                }
                [r#as, kind, name, rest @ ..] if r#as == "as" && kind == "role" && read.role.is_none() => {
                    read.role = Some(name.clone());
                    rest
                }
                [on, day, rest @ ..] if on == "on" && read.at.is_none() => {
                    read.at = Some(time(day)?);
                    rest
                }
                [by, rule, rest @ ..] if by == "by" && read.rule.is_none() => {
                    read.rule = Some(rule.clone());
                    rest
                }
                rest => return Err(format!("`{}` is not understood here; {EXPECTED}", rest.join(" "))),
            };
        }
        Ok(read)
    }

    /// The session of whoever asks.
    pub(super) fn sign_in(&self) -> SignIn {
        if self.groups.is_empty() && self.role.is_none() {
            return SignIn::NotRequired;
        }
        SignIn::SignedIn {
            account: ACCOUNT.to_owned(),
            uid: 0,
            alone: true,
            groups: self.groups.clone(),
            withheld: BTreeSet::new(),
            hub_role: self.role.clone(),
        }
    }

    /// When it is asked.
    pub(super) fn at(&self, now: Timestamp) -> Timestamp {
        self.at.unwrap_or(now)
    }
}

/// What may stand after an image.
const EXPECTED: &str = "after the image write `as group NAME`, `as role NAME`, `on DATE` or `by RULE`, names with spaces in double quotes";

/// A day means its first moment, in UTC as times in a policy are.
fn time(text: &str) -> Result<Timestamp, String> {
    if let Ok(time) = text.parse() {
        return Ok(time);
    }
    let day = text.parse::<Date>().ok().and_then(|day| day.to_zoned(TimeZone::UTC).ok());
    day.map(|day| day.timestamp())
        .ok_or_else(|| format!("`{text}` is no day; write it as `2027-01-31` or `2027-01-31T12:00:00Z`"))
}

/// The words of a line: what stands in double quotes is one, and `#` outside of them begins a comment.
pub(super) fn words(line: &str) -> Result<Vec<String>, String> {
    let (mut words, mut word, mut is_quoted) = (Vec::new(), None::<String>, false);
    for letter in line.chars() {
        match letter {
            '"' => {
                is_quoted = !is_quoted;
                word.get_or_insert_default();
            }
            '#' if !is_quoted => break,
            letter if letter.is_whitespace() && !is_quoted => words.extend(word.take()),
            letter => word.get_or_insert_default().push(letter),
        }
    }
    if is_quoted {
        return Err("a double quote is not closed".to_owned());
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Circumstances, String> {
        Circumstances::parse(&words(line)?)
    }

    #[test]
    fn who_asks_and_when_is_read_in_any_order() {
        let read =
            read(r#"on 2027-01-31 as role owner by r1 as group qa as group "Platform team" # why"#).unwrap();
        let now = "2026-11-22T12:00:00Z".parse().unwrap();
        assert_eq!(read.at(now).to_string(), "2027-01-31T00:00:00Z");
        assert_eq!(read.rule.as_deref(), Some("r1"));
        let SignIn::SignedIn { groups, hub_role, .. } = read.sign_in() else { panic!() };
        assert_eq!(
            (groups.into_iter().collect::<Vec<_>>().join("|"), hub_role.unwrap()),
            ("Platform team|qa".into(), "owner".into())
        );
        assert_eq!(Circumstances::default().sign_in(), SignIn::NotRequired);
        assert_eq!(Circumstances::default().at(now), now);
    }

    #[test]
    fn what_is_not_understood_is_named_with_what_could_stand_there() {
        for line in ["as qa", "as group", "on tomorrow", "on", "by", "as role a as role b", "nginx", "\"a"] {
            assert!(read(line).is_err(), "{line}");
        }
        assert_eq!(read("on 31.1.2027").unwrap_err().split(';').next(), Some("`31.1.2027` is no day"));
    }
}

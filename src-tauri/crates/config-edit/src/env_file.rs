//! Environment files as systemd reads them (`EnvironmentFile=` of systemd.exec(5)).

/// What is being read.
#[derive(Clone, Copy)]
enum State {
    BeforeName,
    Name,
    BeforeValue,
    Value,
    Escaped,
    Single,
    Double,
    DoubleEscaped,
    Comment,
    CommentEscaped,
}

/// Assignments in their order. Nothing is expanded, and a percent sign is a percent sign.
pub fn parse(text: &str) -> Vec<(String, String)> {
    let mut reader = Reader {
        state: State::BeforeName,
        name: String::new(),
        value: String::new(),
        kept: 0,
        found: Vec::new(),
    };
    text.chars().for_each(|c| reader.take(c));
    match reader.state {
        State::BeforeName | State::Name | State::Comment | State::CommentEscaped => {}
        State::BeforeValue
        | State::Value
        | State::Escaped
        | State::Single
        | State::Double
        | State::DoubleEscaped => reader.end(),
    }
    reader.found
}

struct Reader {
    state: State,
    name: String,
    value: String,
    /// Length of the value without the plain spaces at its end.
    kept: usize,
    found: Vec<(String, String)>,
}

impl Reader {
    fn take(&mut self, c: char) {
        let is_end = matches!(c, '\n' | '\r');
        self.state = match (self.state, c) {
            (State::BeforeName, '#' | ';') => State::Comment,
            (State::BeforeName, c) if c.is_ascii_whitespace() => State::BeforeName,
            (State::BeforeName, c) => {
                self.name.push(c);
                State::Name
            }
            (State::Name, '=') => State::BeforeValue,
            (State::Name, _) if is_end => {
                self.name.clear();
                State::BeforeName
            }
            (State::Name, c) => {
                self.name.push(c);
                State::Name
            }
            (State::BeforeValue | State::Value, _) if is_end => {
                self.end();
                State::BeforeName
            }
            (State::BeforeValue, '\'') => State::Single,
            (State::BeforeValue, '"') => State::Double,
            (State::BeforeValue | State::Value, '\\') => State::Escaped,
            (State::BeforeValue, c) if c.is_ascii_whitespace() => State::BeforeValue,
            (State::Value, c) if c.is_ascii_whitespace() => {
                self.value.push(c);
                State::Value
            }
            (State::BeforeValue | State::Value, c) => self.keep(c, State::Value),
            // A line that ends with a backslash goes on in the next one.
            (State::Escaped, _) if is_end => State::Value,
            (State::Escaped, c) => self.keep(c, State::Value),
            (State::Single, '\'') | (State::Double, '"') => State::BeforeValue,
            (State::Single, c) => self.keep(c, State::Single),
            (State::Double, '\\') => State::DoubleEscaped,
            (State::Double, c) => self.keep(c, State::Double),
            (State::DoubleEscaped, '\n') => State::Double,
            (State::DoubleEscaped, c) => {
                if !matches!(c, '"' | '\\' | '`' | '$') {
                    self.keep('\\', State::Double);
                }
                self.keep(c, State::Double)
            }
            (State::Comment, '\\') => State::CommentEscaped,
            (State::Comment | State::CommentEscaped, _) if is_end => State::BeforeName,
            (State::Comment | State::CommentEscaped, _) => State::Comment,
        };
    }

    fn keep(&mut self, c: char, next: State) -> State {
        self.value.push(c);
        self.kept = self.value.len();
        next
    }

    fn end(&mut self) {
        self.value.truncate(self.kept);
        self.kept = 0;
        let name = std::mem::take(&mut self.name).trim_end().to_owned();
        let value = std::mem::take(&mut self.value);
        if is_name(&name) && is_value(&value) {
            self.found.push((name, value));
        }
    }
}

/// systemd passes over assignments whose name no shell could have, or whose value has control characters.
fn is_name(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    text.bytes().all(is_letter) && text.bytes().next().is_some_and(|first| !first.is_ascii_digit())
}

fn is_value(text: &str) -> bool {
    !text.bytes().any(|byte| byte.is_ascii_control() && !b"\t\n".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_systemd_passes_over_is_no_assignment() {
        assert_eq!(parse("=A=b\n1A=b\nA-B=c\nA=\u{1}\nB=c\n"), [("B".to_owned(), "c".to_owned())]);
    }

    #[test]
    fn values_are_read_as_systemd_reads_them() {
        for (text, value) in [
            ("A=http://corp%5Cada:p%231@proxy:3128", "http://corp%5Cada:p%231@proxy:3128"),
            ("A=100%%25", "100%%25"),
            ("A = plain  words  \n", "plain  words"),
            ("A=\"http://carol:\\\n s3cret@proxy\"\n", "http://carol: s3cret@proxy"),
            ("A=http://carol:\\\ns3cret@proxy\n", "http://carol:s3cret@proxy"),
            ("A='a\\x40b'\n", "a\\x40b"),
            ("A=\"a\\x40\\$b\\\"\"", "a\\x40$b\""),
            ("A=a\\x40b", "ax40b"),
            ("A='one'\"two\"three", "onetwothree"),
            ("A=p#1;x", "p#1;x"),
            ("A=", ""),
            ("A=\"open", "open"),
            ("# A=no\n; A=no\n  A=yes\r\n", "yes"),
            ("export A=x\nA=y", "y"),
        ] {
            let found = parse(text);
            let last = found.iter().rfind(|(name, _)| name == "A").map(|(_, value)| value.as_str());
            assert_eq!(last, Some(value), "{text:?}");
        }
        assert_eq!(parse("A\nB"), []);
        assert_eq!(parse("export A=x"), []);
    }
}

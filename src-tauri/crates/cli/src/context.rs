//! What a command has around it: where it writes, whom it can ask, where things are on this machine.

use std::io::{self, BufRead, Write};

use host::dirs::Dirs;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use serde::Serialize;

use super::exit::CliError;
use super::show::{self, Mark, View};

/// Everything a command needs from outside.
pub(crate) struct Context<'a> {
    /// Where answers go.
    pub(crate) out: &'a mut dyn Write,
    /// Where complaints go.
    pub(crate) err: &'a mut dyn Write,
    /// The person at the keyboard, if there is one.
    pub(crate) person: Option<&'a mut dyn BufRead>,
    /// When, where and for whom answers are written.
    pub(crate) view: View,
    /// The folders of the service.
    pub(crate) dirs: Dirs,
    /// What stands at an address of the web.
    pub(crate) fetch: &'a dyn Fn(&str) -> Result<Vec<u8>, String>,
    /// Whether root runs the command.
    pub(crate) root: bool,
    /// Whether nobody reads the answers any longer, which is no error.
    pub(crate) unread: bool,
}

impl Context<'_> {
    /// Writes text with its line ends, without characters that would steer a terminal.
    pub(crate) fn say(&mut self, text: &str) -> Result<(), CliError> {
        self.write(harmless(text).as_bytes())
    }

    /// The same, and for somebody at a terminal with a sign before each line that has a mark.
    pub(crate) fn say_signed(
        &mut self,
        text: &str,
        mark: impl Fn(usize, &str) -> Option<Mark>,
    ) -> Result<(), CliError> {
        let safe = harmless(text);
        let shown = if self.view.colors { show::signed(&safe, mark) } else { safe };
        self.write(shown.as_bytes())
    }

    /// Writes one JSON value on one line.
    pub(crate) fn json<T: Serialize>(&mut self, value: &T) -> Result<(), CliError> {
        let mut line = serde_json::to_vec(value).map_err(cannot_write)?;
        line.push(b'\n');
        self.write(&line)
    }

    /// Writes one JSON value on a line for each.
    pub(crate) fn json_lines<T: Serialize>(&mut self, values: &[T]) -> Result<(), CliError> {
        values.iter().try_for_each(|value| self.json(value))
    }

    /// Writes bytes as they are, for a file or a pipe.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<(), CliError> {
        self.write(bytes)
    }

    /// Asks the person; `None` when there is nobody to ask.
    pub(crate) fn ask(&mut self, question: &str) -> Result<Option<String>, CliError> {
        if self.person.is_none() {
            return Ok(None);
        }
        self.say(question)?;
        let mut answer = String::new();
        if let Some(person) = &mut self.person {
            person.read_line(&mut answer).map_err(|error| cannot("read the answer", error))?;
        }
        Ok(Some(answer.trim().to_owned()))
    }

    /// Asks for what nobody else should see: from the person without echo, else the first line of standard input.
    pub(crate) fn ask_secret(&mut self, question: &str) -> Result<String, CliError> {
        let cannot = |error| cannot("read the answer", error);
        if self.person.is_none() {
            let mut line = String::new();
            io::stdin().read_line(&mut line).map_err(cannot)?;
            return Ok(line.trim().to_owned());
        }
        self.say(question)?;
        let hidden = Hidden::begin().map_err(cannot)?;
        let mut line = String::new();
        let read = self.person.as_mut().map(|person| person.read_line(&mut line));
        drop(hidden);
        self.say("\n")?;
        read.transpose().map_err(cannot)?;
        Ok(line.trim().to_owned())
    }

    /// Says something beside the answer. That nobody reads it changes nothing.
    pub(crate) fn remark(&mut self, sentence: &str) {
        let _unread = self.err.write_all(format!("{sentence}\n").as_bytes());
    }

    /// Says what is wrong and what to do. That nobody reads it changes nothing.
    pub(crate) fn complain(&mut self, complaint: &CliError) {
        let hint = complaint.hint.iter().map(|hint| format!("hint: {hint}\n")).collect::<String>();
        let text = format!("error: {}\n{hint}", complaint.error.trim_end());
        let _unread = self.err.write_all(harmless(&text).as_bytes());
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), CliError> {
        match self.out.write_all(bytes).and_then(|()| self.out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => self.unread = true,
            written => written.map_err(cannot_write)?,
        }
        Ok(())
    }
}

fn harmless(text: &str) -> String {
    text.chars().filter(|letter| *letter == '\n' || !letter.is_control()).collect()
}

/// While it lives, the terminal does not show what is typed.
struct Hidden(Termios);

impl Hidden {
    fn begin() -> io::Result<Self> {
        let usual = tcgetattr(io::stdin())?;
        let mut hiding = usual.clone();
        hiding.local_modes.remove(LocalModes::ECHO);
        tcsetattr(io::stdin(), OptionalActions::Now, &hiding)?;
        Ok(Self(usual))
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        // A terminal that is gone shows nothing.
        let _gone = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}

fn cannot_write(error: impl Into<io::Error>) -> CliError {
    cannot("write the answer", error.into())
}

fn cannot(what: &str, error: io::Error) -> CliError {
    CliError::failed(format!("cannot {what}: {error}"))
}

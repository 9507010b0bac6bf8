//! Plays one command line on a machine of its own: folders, a service or none, root or not, somebody at the
//! keyboard or nobody.

use std::io::BufRead;
use std::path::Path;

use clap::Parser;
use host::dirs::Dirs;
use host::files::{Mode, write_atomically};
use tempfile::TempDir;
use wire::{Request, Response};

use super::sample;
use super::service::FakeService;
use crate::arguments::{Arguments, Asked};
use crate::context::Context;
use crate::exit::Exit;
use crate::show::View;
use crate::{commands, end};

/// The machine of one test.
pub(crate) struct Stage {
    folder: TempDir,
    answers: Option<Vec<Vec<Response>>>,
    root: bool,
    typed: Option<&'static str>,
    web: Option<&'static str>,
    colors: bool,
}

/// What came of a command.
#[derive(Debug, PartialEq)]
pub(crate) struct Played {
    pub(crate) exit: Exit,
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) asked: Vec<Request>,
}

impl Played {
    /// Everything that a person sees, and the exit code.
    pub(crate) fn seen(&self) -> String {
        let exit = self.exit as u8;
        format!("{}{}[exit {exit}]", self.out, self.err)
    }
}

impl Stage {
    /// A machine without a running service.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("run")).unwrap();
        Self { folder, answers: None, root: false, typed: None, web: None, colors: false }
    }

    /// A machine whose service gives one answer.
    pub(crate) fn answering(response: Response) -> Self {
        Self::new().service([vec![response]])
    }

    /// With a service that answers each request in turn.
    pub(crate) fn service(self, answers: impl Into<Vec<Vec<Response>>>) -> Self {
        Self { answers: Some(answers.into()), ..self }
    }

    /// Root types.
    pub(crate) fn root(self) -> Self {
        Self { root: true, ..self }
    }

    /// Somebody answers a question.
    pub(crate) fn typed(self, text: &'static str) -> Self {
        Self { typed: Some(text), ..self }
    }

    /// The answer is read at a terminal.
    pub(crate) fn colors(self) -> Self {
        Self { colors: true, ..self }
    }

    /// Every address of the web has this text.
    pub(crate) fn web(self, text: &'static str) -> Self {
        Self { web: Some(text), ..self }
    }

    /// The folder that stands for the whole machine.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Puts a file there.
    pub(crate) fn put(&self, name: &str, text: &str) {
        write_atomically(&self.path().join(name), text.as_bytes(), Mode::PUBLIC).unwrap();
    }

    fn dirs(&self) -> Dirs {
        let below = |name: &str| self.path().join(name);
        Dirs { config: below("etc"), state: below("state"), runtime: below("run") }
    }

    /// Plays a command line; the machine's folder is written `DIR` in it and in what comes of it.
    pub(crate) fn play(&self, line: &str) -> Played {
        let dirs = self.dirs();
        let folder = self.path().to_str().unwrap();
        let service = self.answers.clone().map(|answers| FakeService::start(&dirs.control_socket(), answers));
        let words = std::iter::once("pullgate".to_owned());
        let words = words.chain(line.split(' ').map(|word| word.replace("DIR", folder)));
        let Arguments { asked: Asked::Command(command) } = Arguments::try_parse_from(words).unwrap() else {
            panic!("`{line}` is a process of its own")
        };
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut typed = self.typed.map(str::as_bytes);
        let fetch =
            |_: &str| self.web.map(|text| text.as_bytes().to_vec()).ok_or("nothing answers".to_owned());
        let mut context = Context {
            out: &mut out,
            err: &mut err,
            person: typed.as_mut().map(|typed| typed as &mut dyn BufRead),
            view: View { colors: self.colors, ..sample::view() },
            dirs,
            fetch: &fetch,
            root: self.root,
            unread: false,
        };
        let exit = end(commands::run(command, &mut context), &mut context);
        let text = |bytes| String::from_utf8(bytes).unwrap().replace(folder, "DIR");
        let asked = service.map(FakeService::end).unwrap_or_default();
        Played { exit, out: text(out), err: text(err), asked }
    }
}

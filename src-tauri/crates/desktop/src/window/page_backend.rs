//! Where the page's questions are answered: from what is known, or by asking the service.

mod session;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use policy_text::render;
use tokio::sync::{Notify, watch};
use wire::{ExplainReport, ImagesReport, Request, Response};

use super::looked_file::LookedFile;
use super::window_state::WindowState;
use crate::effect::ServiceEvent;
use crate::page::{self, Answer, Place, Problem, Question, Reader, Requested, StatusPage};
use crate::requests::{AccessRequested, RequestsFile};
use crate::{service, text};

/// The window's side of the conversation with its page.
pub struct PageBackend {
    socket: PathBuf,
    state: Mutex<WindowState>,
    changed: Notify,
    idle: watch::Sender<bool>,
    reader: fn() -> Reader,
    browse: fn(&str),
    requests: RequestsFile,
    looked: LookedFile,
}

impl PageBackend {
    /// A backend that asks the service at `socket`, reads the clock by `reader` and opens pages by `browse`.
    pub fn new(socket: PathBuf, place: Place, reader: fn() -> Reader, browse: fn(&str)) -> Self {
        Self {
            socket,
            state: Mutex::new(WindowState::new(place)),
            changed: Notify::new(),
            idle: watch::Sender::new(true),
            reader,
            browse,
            requests: RequestsFile::in_folder(None),
            looked: LookedFile::default(),
        }
    }

    /// The same, with what the person requests kept there.
    pub fn keep_requests(self, requests: RequestsFile) -> Self {
        Self { requests, ..self }
    }

    /// The same, remembering in a file what somebody has looked at.
    #[must_use]
    pub fn remembering(mut self, file: LookedFile) -> Self {
        self.state.get_mut().unwrap_or_else(PoisonError::into_inner).looked(file.load());
        self.looked = file;
        self
    }

    /// Answers one question of the page.
    pub async fn answer(&self, question: Question) -> Result<Answer, Problem> {
        let reader = (self.reader)();
        Ok(match question {
            Question::Frame => Answer::Frame(self.state().frame(reader.now)),
            Question::Status => Answer::Status(self.status(&reader)?),
            Question::Activity => self.activity(&reader).await?,
            Question::Blocked { search, filter, from, count } => {
                Answer::Blocked(self.state().blocked(&search, &filter, (from, count), &reader))
            }
            Question::Looked => self.look(),
            Question::Verdict { id } => self.verdict(id, &reader).await?,
            Question::Policy => self.policy().await?,
            Question::Explain { image } => {
                let report = self.explained(image).await?;
                let instead_is = self.kind_of(report.finding.instead.as_ref()).await;
                Answer::Explain(page::explain(&report, instead_is))
            }
            Question::Engines { again } => self.engines(again).await?,
            Question::Images => {
                Answer::Images(page::images(&self.images().await?, self.state().standing(), &reader))
            }
            Question::Settings => {
                let state = self.state();
                let status = state.status().map_err(|_| unavailable(&state))?;
                Answer::Settings(page::settings(status, env!("CARGO_PKG_VERSION")))
            }
            Question::Checks => self.checks().await?,
            Question::SignIn => self.sign_in().await?,
            Question::SignOut => self.sign_out().await?,
            Question::RequestAccess { id } => self.request_access(id, &reader).await?,
            Question::Browse { url } => self.open(&url)?,
        })
    }

    /// Takes in what came from the service; what it is to be asked then, if anything.
    pub fn on_service_event(&self, event: ServiceEvent) -> Option<Request> {
        let request = self.state().on_service_event(event);
        self.changed.notify_one();
        request
    }

    /// The window is asked to be somewhere.
    pub fn go(&self, place: Place) {
        self.state().go(place);
        self.changed.notify_one();
    }

    /// Waits until something has changed since the last time.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Whether something is waited for that would end with this process.
    pub fn is_busy(&self) -> bool {
        !*self.idle.borrow()
    }

    /// Waits until nothing is waited for that would end with this process.
    pub async fn wait_idle(&self) {
        // The sender lives as long as this backend.
        let _ = self.idle.subscribe().wait_for(|idle| *idle).await;
    }

    /// Where the service listens.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    fn state(&self) -> MutexGuard<'_, WindowState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn status(&self, reader: &Reader) -> Result<StatusPage, Problem> {
        let state = self.state();
        let report = state.status().map_err(|_| unavailable(&state))?;
        let mut status = page::status(report, state.waiting(), reader);
        if let Some(failure) = state.failure() {
            status.quiet = false;
            status.conditions.insert(0, failure);
        }
        Ok(status)
    }

    async fn activity(&self, reader: &Reader) -> Result<Answer, Problem> {
        let days = reader.days(page::DAYS);
        let from = days.iter().map(|day| day.begins).collect();
        let Response::Activity { spans } = self.ask(Request::Activity { from }).await? else {
            return Err(unexpected_answer());
        };
        Ok(Answer::Activity(self.state().activity(&days, &spans)))
    }

    /// Everything in the list of what was blocked was looked at.
    fn look(&self) -> Answer {
        if let Some(looked) = self.state().look() {
            self.looked.save(looked);
            self.changed.notify_one();
        }
        Answer::Looked
    }

    async fn policy(&self) -> Result<Answer, Problem> {
        let Response::Policy(report) = self.ask(Request::PolicyShow).await? else {
            return Err(unexpected_answer());
        };
        Ok(Answer::Policy(page::policy(&report, self.state().standing())))
    }

    async fn verdict(&self, id: String, reader: &Reader) -> Result<Answer, Problem> {
        let Response::Why(report) = self.ask(Request::Why { id: Some(id) }).await? else {
            return Err(unexpected_answer());
        };
        let instead = report.entry.as_ref().and_then(|entry| entry.verdict.finding.instead.as_ref());
        let instead_is = self.kind_of(instead).await;
        let missing = || Problem {
            sentence: text::NO_VERDICT.to_owned(),
            hint: Some(text::NO_VERDICT_HINT.to_owned()),
        };
        let mut page = page::verdict(&report, instead_is, reader).ok_or_else(missing)?;
        page.requested = Requested::about(&page.image, self.requests.load());
        Ok(Answer::Verdict(Box::new(page)))
    }

    async fn request_access(&self, id: String, reader: &Reader) -> Result<Answer, Problem> {
        let Response::Why(report) = self.ask(Request::Why { id: Some(id) }).await? else {
            return Err(unexpected_answer());
        };
        let verdict = report.entry.map(|entry| entry.verdict);
        let url = verdict.as_ref().and_then(render::request_url).unwrap_or_default();
        self.open(&url)?;
        verdict.iter().for_each(|verdict| self.requests.add(AccessRequested::of(verdict, reader.now)));
        self.changed.notify_one();
        Ok(Answer::RequestAccess)
    }

    /// The everyday name of an image's class; none where it has none, or nobody can tell.
    async fn kind_of(&self, image: Option<&String>) -> Option<String> {
        let report = self.explained(image?.clone()).await.ok()?;
        report.finding.class.map(|class| class.name().to_owned())
    }

    async fn explained(&self, image: String) -> Result<Box<ExplainReport>, Problem> {
        let Response::Explain(report) = self.ask(Request::Explain { image }).await? else {
            return Err(unexpected_answer());
        };
        Ok(report)
    }

    async fn engines(&self, again: bool) -> Result<Answer, Problem> {
        let request = if again { Request::EnginesVerify { engine: None } } else { Request::Engines };
        let Response::Engines { engines } = self.ask(request).await? else { return Err(unexpected_answer()) };
        Ok(Answer::Engines(page::engines(&engines)))
    }

    async fn checks(&self) -> Result<Answer, Problem> {
        let Response::Doctor(report) = self.ask(Request::Doctor { bundle: false }).await? else {
            return Err(unexpected_answer());
        };
        Ok(Answer::Checks(page::checks(&report)))
    }

    async fn images(&self) -> Result<ImagesReport, Problem> {
        let mut all = ImagesReport::default();
        for response in self.gather(Request::Images).await? {
            let Response::Images(page) = response else { return Err(unexpected_answer()) };
            all.images.extend(page.images);
            all.unlisted.extend(page.unlisted);
        }
        Ok(all)
    }

    fn open(&self, url: &str) -> Result<Answer, Problem> {
        if !page::is_web(url) {
            return Err(Problem { sentence: text::NO_PAGE.to_owned(), hint: None });
        }
        (self.browse)(url);
        Ok(Answer::Browse)
    }

    /// Asks the service one thing and gets one answer.
    async fn ask(&self, request: Request) -> Result<Response, Problem> {
        let last = self.gather(request).await?.pop();
        last.ok_or_else(unexpected_answer)
    }

    async fn gather(&self, request: Request) -> Result<Vec<Response>, Problem> {
        let mut responses = Vec::new();
        let asked = service::answers(&self.socket, &request, |response| responses.push(response)).await;
        asked.map_err(|disconnect| Problem::from(&disconnect))?;
        responses.into_iter().map(reject_refusal).collect()
    }
}

fn unavailable(state: &WindowState) -> Problem {
    match state.status() {
        Err(Some(disconnect)) => disconnect.into(),
        Ok(_) | Err(None) => Problem { sentence: text::CONNECTING.to_owned(), hint: None },
    }
}

/// A refusal is no answer.
pub(super) fn reject_refusal(response: Response) -> Result<Response, Problem> {
    if let Response::Error(failure) = response { Err(failure.into()) } else { Ok(response) }
}

/// An answer to another question.
fn unexpected_answer() -> Problem {
    Problem {
        sentence: text::UNEXPECTED_ANSWER.to_owned(),
        hint: Some(text::UNEXPECTED_ANSWER_HINT.to_owned()),
    }
}

#[cfg(test)]
mod tests;

//! Signing in and out from the window.

use wire::{Request, Response, SignInMethod, SignInStep};

use super::{PageBackend, reject_refusal, unexpected_answer};
use crate::page::{Answer, Problem, is_web};
use crate::service;

impl PageBackend {
    /// Begins a sign-in and sees it through; while the browser has the word, that is what is known.
    pub(super) async fn sign_in(&self) -> Result<Answer, Problem> {
        self.idle.send_replace(false);
        let mut ended = Ok(());
        let request = Request::SignIn { method: SignInMethod::Browser };
        let asked = service::answers(self.socket(), &request, |response| match reject_refusal(response) {
            Ok(Response::SignIn { step: SignInStep::Open { url, .. } }) => self.sign_in_at(&url),
            Ok(_) => {}
            Err(problem) => ended = Err(problem),
        });
        let asked = asked.await.map_err(|disconnect| Problem::from(&disconnect));
        let problem = asked.and(ended).err();
        let now = (self.reader)().now;
        self.state().sign_in_ended(problem.clone(), now);
        self.idle.send_replace(true);
        self.changed.notify_one();
        problem.map_or(Ok(Answer::SignIn), Err)
    }

    fn sign_in_at(&self, url: &str) {
        if is_web(url) {
            let now = (self.reader)().now;
            self.state().sign_in_waits(url, now);
            self.changed.notify_one();
            (self.browse)(url);
        }
    }

    pub(super) async fn sign_out(&self) -> Result<Answer, Problem> {
        let Response::SignedOut { sentence, url } = self.ask(Request::SignOut).await? else {
            return Err(unexpected_answer());
        };
        url.filter(|url| is_web(url)).iter().for_each(|url| (self.browse)(url));
        Ok(Answer::SignOut { sentence })
    }
}

//! Sign-ins that wait for a browser, and what the status says of the last one that came to nothing: the provider's
//! page is where people see why, and the provider never tells it here.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use identity::oidc::SignInError;
use tokio::sync::oneshot;
use wire::Severity;

use super::SessionDriver;

/// The condition of a sign-in that came to nothing.
pub(super) const UNFINISHED: &str = "sign-in-unfinished";
/// For a port to be free again.
const PATIENCE: Duration = Duration::from_secs(2);

/// The sign-ins that wait for a browser, the oldest first.
#[derive(Default)]
pub(super) struct Attempts(Mutex<Vec<Waiting>>);

struct Waiting {
    uid: u32,
    end: oneshot::Sender<()>,
    /// Hears when it has let go of its port.
    gone: oneshot::Receiver<()>,
}

/// One of them: dropping it says that its port is free.
pub(super) struct Attempt {
    end: oneshot::Receiver<()>,
    _gone: oneshot::Sender<()>,
}

impl Attempts {
    /// A person's sign-in begins to wait.
    pub(super) fn begin(&self, uid: u32) -> Attempt {
        let ((end, ended), (left, gone)) = (oneshot::channel(), oneshot::channel());
        let mut waiting = self.lock();
        waiting.retain(|waiting| !waiting.end.is_closed());
        waiting.push(Waiting { uid, end, gone });
        Attempt { end: ended, _gone: left }
    }

    /// Ends the oldest one of this person, which was forgotten; says whether there was one.
    pub(super) async fn end_oldest(&self, uid: u32) -> bool {
        let oldest = {
            let mut waiting = self.lock();
            let still = |waiting: &Waiting| waiting.uid == uid && !waiting.end.is_closed();
            waiting.iter().position(still).map(|index| waiting.remove(index))
        };
        let Some(Waiting { end, gone, .. }) = oldest else { return false };
        // It may have ended by itself meanwhile.
        let _ended = end.send(());
        let _gone = tokio::time::timeout(PATIENCE, gone).await;
        true
    }

    /// Another person whose sign-in waits.
    pub(super) fn of_another(&self, uid: u32) -> Option<u32> {
        let waiting = self.lock();
        let other = waiting.iter().find(|waiting| waiting.uid != uid && !waiting.end.is_closed());
        other.map(|waiting| waiting.uid)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Waiting>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Attempt {
    /// Until another sign-in of the same person takes its place.
    pub(super) async fn replaced(&mut self) {
        if (&mut self.end).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// Tells the status of a sign-in unless it came to something; also when whoever began it went away.
pub(super) struct Unfinished<'a> {
    driver: &'a SessionDriver,
    who: String,
    advice: Option<String>,
    resolved: bool,
}

impl<'a> Unfinished<'a> {
    pub(super) fn begin(driver: &'a SessionDriver, who: String) -> Self {
        Self { driver, who, advice: None, resolved: true }
    }

    /// From here on it waits for a page, where whatever is wrong is shown; `advice` is what to do about it.
    pub(super) fn waits(&mut self, advice: Option<String>) {
        self.advice = advice;
        self.resolved = false;
    }

    /// What is to be told is told elsewhere, or nothing is.
    pub(super) fn resolve(&mut self) {
        self.resolved = true;
    }

    /// It failed for this.
    pub(super) fn failed(&mut self, error: &SignInError) {
        match error {
            // The person knows, or is told for as long as it lasts.
            SignInError::Denied(_) | SignInError::Listen { .. } | SignInError::Random(_) => self.resolve(),
            SignInError::TimedOut => {}
            SignInError::Refused { .. }
            | SignInError::OtherIssuer
            | SignInError::IdToken(_)
            | SignInError::NoDeviceGrant
            | SignInError::Web(_) => {
                self.resolve();
                let sentence = format!("The last sign-in to {} came to nothing: {error}", self.who);
                self.raise(Severity::Attention, sentence, "Run `pullgate sign-in` again when that is done");
            }
        }
    }

    fn raise(&self, severity: Severity, sentence: String, action: &str) {
        self.driver.conditions.raise(UNFINISHED, severity, sentence, Some(action));
        self.driver.conditions.publish();
    }
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if self.resolved {
            return;
        }
        let sentence = format!(
            "The last sign-in to {} was not finished: nobody came back from the page of its identity provider",
            self.who
        );
        let action = self.advice.as_deref().unwrap_or("Run `pullgate sign-in` again");
        self.raise(Severity::Notice, sentence, action);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_forgotten_sign_in_of_the_same_person_gives_way_and_no_other_does() {
        let attempts = Attempts::default();
        let (mut first, other) = (attempts.begin(1000), attempts.begin(1001));
        assert_eq!((attempts.of_another(1000), attempts.of_another(1001)), (Some(1001), Some(1000)));
        let ended = tokio::spawn(async move { first.replaced().await });
        assert!(attempts.end_oldest(1000).await);
        ended.await.unwrap();
        assert!(!attempts.end_oldest(1000).await, "there is none any longer");
        drop(other);
        assert_eq!(attempts.of_another(1000), None);
    }
}

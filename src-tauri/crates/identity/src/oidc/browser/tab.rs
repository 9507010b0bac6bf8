//! The tab of the browser that came back, which waits for its last page until it is known what became of the sign-in.

use tokio::net::TcpStream;

use super::{listener, page};

/// A tab that waits for an answer. Dropping it leaves the person with an error of the browser.
pub struct BrowserTab {
    pub(super) stream: TcpStream,
    pub(super) organization: String,
}

impl BrowserTab {
    /// Shows that the person is signed in.
    pub async fn welcome(mut self) {
        listener::answer(&mut self.stream, &page::signed_in(&self.organization)).await;
    }

    /// Shows that the person is not signed in, and these sentences: why, and what to do.
    pub async fn refuse(mut self, why: &str) {
        listener::answer(&mut self.stream, &page::not_signed_in(&self.organization, why)).await;
    }
}

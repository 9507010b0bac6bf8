//! The small internet as a test sees it: what was asked of it, how it shall behave, what it holds.
//!
//! The program behind it is `tests/internet/`; both sides share the types of this module.

mod asked;
mod image;
mod manner;

use std::path::{Path, PathBuf};

pub use asked::{Asked, Count, Kind};
pub use image::{Content, Image, Published, catalogue};
pub use manner::{Behavior, Manner};

use crate::exchange;

/// The password of `ada`, a member of the organization `acme` at every pretended registry.
pub const ADA_PASSWORD: &str = "ada-secret";
/// The password of `bob`, who has an account and no access to anything private.
pub const BOB_PASSWORD: &str = "bob-secret";

/// A handle on the internet of one laptop.
#[derive(Clone, Debug)]
pub struct Internet {
    socket: PathBuf,
}

impl Internet {
    /// The internet that listens for orders on this socket.
    pub fn at(socket: &Path) -> Self {
        Self { socket: socket.to_path_buf() }
    }

    /// Whether it is up and holds its first images.
    pub fn is_ready(&self) -> bool {
        exchange::call(&self.socket, "GET", "/ready", b"").is_ok_and(|answer| answer.status == 200)
    }

    /// Everything asked since it started or was last told to forget, oldest first.
    pub fn requests(&self) -> Vec<Asked> {
        self.order("GET", "/requests", &())
    }

    /// What was asked about one repository, named in full such as `docker.io/library/official`.
    pub fn count(&self, repository: &str) -> Count {
        Count::of(&self.requests(), repository)
    }

    /// Forgets what was asked so far.
    pub fn forget(&self) {
        self.order("DELETE", "/requests", &())
    }

    /// Makes the requests of one repository (or of all, `*`), of a web host (`policy.acme.example`) or of one of its
    /// paths (`login.acme.example/token`) be answered in a special manner.
    pub fn behave(&self, repository: &str, manner: Manner) {
        self.order("POST", "/behavior", &Behavior { repository: repository.to_owned(), manner })
    }

    /// Takes back every special manner.
    pub fn behave_well(&self) {
        self.order("DELETE", "/behavior", &())
    }

    /// Puts an image into its registry.
    pub fn publish(&self, image: &Image) -> Published {
        self.order("POST", "/images", image)
    }

    fn order<In: serde::Serialize, Out: serde::de::DeserializeOwned>(
        &self,
        method: &str,
        path: &str,
        content: &In,
    ) -> Out {
        exchange::order(("the internet", &self.socket), method, path, content)
    }
}

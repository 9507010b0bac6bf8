//! Which connections are no image's, as root sees the asking process.

use gateway::{Eventually, Owner, Passage, Passages};
use steward_protocol::{StewardRequest, StewardResponse};

use super::steward_client::Steward;

/// Asks the steward. Nothing is kept: a container that logs to a place may be made at any time.
pub(super) struct StewardPassages(Steward);

impl StewardPassages {
    pub(super) fn new(steward: Steward) -> Self {
        Self(steward)
    }

    async fn look(&self, owner: Owner, host: &str, port: u16) -> Option<Passage> {
        let Owner { uid, socket } = owner;
        let request = StewardRequest::Passage { uid, socket, host: host.to_owned(), port };
        let passage = match self.0.ask(request).await {
            Ok(StewardResponse::Passage { passage }) => passage,
            Ok(_) => None,
            Err(error) => {
                tracing::warn!(%error, host, "it is not known which program asks");
                None
            }
        };
        passage.map(|passage| match passage {
            steward_protocol::Passage::Git => Passage::Git,
            steward_protocol::Passage::Logs => Passage::Logs,
        })
    }
}

impl Passages for StewardPassages {
    fn passage<'a>(&'a self, owner: Owner, host: &'a str, port: u16) -> Eventually<'a, Option<Passage>> {
        Box::pin(self.look(owner, host, port))
    }
}

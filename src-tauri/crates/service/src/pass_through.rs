//! Which connections are no image's, as root sees the asking process.

use gateway::{BoxFuture, Owner, PassThrough, PassThroughLookup};
use steward_protocol::{StewardRequest, StewardResponse};

use super::steward_client::Steward;

/// Asks the steward. Nothing is kept: a container that logs to a place may be made at any time.
pub(super) struct StewardPassThrough(Steward);

impl StewardPassThrough {
    pub(super) fn new(steward: Steward) -> Self {
        Self(steward)
    }

    async fn look(&self, owner: Owner, host: &str, port: u16) -> Option<PassThrough> {
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
            steward_protocol::Passage::Git => PassThrough::Git,
            steward_protocol::Passage::Logs => PassThrough::Logs,
        })
    }
}

impl PassThroughLookup for StewardPassThrough {
    fn pass_through<'a>(
        &'a self,
        owner: Owner,
        host: &'a str,
        port: u16,
    ) -> BoxFuture<'a, Option<PassThrough>> {
        Box::pin(self.look(owner, host, port))
    }
}

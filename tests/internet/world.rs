//! What all hosts share: the recorder, the manners, the tokens, the warehouse and who may see what.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use crate::manners::Manners;
use crate::recorder::Recorder;
use crate::tokens::Tokens;
use crate::warehouse::Warehouse;
use crate::web::Web;

#[derive(Default)]
pub(crate) struct World {
    pub(crate) recorder: Recorder,
    pub(crate) manners: Manners,
    pub(crate) tokens: Tokens,
    pub(crate) warehouse: Warehouse,
    pub(crate) web: Web,
    private: Mutex<HashSet<String>>,
    ready: Mutex<bool>,
}

pub(crate) type Shared = Arc<World>;

impl World {
    pub(crate) fn hide(&self, repository: &str) {
        self.private.lock().expect("no holder panics").insert(repository.to_owned());
    }

    /// Whether an account (none: anonymous) may do this with a repository such as `docker.io/acme/tool`.
    pub(crate) fn may(&self, account: Option<&str>, repository: &str, action: &str) -> bool {
        let member = account == Some("ada");
        let owned = repository.split('/').nth(1) == Some("acme");
        match action {
            "pull" => member || !self.private.lock().expect("no holder panics").contains(repository),
            "push" => member && owned,
            _ => false,
        }
    }

    pub(crate) fn set_ready(&self) {
        *self.ready.lock().expect("no holder panics") = true;
    }

    pub(crate) fn is_ready(&self) -> bool {
        *self.ready.lock().expect("no holder panics")
    }
}

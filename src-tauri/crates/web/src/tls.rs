//! Whom to trust: the machine's authorities and those an administrator added.

use rustls::ClientConfig;
use trust::{Identities, Pool};

use super::{Authority, WebError};

pub(super) fn config(authorities: &[Authority]) -> Result<ClientConfig, WebError> {
    let mut pool = Pool::of_system();
    for authority in authorities {
        if let Some(flaw) = pool.add_pem(&authority.pem).first() {
            return Err(WebError::invalid(&authority.source, format!("cannot be used: {flaw}")));
        }
    }
    // The client speaks nothing newer: what is offered here and not spoken would end the service.
    let config = trust::config(pool, Identities::default(), &["http/1.1"]);
    config.map_err(|error| WebError::invalid("TLS", format!("cannot be used ({error})")))
}

//! Signing out: the session ends here at once, and the provider is told as far as it can be.

use std::sync::Arc;

use enrollment::{Identity, Provider};
use identity::session::{Credential, Input};
use secret::Secret;

use super::{SessionDriver, provider};

/// Ends the session; the sentence says so, and the page ends the provider's own session.
pub(crate) async fn sign_out(driver: &Arc<SessionDriver>) -> (String, Option<Secret>) {
    let found = driver.lock().as_ref().and_then(|live| {
        let account = live.session.holder().map(|person| person.account.clone());
        live.session.owner().map(|_| (live.identity.clone(), account))
    });
    let Some((identity, account)) = found else {
        driver.forget();
        return ("Nobody is signed in on this machine".to_owned(), None);
    };
    driver.tell(Input::SignedOut);
    super::pump(driver);
    driver.changed.send_replace(());
    let who = driver.who();
    let whose = account.map(|account| format!(" of `{account}`")).unwrap_or_default();
    let then = match identity.required {
        true => "new images are blocked until somebody signs in again",
        false => "rules for groups do not hold until somebody signs in again",
    };
    let page = end_session(driver, &identity).await;
    (format!("The session{whose} with {who} has ended on this machine; {then}"), page)
}

/// The page that ends the provider's own session. People see its address, so the ID token is not in it: the provider
/// asks once more instead.
async fn end_session(driver: &SessionDriver, identity: &Identity) -> Option<Secret> {
    let Provider::Oidc(of) = &identity.provider else { return None };
    let provider = provider::open_id(driver, identity, of).await.ok()?;
    provider.sign_out(None, None).await.end_session
}

/// Tells the provider that a credential will not be used again.
pub(super) async fn revoke(driver: Arc<SessionDriver>, identity: Identity, credential: Credential) {
    let (Provider::Oidc(of), Credential::Refresh { token }) = (&identity.provider, &credential) else {
        return;
    };
    match provider::open_id(&driver, &identity, of).await {
        Ok(provider) => {
            let done = provider.sign_out(Some(token), None).await.revocation;
            tracing::info!(?done, "the session was ended with the provider");
        }
        Err(error) => tracing::info!(%error, "the provider could not be told of the sign-out"),
    }
}

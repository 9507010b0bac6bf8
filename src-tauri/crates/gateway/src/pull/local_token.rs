//! Tokens of the mirror front itself. containerd can send an identity token to nobody but a token service, so the mirror
//! front names itself as one to it: what a client shows there comes back in a token, and is its login for the registry.
//! Such a token holds nothing that the client did not send, and opens nothing here.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http1::{Connection, Target, read_body};
use secret::Secret;

use super::{
    request::PullRequest,
    respond::{self, After, Response},
};
use crate::{
    ports::Login,
    upstream::{Destination, Scheme},
};

/// Where the mirror front gives them out.
pub(crate) const PATH: &str = "/pullgate/token";

const PREFIX: &str = "pullgate_";
const LARGEST_FORM: usize = 64 * 1024;
/// The user name by which stores of logins mark an identity token.
const IDENTITY_TOKEN: &str = "<token>";

/// The login in a token of ours; none in one that was given to nobody, or that is not ours.
pub(super) fn login(token: &str) -> Option<Login> {
    let bytes = URL_SAFE_NO_PAD.decode(token.strip_prefix(PREFIX)?).ok()?;
    serde_json::from_slice::<Option<Login>>(&bytes).ok()?
}

/// Whether a request shows a token of ours, so that asking for one again would change nothing.
pub(super) fn is_shown(request: &PullRequest) -> bool {
    let value = request.request.fields.get("authorization").unwrap_or_default();
    value.strip_prefix("Bearer ").is_some_and(|token| token.starts_with(PREFIX))
}

/// The challenge that leads a client of containerd here; none for others, or where the address of the mirror front is
/// not known.
pub(super) fn challenge(request: &PullRequest, refusal: &str) -> Option<String> {
    request.request.fields.get("x-pullgate-engine").filter(|engine| *engine == "containerd")?;
    let host = request.request.fields.get("host")?;
    let front = Destination::from_authority(Scheme::Https, host).filter(Destination::is_local)?;
    let realm = format!("https://{}{PATH}", front.authority());
    // It is told to people by containerd, and only where a token was not enough.
    let error = if is_shown(request) { format!(",error=\"{refusal}\"") } else { String::new() };
    Some(format!("WWW-Authenticate: Bearer realm=\"{realm}\",service=\"pullgate\"{error}\r\n"))
}

/// Gives out a token for what was shown: by a form (OAuth 2), by Basic, or by nothing.
pub(super) async fn give(request: &PullRequest, engine: &mut Connection) -> After {
    let Ok(form) = read_body(engine, request.body, LARGEST_FORM).await else { return After::Close };
    let basic = request.request.fields.get("authorization").and_then(Login::from_basic);
    let shown = of_form(&String::from_utf8_lossy(&form)).or(basic);
    let token = serde_json::to_vec(&shown).map(|bytes| URL_SAFE_NO_PAD.encode(bytes)).unwrap_or_default();
    let token = format!("{PREFIX}{token}");
    let body = serde_json::json!({ "token": token, "access_token": token, "expires_in": 3600 });
    let body = serde_json::to_vec(&body).unwrap_or_default();
    respond::send_after_body(
        request,
        engine,
        &Response { extra: "Cache-Control: no-store\r\n", ..Response::ok(body) },
    )
    .await
}

/// Whether a request is for a token.
pub(crate) fn is_asked_for(target: &Target) -> bool {
    matches!(target, Target::Origin(target) if target.split('?').next() == Some(PATH))
}

fn of_form(form: &str) -> Option<Login> {
    let field = |name: &str| {
        let mut values = form.split('&').filter_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        values.next().and_then(decoded).filter(|value| !value.is_empty())
    };
    let login = |user, secret: String| Login { user, secret: Secret::new(secret) };
    match field("grant_type")?.as_str() {
        "refresh_token" => Some(login(IDENTITY_TOKEN.to_owned(), field("refresh_token")?)),
        "password" => Some(login(field("username")?, field("password")?)),
        _ => None,
    }
}

/// The text behind percent signs and plus signs.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
                let (high, low) = (digit(rest.next())?, digit(rest.next())?);
                bytes.push(u8::try_from(high * 16 + low).ok()?);
            }
            other => bytes.push(other),
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_clients_write_it() {
        let shown = |form| of_form(form).map(|login| (login.user, login.secret.expose().to_owned()));
        let refresh =
            "client_id=containerd-client&grant_type=refresh_token&refresh_token=re%2Bfresh%26me&scope=a";
        assert_eq!(shown(refresh), Some(("<token>".to_owned(), "re+fresh&me".to_owned())));
        let password = "grant_type=password&password=a+b%C3%A9&username=ada";
        assert_eq!(shown(password), Some(("ada".to_owned(), "a bé".to_owned())));
        for form in
            ["", "grant_type=password&username=ada", "grant_type=refresh_token&refresh_token=%zz", "x=y"]
        {
            assert_eq!(shown(form), None, "{form}");
        }
    }

    #[test]
    fn a_token_holds_what_was_shown_and_a_strange_one_nothing() {
        let shown = Some(Login { user: "ada".to_owned(), secret: Secret::new("s:1") });
        let token = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&shown).unwrap());
        assert_eq!(login(&format!("{PREFIX}{token}")), shown);
        let nobody = URL_SAFE_NO_PAD.encode("null");
        for strange in
            [format!("{PREFIX}{nobody}"), token, PREFIX.to_owned(), "a.b.c".to_owned(), String::new()]
        {
            assert_eq!(login(&strange), None, "{strange}");
        }
    }
}

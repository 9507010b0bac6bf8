//! The device grant: a code in the terminal, a sign-in in a browser elsewhere.

use acceptance::browser::Browser;
use acceptance::laptop::Laptop;
use acceptance::provider::{EVE_PASSWORD, ISSUER};

use super::reply::{Reply, ask, ask_for_tokens};
use super::sign_in::{claims, part};
use super::tokens::{is_over, refresh};

pub(super) fn a_device_is_connected(laptop: &Laptop) {
    let provider = laptop.provider();
    let form = "-d client_id=pullgate --data-urlencode 'scope=openid offline_access groups'";
    let begun = ask(laptop, &format!("{ISSUER}/device/auth {form}"));
    let waiting = poll(laptop, &begun);
    assert_eq!((waiting.status, waiting.word("error").as_str()), (400, "authorization_pending"));
    connect(laptop, &begun);
    let tokens = poll(laptop, &begun);
    let claims = claims(&tokens);
    assert_eq!((&claims["sub"], claims.get("groups")), (&"00u1003".into(), None), "eve has no groups at all");
    let keys = ask(laptop, &format!("{ISSUER}/jwks")).json();
    assert_eq!(part(&tokens, 0)["kid"], keys["keys"][0]["kid"], "the key in use is the one published");
    let tokens = refresh(laptop, &tokens);
    assert_eq!(provider.account("eve").refresh_tokens, 1);
    provider.dismiss("eve");
    is_over(&refresh(laptop, &tokens));
}

fn connect(laptop: &Laptop, begun: &Reply) {
    let browser = Browser::open(laptop);
    browser.go(&begun.word("verification_uri_complete"));
    assert_eq!(browser.text("#code"), begun.word("user_code"));
    browser.click("#continue");
    browser.type_into("#user", "eve");
    browser.type_into("#password", EVE_PASSWORD);
    browser.click("#sign-in");
    browser.wait_for_text("h1", "Device connected");
}

fn poll(laptop: &Laptop, begun: &Reply) -> Reply {
    let grant = "urn:ietf:params:oauth:grant-type:device_code";
    ask_for_tokens(laptop, &[("grant_type", grant), ("device_code", &begun.word("device_code"))])
}

//! A provider that does not answer: pulls go on, the status says until when, and it heals without a person.

use acceptance::internet::Manner;
use acceptance::provider::TOKEN_ENDPOINT;
use acceptance::pull::Flavor;

use super::desk::{Desk, IMAGE, desk, snapshot};

/// A name, and what brings it about.
type Trouble = (&'static str, fn(&Desk));

const TROUBLES: [Trouble; 3] = [
    ("unavailable", |desk| desk.laptop.internet().behave(TOKEN_ENDPOINT, Manner::unavailable(None))),
    ("portal", |desk| desk.laptop.internet().behave("login.acme.example", Manner::page(200))),
    ("name", Desk::lose_name),
];

#[test]
fn a_provider_that_is_away_stops_no_image_and_is_asked_again_without_a_person() {
    let mut desk = desk();
    desk.ada_signs_in();
    for (name, trouble) in TROUBLES {
        trouble(&desk);
        desk.later(9);
        snapshot(&format!("away_{name}"), &desk.told("sign-in-offline"));
        desk.arrives(Flavor::DockerPull, IMAGE);
        desk.come_back();
        desk.touch_network();
        desk.wait_for_state("signedIn");
        assert_eq!(desk.refresh_tokens("ada"), 1, "{name}");
    }
}

//! One laptop whose provider behaves like one after the other, each enrolled with its recipe of the manual.

use std::sync::atomic::{AtomicU32, Ordering};

use acceptance::laptop::Person;
use acceptance::product::while_stopped;
use acceptance::provider::Brand;
use acceptance::pull::Flavor;
use acceptance::shared::{Shared, SharedGuard};

use crate::organization::attempt::{Attempt, Ended};
use crate::organization::desk::{Desk, IMAGE, enrollment, filters};

static DESK: Shared<Desk> = Shared::new(|| Desk::new(ORDINARY));

const ORDINARY: &str = "issuer = \"https://login.acme.example\"\nclient_id = \"pullgate\"\n\
     membership = { claim = \"groups\", contains = \"engineering\" }";
const MANUAL: &str = include_str!("../../../../src-tauri/docs/sign-in.md");

/// The laptop, enrolled with this provider's recipe; nobody is signed in.
pub(super) fn enrolled(brand: Brand) -> SharedGuard<'static, Desk> {
    let desk = DESK.lock();
    enroll(&desk, brand, &recipe(brand));
    desk
}

/// Enrolls with this section `[identity]`, whose issuer the provider then has. Whatever test was here before, nobody
/// has signed in.
pub(super) fn enroll(desk: &Desk, brand: Brand, identity: &str) {
    desk.come_back();
    let provider = desk.laptop.provider();
    let issuer = provider.behave_like(brand);
    for (login, groups) in
        [("ada", Some(&["engineering", "qa"][..])), ("bob", Some(&["sales"][..])), ("eve", None)]
    {
        provider.regroup(login, groups);
        provider.revoke(login);
    }
    desk.laptop.must("pullgate sign-out");
    while_stopped(&desk.laptop, "rm -f /var/lib/pullgate/session");
    let (text, edition) = edition_of(&identity.replace("ISSUER", &issuer));
    desk.laptop.write_file("/etc/pullgate/new", &text);
    desk.laptop.must("mv /etc/pullgate/new /etc/pullgate/enrollment.toml");
    desk.laptop.wait_for("the service has the enrollment", |laptop| {
        laptop.must("pullgate status --json").stdout.contains(&edition)
    });
    desk.laptop.internet().forget();
}

/// An enrollment, and what tells it from all others.
fn edition_of(identity: &str) -> (String, String) {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let edition = format!("https://m{}.acme.example", NEXT.fetch_add(1, Ordering::Relaxed));
    let text = enrollment(identity) + &format!("\n[stand-in.\"unused.example\"]\nurl = \"{edition}\"\n");
    (text, edition)
}

/// The recipe of the manual, with the laboratory's names in the places of those of an organization.
pub(super) fn recipe(brand: Brand) -> String {
    let title = match brand {
        Brand::Acme => "Another provider",
        Brand::Entra => "Entra ID",
        Brand::Okta => "Okta",
        Brand::Google => "Google",
        Brand::Keycloak => "Keycloak",
        Brand::Auth0 => "Auth0",
        Brand::Ping => "PingOne",
        Brand::Authentik => "authentik",
    };
    let section = MANUAL.split_once(&format!("\n### {title}\n")).expect("the manual has the provider").1;
    let block = section.split_once("```toml\n[identity]\n").and_then(|(_, rest)| rest.split_once("```"));
    let lines =
        block.expect("the provider has a recipe").0.lines().map(|line| match line.split_once(" = ") {
            Some(("issuer", _)) => "issuer = \"ISSUER\"".to_owned(),
            Some(("client_id", _)) => "client_id = \"pullgate\"".to_owned(),
            Some(("device_client_id", _)) => "device_client_id = \"pullgate-tv\"".to_owned(),
            Some(_) | None => line.to_owned(),
        });
    lines.collect::<Vec<_>>().join("\n")
}

/// Somebody signs in by browser with an account.
pub(super) fn by_browser(desk: &Desk, login: &str) -> Ended {
    desk.sign_in(Person::Ada, login)
}

/// Somebody signs in with a code that they enter elsewhere.
pub(super) fn by_code(desk: &Desk, login: &str) -> Ended {
    let attempt = Attempt::begin(&desk.laptop, Person::Ada, "--device");
    let page = attempt.enter(login);
    assert!(page.contains("Device connected"), "{page}\n{}", attempt.text());
    attempt.end()
}

/// Fails unless ada is signed in by this name and images arrive.
pub(super) fn is_signed_in(desk: &Desk, account: &str) {
    let session = desk.wait_for_state("signedIn");
    assert_eq!(session["account"], account, "{session}");
    desk.arrives(Flavor::DockerPull, IMAGE);
}

/// Nine hours pass, and the provider is asked again.
pub(super) fn is_renewed(desk: &mut Desk, account: &str) {
    let before = token_requests(desk);
    desk.later(9);
    desk.laptop.wait_for("the provider was asked again", |_| token_requests(desk) > before);
    is_signed_in(desk, account);
}

/// Compares with a snapshot.
pub(super) fn snapshot(name: &str, text: &str) {
    insta::with_settings!({ filters => filters(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(format!("providers_{name}"), text);
    });
}

/// How often a token endpoint was asked, at whichever path.
pub(super) fn token_requests(desk: &Desk) -> usize {
    asked(desk, "/token")
}

/// How often the provider was asked at a path that ends so.
pub(super) fn asked(desk: &Desk, end: &str) -> usize {
    let asked = desk.laptop.internet().requests();
    asked.iter().filter(|asked| asked.host == "login.acme.example" && asked.path.ends_with(end)).count()
}

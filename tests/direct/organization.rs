//! What an organization has in front of its laptops: an identity provider, a policy host, a place at Docker Hub.

mod device;
mod hub;
mod policy_host;
mod reply;
mod sign_in;
mod tokens;

use acceptance::browser::Browser;
use acceptance::laptop::{Laptop, Options};
use acceptance::policy_host::POLICY_HOST;

#[test]
fn the_services_of_an_organization_behave_as_ordered() {
    let laptop = Laptop::boot(&Options::daemonless().identity_provider().policy_host());
    let browser = Browser::open(&laptop);
    the_browser_trusts_whom_the_laptop_trusts(&browser);
    let signed_in = sign_in::a_person_signs_in_with_a_browser(&laptop, &browser);
    let refreshed = tokens::refreshed_tokens_follow_the_groups(&laptop, &signed_in);
    tokens::an_answer_that_is_lost_has_used_the_token_up(&laptop, &refreshed);
    tokens::a_grant_is_ended_from_either_side(&laptop, &browser);
    tokens::the_token_endpoint_misbehaves_as_ordered(&laptop);
    sign_in::a_person_signs_out(&laptop, &browser, &signed_in);
    drop(browser);
    tokens::keys_are_rotated(&laptop);
    device::a_device_is_connected(&laptop);
    policy_host::a_policy_is_fetched_once_and_then_only_compared(&laptop);
    policy_host::the_policy_host_misbehaves_as_ordered(&laptop);
    hub::docker_hub_knows_its_members(&laptop);
    hub::docker_hub_misbehaves_as_ordered(&laptop);
}

#[test]
fn a_laptop_without_these_services_finds_their_names_and_nobody_there() {
    let laptop = Laptop::boot(&Options::daemonless());
    for host in ["login.acme.example", "policy.acme.example"] {
        let reply = reply::ask(&laptop, &format!("https://{host}/"));
        assert_eq!(reply.status, 502, "{reply:?}");
        assert!(reply.body.starts_with(&format!("nothing runs behind {host}")), "{reply:?}");
    }
    assert!(!laptop.provider().is_ready());
}

fn the_browser_trusts_whom_the_laptop_trusts(browser: &Browser<'_>) {
    browser.go(POLICY_HOST);
    browser.wait_for_text("body", "Policies of Acme");
    for (host, trusted) in [("files.example", true), ("foreign.example", false), ("expired.example", false)] {
        let reached =
            format!("return fetch('https://{host}/', {{mode: 'no-cors'}}).then(() => true, () => false)");
        assert_eq!(browser.run(&reached), trusted, "{host}");
    }
}

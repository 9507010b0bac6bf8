//! Docker Hub's own settings as the policy.

use acceptance::internet::Manner;
use acceptance::laptop::{Laptop, Options, Person};
use acceptance::product::{ENROLLMENT, install, with_product};
use serde_json::{Value, json};

use super::desk::snapshot;
use crate::network::lab::status;

const SETTINGS: &str = "hub.docker.com/v2/orgs/acme/settings";

fn enrollment() -> String {
    let policy = "[policy]\nurl = \"docker-hub\"\n\n[identity]\nprovider = \"docker-hub\"\n";
    let (before, rest) = ENROLLMENT.split_once("[policy]").expect("it has a policy");
    let (_, contact) = rest.split_once("[contact]").expect("it has a contact");
    format!("{before}{policy}\n[contact]{contact}")
}

#[test]
fn the_settings_of_an_organization_become_a_policy_with_remarks() {
    let laptop = Laptop::boot(&with_product(Options::daemonless()));
    install(&laptop);
    let imported = laptop.must(
        "cd /root && echo ada-secret | pullgate policy import-hub acme --account ada --output policy.json && cat policy.json \
         && pullgate policy check policy.json",
    );
    let wrong = laptop.run("echo wrong | pullgate policy import-hub acme --account ada");
    let stranger = laptop.run("echo bob-secret | pullgate policy import-hub acme --account bob");
    let nobody = laptop.run("echo ada-secret | pullgate policy import-hub nobody --account ada");
    assert_eq!([wrong.code, stranger.code, nobody.code], [1, 1, 1]);
    let text = [imported, wrong, stranger, nobody].map(|output| output.terminal);
    snapshot("import_hub", &text.join("\n"));
}

#[test]
fn a_change_at_docker_hub_is_in_force_after_a_refresh() {
    let laptop = Laptop::boot(&with_product(Options::daemonless()));
    install(&laptop);
    laptop.write_file("/root/enrollment.toml", enrollment());
    laptop.must("pullgate enroll /root/enrollment.toml --yes");
    snapshot("hub_before_sign_in", &laptop.run("pullgate status").terminal);
    let signed_in = laptop.run_as(Person::Ada, "echo ada-secret | pullgate sign-in --docker-hub ada");
    assert_eq!(signed_in.code, 0, "{}", signed_in.terminal);
    laptop.wait_for("the policy is there", |laptop| status(laptop)["policy"]["state"] == "current");
    let explain = |image: &str| laptop.run_as(Person::Ada, &format!("pullgate explain {image}")).code;
    assert_eq!(["docker.io/library/official:1", "docker.io/someuser/tool:1"].map(explain), [0, 3]);
    snapshot("hub_show", &laptop.must("pullgate policy show").terminal);
    let first = status(&laptop)["policy"]["stamp"]["serial"].take();
    laptop.must("pullgate policy refresh");
    assert_eq!(status(&laptop)["policy"]["stamp"]["serial"], first, "nothing has changed");
    let stricter = json!({ "restricted_images": {
        "enabled": true, "allow_official_images": false, "allow_verified_publishers": true } });
    laptop.internet().behave(SETTINGS, Manner::answers(200, "application/json", &stricter.to_string()));
    laptop.must("pullgate policy refresh");
    assert_eq!(["docker.io/library/official:1", "docker.io/acme/tool:1"].map(explain), [3, 0]);
    assert!(serial(&laptop) > first.as_u64());
    owners_are_exempt(&laptop);
    laptop.internet().behave("hub.docker.com", Manner::hub_wants_rest(4_000_000_000));
    let refreshed = laptop.run("pullgate policy refresh");
    assert_eq!(refreshed.code, 1);
    assert_eq!(explain("docker.io/acme/tool:1"), 0, "what was known goes on");
    snapshot("hub_rests", &format!("{}\n{}", refreshed.terminal, laptop.run("pullgate status").terminal));
}

fn owners_are_exempt(laptop: &Laptop) {
    let explain = || laptop.run_as(Person::Ada, "pullgate explain docker.io/someuser/tool:1").code;
    assert_eq!(explain(), 3, "a member");
    let orgs = json!({ "count": 1, "next": null, "previous": null, "results": [{
        "id": "0acme", "orgname": "acme", "full_name": "acme", "type": "Organization", "is_active": true,
        "user_role": "Owner", "user_groups": ["owners"], "plan_name": "Business",
    }] });
    let owner = Manner::answers(200, "application/json", &orgs.to_string());
    laptop.internet().behave("hub.docker.com/v2/user/orgs", owner);
    laptop.run_as(Person::Ada, "pullgate sign-out");
    let again = laptop.run_as(Person::Ada, "echo ada-secret | pullgate sign-in --docker-hub ada");
    assert_eq!((again.code, explain()), (0, 0), "an owner: {}", again.terminal);
}

fn serial(laptop: &Laptop) -> Option<u64> {
    let status: Value = status(laptop);
    status["policy"]["stamp"]["serial"].as_u64()
}

//! Docker Hub's web interface.

use acceptance::internet::Manner;
use acceptance::laptop::Laptop;
use serde_json::{Value, json};

use super::reply::{Reply, ask};

pub(super) fn docker_hub_knows_its_members(laptop: &Laptop) {
    assert_eq!(sign_in(laptop, "ada", "guessed").status, 401);
    assert_eq!(ask(laptop, "https://hub.docker.com/v2/user/").status, 401);
    let ada = sign_in(laptop, "ada", "ada-secret").word("access_token");
    let bob = sign_in(laptop, "bob", "bob-secret").word("access_token");
    assert_eq!(get(laptop, &ada, "user/").word("username"), "ada");
    let first = get(laptop, &ada, "user/orgs?page_size=1").json();
    assert_eq!((&first["count"], &first["results"][0]["orgname"]), (&json!(2), &json!("ada-at-home")));
    let next = first["next"].as_str().and_then(|next| next.strip_prefix("https://hub.docker.com/v2/"));
    let second = get(laptop, &ada, next.expect("there is a second page")).json();
    let acme = &second["results"][0];
    assert_eq!(
        [&acme["orgname"], &acme["user_role"], &acme["user_groups"], &acme["plan_name"], &second["next"]],
        [&json!("acme"), &json!("Member"), &json!(["qa"]), &json!("Business"), &Value::Null]
    );
    assert_eq!(get(laptop, &bob, "user/orgs").json()["results"], json!([]));
    assert_eq!(
        get(laptop, &ada, "orgs/acme/settings").json(),
        json!({"restricted_images": {"enabled": true, "allow_official_images": true, "allow_verified_publishers": true}})
    );
    let access = "orgs/acme/settings/registry-access-management";
    assert_eq!(get(laptop, &ada, access).json()["custom_registries"][0]["address"], "ghcr.io");
    let statuses = [(&ada, "orgs/nobody/settings"), (&bob, access), (&bob, "orgs/acme/settings")];
    assert_eq!(statuses.map(|(token, path)| get(laptop, token, path).status), [404, 403, 403]);
}

pub(super) fn docker_hub_misbehaves_as_ordered(laptop: &Laptop) {
    let internet = laptop.internet();
    let ada = sign_in(laptop, "ada", "ada-secret").word("access_token");
    internet.behave("hub.docker.com/v2/user/orgs", Manner::page(403));
    let refused = get(laptop, &ada, "user/orgs?page=1");
    assert_eq!((refused.status, refused.header("content-type")), (403, Some("text/html; charset=utf-8")));
    internet.behave_well();
    internet.behave("hub.docker.com", Manner::hub_wants_rest(1_800_000_000));
    let refused = get(laptop, &ada, "user/orgs");
    assert_eq!((refused.status, refused.header("x-retry-after")), (429, Some("1800000000")));
    internet.behave_well();
    assert_eq!(get(laptop, &ada, "user/orgs").status, 200);
}

fn sign_in(laptop: &Laptop, identifier: &str, secret: &str) -> Reply {
    let form = json!({"identifier": identifier, "secret": secret});
    ask(laptop, &format!("https://hub.docker.com/v2/auth/token --json '{form}'"))
}

fn get(laptop: &Laptop, token: &str, path: &str) -> Reply {
    ask(laptop, &format!("-H 'Authorization: Bearer {token}' 'https://hub.docker.com/v2/{path}'"))
}

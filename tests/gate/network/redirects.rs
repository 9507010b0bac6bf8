//! Where allowed content is redirected to opens exactly that far, and no image of another registry comes along.

use acceptance::internet::{Image, Manner};
use acceptance::laptop::{Laptop, Options, Store};
use acceptance::product::enrolled;
use acceptance::pull::Flavor;
use serde_json::json;

use super::lab::{arrived, denied, open_policy};

const CDN: &str = "production.cloudflare.docker.com";
const PAUSE: &str = "us-west1-docker.pkg.dev/k8s/images/pause:1";

#[test]
fn a_redirect_opens_exactly_where_it_leads() {
    let laptop = enrolled(Options::docker(Store::Classic), &open_policy(json!({})));
    blobs_come_from_the_content_host_with_its_own_certificate(&laptop);
    another_registry_is_open_exactly_there(&laptop);
    an_allowed_repository_may_lead_into_another_registry(&laptop);
    a_denied_repository_leads_nowhere(&laptop);
}

/// The issuer of the certificate that a client of the proxy front is shown for a host.
fn issuer(laptop: &Laptop, host: &str) -> String {
    let probe = format!("curl -sk -o /dev/null -w '%{{certs}}' -x http://127.0.0.1:859 https://{host}/");
    let text = laptop.run(&probe).stdout;
    let line = text.lines().find(|line| line.starts_with("Issuer:")).unwrap_or_default();
    line.trim_start_matches("Issuer:").to_owned()
}

fn blobs_come_from_the_content_host_with_its_own_certificate(laptop: &Laptop) {
    assert!(issuer(laptop, CDN).contains("Pullgate"), "{}", issuer(laptop, CDN));
    denied(&Flavor::DockerPull.attempt(laptop, "docker.io/someuser/tool:1"));
    assert!(issuer(laptop, CDN).contains("Pullgate"), "a denied pull opens nothing");
    let outcome = Flavor::DockerPull.attempt(laptop, "docker.io/library/official:1");
    arrived(&outcome);
    assert!(outcome.asked.contents > 0, "{outcome}");
    assert_eq!(issuer(laptop, CDN), "CN = Small Internet Root");
    for host in ["registry-1.docker.io", "auth.docker.io", "files.example"] {
        assert!(issuer(laptop, host).contains("Pullgate"), "{host}: {}", issuer(laptop, host));
    }
}

fn another_registry_is_open_exactly_there(laptop: &Laptop) {
    for flavor in [Flavor::DockerPull, Flavor::Podman] {
        denied(&flavor.attempt(laptop, PAUSE));
        arrived(&flavor.attempt(laptop, "registry.k8s.io/pause:1"));
        denied(&flavor.attempt(laptop, PAUSE));
    }
    assert!(issuer(laptop, "us-west1-docker.pkg.dev").contains("Pullgate"));
}

fn an_allowed_repository_may_lead_into_another_registry(laptop: &Laptop) {
    let internet = laptop.internet();
    let there = "us-west1-docker.pkg.dev/shared/tool";
    internet.publish(&Image::new(there, &["1"]));
    internet.behave("docker.io/acme/tool", Manner::Redirects { to: there.to_owned() });
    arrived(&Flavor::DockerPull.attempt(laptop, "docker.io/acme/tool:1"));
    assert!(internet.count(there).blobs > 0);
    denied(&Flavor::DockerPull.attempt(laptop, &format!("{there}:1")));
    internet.behave_well();
}

fn a_denied_repository_leads_nowhere(laptop: &Laptop) {
    let internet = laptop.internet();
    let there = "us-west1-docker.pkg.dev/bait/tool";
    internet.publish(&Image::new(there, &["1"]));
    internet.behave("docker.io/evil/miner", Manner::Redirects { to: there.to_owned() });
    for flavor in [Flavor::DockerPull, Flavor::Podman] {
        denied(&flavor.attempt(laptop, "docker.io/evil/miner:1"));
    }
    assert!(internet.count(there).is_nothing());
    internet.behave_well();
}

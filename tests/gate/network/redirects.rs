//! Where allowed content is redirected to opens exactly that far, and no image of another registry comes along.

use acceptance::internet::{Image, Manner};
use acceptance::laptop::{Laptop, Options, Person, Store};
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
    a_registry_of_this_machine_opens_nothing(&laptop);
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

/// A registry that anybody can run here. It sends whoever asks for `x/image` to a denied image of Docker Hub, whoever asks
/// for `x/unlisted` to an image of a registry that no rule names, and whoever asks for blobs of `x/host` to that host.
const OF_HERE: &str = r#"
const http = require('http');
const places = {
  image: 'https://registry-1.docker.io/v2/evil/miner/',
  unlisted: 'https://us-west1-docker.pkg.dev/v2/bait/tool/',
};
http.createServer((request, answer) => {
  const [, name, rest] = request.url.match(/^\/v2\/x\/([a-z]+)\/(.*)/) ?? [];
  const place = name === 'host' ? 'https://us-west1-docker.pkg.dev/x' : `${places[name]}${rest}`;
  answer.writeHead(307, { location: place, 'content-length': 0 }).end();
}).listen(5000, '127.0.0.1');
"#;

const BLOB: &str = "blobs/sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn a_registry_of_this_machine_opens_nothing(laptop: &Laptop) {
    laptop.write_file("/srv/of-here.js", OF_HERE);
    laptop.must("systemd-run --quiet --unit of-here node /srv/of-here.js");
    laptop.wait_for("it listens", |laptop| laptop.run("curl -s http://127.0.0.1:5000/").code == 0);
    let evil = "docker.io/evil/miner";
    let bait = "us-west1-docker.pkg.dev/bait/tool";
    let before = [laptop.internet().count(evil).blobs, laptop.internet().count(bait).blobs];
    for agent in ["docker/26.1.5", "containers/5.4.2"] {
        for path in ["image/manifests/1", "unlisted/manifests/1", &format!("host/{BLOB}")] {
            for person in [Person::Root, Person::Ada, Person::Bob] {
                let ask = format!("curl -sk -o /dev/null -A {agent}");
                laptop.run_as(
                    person,
                    &format!("{ask} -x http://127.0.0.1:859 http://127.0.0.1:5000/v2/x/{path}"),
                );
                laptop.run_as(person, &format!("{ask} https://127.0.0.1:858/v2/127.0.0.1__5000/x/{path}"));
            }
        }
    }
    assert!(issuer(laptop, "us-west1-docker.pkg.dev").contains("Pullgate"), "no tunnel to a registry");
    for flavor in [Flavor::DockerPull, Flavor::Podman] {
        denied(&flavor.attempt(laptop, &format!("{evil}:1")));
        denied(&flavor.attempt(laptop, &format!("{bait}:1")));
    }
    let after = [laptop.internet().count(evil).blobs, laptop.internet().count(bait).blobs];
    assert_eq!(before, after, "nothing of them was fetched");
    laptop.must("systemctl stop of-here");
}

//! The small internet itself: its certificates, its redirects and its manners.

use acceptance::internet::{Count, Image, Kind, Manner};
use acceptance::laptop::{CorporateProxy, Laptop, Options};
use acceptance::pull::Flavor;

#[test]
fn the_internet_behaves_as_ordered() {
    let laptop = Laptop::boot(&Options::daemonless());
    certificates_are_judged(&laptop);
    a_private_authority_and_a_client_certificate_open_the_door(&laptop);
    registries_redirect(&laptop);
    manners_are_obeyed(&laptop);
    files_and_git_are_served(&laptop);
    tag_lists_come_in_pages(&laptop);
    a_disguised_path_counts_for_its_repository(&laptop);
    a_corporate_proxy_wants_its_password(&laptop);
    published_images_can_be_pulled_by_digest(&laptop);
}

fn certificates_are_judged(laptop: &Laptop) {
    for (host, complaint) in [
        ("expired.example", "certificate has expired"),
        ("wronghost.example", "certificate is valid for another.example"),
        ("foreign.example", "certificate signed by unknown authority"),
        ("203.0.113.20:5000", "server gave HTTP response to HTTPS client"),
    ] {
        let image = if host.contains(':') { "plain/app" } else { "team/app" };
        let outcome = Flavor::SkopeoInspect.attempt(laptop, &format!("{host}/{image}:1"));
        assert!(outcome.terminal.contains(complaint), "{host}: {}", outcome.terminal);
        assert_eq!(outcome.asked, Count::default());
    }
    laptop.must("skopeo inspect --tls-verify=false docker://203.0.113.20:5000/plain/app:1");
}

fn a_private_authority_and_a_client_certificate_open_the_door(laptop: &Laptop) {
    let image = "registry.acme.example/team/app:1";
    assert!(!Flavor::SkopeoInspect.attempt(laptop, image).present);
    let folder = "/etc/containers/certs.d/registry.acme.example";
    laptop.must(&format!("mkdir -p {folder} && cp /etc/internet/acme-ca.pem {folder}/ca.crt"));
    let without = Flavor::SkopeoInspect.attempt(laptop, image);
    assert!(without.terminal.contains("certificate required"), "{}", without.terminal);
    laptop.must(&format!(
        "cp /etc/internet/client.pem {folder}/me.cert; cp /etc/internet/client.key {folder}/me.key"
    ));
    assert!(Flavor::SkopeoInspect.attempt(laptop, image).present);
}

fn registries_redirect(laptop: &Laptop) {
    let internet = laptop.internet();
    internet.forget();
    assert!(Flavor::Podman.attempt(laptop, "registry.k8s.io/pause:1").present);
    assert!(internet.count("us-west1-docker.pkg.dev/k8s/images/pause").manifests > 0);
    assert!(Flavor::Podman.attempt(laptop, "docker.io/grafana/tool:1").present);
    let contents = internet.requests().into_iter().filter(|asked| asked.kind == Kind::Content);
    let contents: Vec<_> = contents.filter(|asked| asked.host.ends_with("docker.com")).collect();
    assert_eq!(contents.len(), 3);
    assert!(contents.iter().all(|asked| !asked.authorized && asked.path.contains("//")));
}

fn manners_are_obeyed(laptop: &Laptop) {
    let internet = laptop.internet();
    let hub = "docker.io/acme/tool";
    let denied = Manner::hub_denies("acme/tool");
    let elsewhere = Manner::Redirects { to: "quay.io/coreos/etcd".to_owned() };
    for (manner, words) in [
        (denied, "denied: image access restricted: acme/tool blocked for organization acme"),
        (Manner::not_found(), "manifest unknown"),
        (Manner::unauthorized(), "unauthorized"),
        (Manner::CutsBlobs { after: 10 }, "unexpected EOF"),
        (elsewhere, "unauthorized"),
    ] {
        internet.behave(hub, manner);
        let outcome = Flavor::SkopeoCopy.attempt(laptop, &format!("{hub}:1"));
        assert!(!outcome.present && outcome.terminal.contains(words), "{words}: {}", outcome.terminal);
        internet.behave_well();
    }
    internet.behave(hub, Manner::Drips { bytes: 1 << 20, milliseconds: 1 });
    internet.behave(hub, Manner::InlineBlobs);
    let outcome = Flavor::SkopeoCopy.attempt(laptop, &format!("{hub}:1"));
    assert!(outcome.present && outcome.asked.contents == 0, "{outcome:?}");
    internet.behave_well();
}

fn files_and_git_are_served(laptop: &Laptop) {
    assert_eq!(laptop.must("curl -sS https://files.example/hello.txt").stdout, "hello from files.example\n");
    laptop.must("git clone -q --depth 1 https://git.example/app.git /tmp/app && test -e /tmp/app/Dockerfile");
}

fn published_images_can_be_pulled_by_digest(laptop: &Laptop) {
    let published = laptop.internet().publish(&Image::new("docker.io/acme/tool", &["2"]).edition(2));
    let outcome = Flavor::Podman.attempt(laptop, &format!("docker.io/acme/tool@{}", published.index));
    assert_eq!((outcome.code, outcome.present), (0, true), "{}", outcome.terminal);
}

fn a_corporate_proxy_wants_its_password(laptop: &Laptop) {
    let proxy = CorporateProxy::start(laptop);
    let inspect = "skopeo inspect docker://quay.io/coreos/etcd:1";
    assert_ne!(laptop.run(&format!("HTTPS_PROXY=http://203.0.113.14:3128 {inspect}")).code, 0);
    laptop.must(&format!("HTTPS_PROXY={} {inspect}", proxy.url()));
    let hosts = proxy.hosts();
    assert!(hosts.contains(&"quay.io:443".to_owned()), "{hosts:?}");
}

fn tag_lists_come_in_pages(laptop: &Laptop) {
    let list = "https://us-west1-docker.pkg.dev/v2/k8s/images/pause/tags/list";
    let first = laptop.must(&format!("curl -sSi '{list}?n=1'")).stdout;
    assert!(first.contains(r#""tags":["1"]"#) && first.contains("last=1&n=1>; rel=\"next\""), "{first}");
    let second = laptop.must(&format!("curl -sSi '{list}?last=1&n=1'")).stdout;
    assert!(second.contains(r#""tags":["latest"]"#) && !second.contains("link:"), "{second}");
}

fn a_disguised_path_counts_for_its_repository(laptop: &Laptop) {
    for path in
        ["/v2/evil%2Fminer/manifests/1", "/v2//evil/./miner/manifests/1", "/v2/%65vil/miner/manifests/1"]
    {
        let before = laptop.internet().count("docker.io/evil/miner");
        laptop.must(&format!("curl -sS --path-as-is https://registry-1.docker.io{path}"));
        let asked = laptop.internet().count("docker.io/evil/miner").since(before);
        assert_eq!(asked, Count { manifests: 1, ..Count::default() }, "{path}");
    }
}

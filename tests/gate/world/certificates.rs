//! Certificates as registries of companies have them. Whatever the engines believed is believed after enrolling, and
//! nothing else.

use acceptance::laptop::{Laptop, Options, Person, Store};
use acceptance::product::{enroll, install, with_product};
use acceptance::pull::masks;

use super::private_registry::{
    Case, Host, SOURCE, allowing, docker, fails, hold, host, name, podman, serve, works,
};

const NAMES: [&str; 12] = [
    "itself.lab.example",
    "plain.lab.example",
    "signed.lab.example",
    "anchor.lab.example",
    "nosan.lab.example",
    "system.lab.example",
    "clients.lab.example",
    "linked.lab.example",
    "half.lab.example",
    "broken.lab.example",
    "docker.lab.example",
    "unknown.lab.example",
];

/// Each as the recipe of a manual makes it.
const MADE: &str = r#"
cd /etc/lab
own() { openssl req -x509 -newkey rsa:2048 -nodes -sha256 -days 365 -subj "/CN=$1" -keyout $1.key -out $1.pem "${@:2}" 2>/dev/null; }
san() { echo "subjectAltName=DNS:$1"; }
root() { openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj "/CN=$1" -keyout $1.key -out $1.pem "${@:2}" 2>/dev/null; }
leaf() { openssl req -newkey rsa:2048 -nodes -subj "/CN=$1" -addext "$(san $1)" -keyout $1.key -out $1.csr 2>/dev/null
         openssl x509 -req -in $1.csr -days 365 -CA $2.pem -CAkey $2.key -copy_extensions copyall -out $1.pem 2>/dev/null; }
trusted() { mkdir -p /etc/docker/certs.d/$1; cp $2 /etc/docker/certs.d/$1/ca.crt; }
for name in itself system half broken unknown linked clients; do own $name.lab.example -addext "$(san $name.lab.example)"; done
own docker.lab.example -addext "$(san docker.lab.example)"
own plain.lab.example -addext "$(san plain.lab.example)" -addext basicConstraints=critical,CA:FALSE
own nosan.lab.example
root root
openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj /CN=signed.lab.example -addext "$(san signed.lab.example)" \
  -CA root.pem -CAkey root.key -keyout signed.lab.example.key -out signed.lab.example.pem 2>/dev/null
openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj /CN=between -CA root.pem -CAkey root.key -keyout between.key -out between.pem 2>/dev/null
leaf anchor.lab.example between
root north; root south
for side in north south; do
  openssl req -newkey rsa:2048 -nodes -subj "/CN=laptop of the $side" -keyout $side-client.key -out $side.csr 2>/dev/null
  openssl x509 -req -in $side.csr -days 365 -CA $side.pem -CAkey $side.key -out $side-client.pem 2>/dev/null
done
for name in itself plain nosan clients; do trusted $name.lab.example $name.lab.example.pem; done
trusted signed.lab.example root.pem
trusted anchor.lab.example between.pem
cp north-client.pem /etc/docker/certs.d/clients.lab.example/a.cert; cp north-client.key /etc/docker/certs.d/clients.lab.example/a.key
cp south-client.pem /etc/docker/certs.d/clients.lab.example/b.cert; cp south-client.key /etc/docker/certs.d/clients.lab.example/b.key
mkdir -p /opt/corp /etc/docker/certs.d/linked.lab.example && cp linked.lab.example.pem /opt/corp/ca.pem
ln -s /opt/corp/ca.pem /etc/docker/certs.d/linked.lab.example/ca.crt
mkdir -p /etc/docker/certs.d/half.lab.example /etc/docker/certs.d/broken.lab.example
printf -- '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' | tee /etc/docker/certs.d/broken.lab.example/ca.crt > damaged
cat damaged half.lab.example.pem > /etc/docker/certs.d/half.lab.example/ca.crt
cp system.lab.example.pem /usr/local/share/ca-certificates/system-lab.crt && update-ca-certificates >/dev/null 2>&1
cp docker.lab.example.pem /opt/corp/dockers.pem
chmod 644 /etc/docker/certs.d/*/*.key
mkdir -p /etc/systemd/system/docker.service.d
printf '[Service]\nEnvironment="SSL_CERT_FILE=/opt/corp/dockers.pem"\n' > /etc/systemd/system/docker.service.d/corp.conf
systemctl daemon-reload && systemctl restart docker
"#;

#[test]
fn whatever_the_engines_believed_is_believed_and_nothing_else() {
    let laptop = Laptop::boot(&with_product(Options::docker(Store::Classic)));
    name(&laptop, &NAMES);
    laptop.write_file("/etc/lab/make.sh", MADE);
    laptop.must("bash -e /etc/lab/make.sh");
    serve(&laptop, &NAMES.map(of));
    fill(&laptop);
    let certs =
        laptop.must("cd /etc/docker && find certs.d -type f -o -type l | sort | xargs sha256sum").stdout;
    hold(&laptop, "before", &cases());
    install(&laptop);
    enroll(&laptop, &allowing(&NAMES));
    let said = hold(&laptop, "enrolled", &cases());
    let words: Vec<String> = cases()
        .iter()
        .zip(&said)
        .filter(|(case, _)| !case.works)
        .map(|(case, output)| format!("{}\n{}", case.command, output.terminal))
        .collect();
    insta::with_settings!({ filters => masks(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("certificates_refused", words.join("\n"));
    });
    let status = laptop.must("pullgate status").terminal;
    assert!(status.contains("/etc/docker/certs.d/broken.lab.example/ca.crt"), "{status}");
    stand_ins_are_believed_alike(&laptop);
    laptop.must("pullgate unenroll --yes");
    hold(&laptop, "unenrolled", &cases());
    let after =
        laptop.must("cd /etc/docker && find certs.d -type f -o -type l | sort | xargs sha256sum").stdout;
    assert_eq!(after, certs);
}

fn of(name: &'static str) -> Host {
    let more = "ssl_client_certificate /etc/lab/south.pem; ssl_verify_client on;";
    if name.starts_with("clients.") { Host { name, more } } else { host(name) }
}

fn cases() -> Vec<Case> {
    let image = |host: &str| format!("{host}.lab.example/team/app:1");
    let ada = Person::Ada;
    let mut cases = Vec::new();
    for host in ["itself", "plain", "signed", "anchor", "system", "clients", "linked", "half", "docker"] {
        cases.push(works(ada, docker(&image(host))));
        // The daemon's own environment says nothing to Podman.
        let by_podman = podman(&image(host));
        cases.push(match host {
            "docker" => fails(ada, by_podman, "--tls-verify=false has no effect"),
            _ => works(ada, by_podman),
        });
    }
    let push = "docker pull -q itself.lab.example/team/app:1 && docker tag itself.lab.example/team/app:1 itself.lab.example/team/pushed:1 \
                && docker push -q itself.lab.example/team/pushed:1 && docker rmi itself.lab.example/team/app:1 itself.lab.example/team/pushed:1";
    cases.push(works(ada, push));
    let build = "mkdir -p b && echo FROM itself.lab.example/team/app:1 > b/Dockerfile && docker build -q --pull --no-cache b";
    cases.push(works(ada, build));
    for by in [docker, podman] {
        cases.push(fails(ada, by(&image("nosan")), "subject alternative name"));
        cases.push(fails(ada, by(&image("unknown")), "does not trust"));
        cases.push(fails(ada, by(&image("broken")), "/etc/docker/certs.d/broken.lab.example/ca.crt"));
    }
    cases
}

/// The certificate of a stand-in is believed by the same rules; so are `policy.ca` and `identity.ca`.
fn stand_ins_are_believed_alike(laptop: &Laptop) {
    let stand_in = "[stand-in.\"quay.io\"]\nurl = \"https://unknown.lab.example\"\nca = \"/etc/lab/unknown.lab.example.pem\"\n";
    let enrollment = format!("{}\n{stand_in}", acceptance::product::ENROLLMENT);
    laptop.write_file("/root/stand-in.toml", enrollment);
    laptop.must("pullgate enroll /root/stand-in.toml --replace --yes");
    hold(
        laptop,
        "enrolled",
        &[works(Person::Ada, podman("quay.io/team/app:1")), works(Person::Ada, docker("quay.io/team/app:1"))],
    );
}

fn fill(laptop: &Laptop) {
    laptop.must(&format!(
        "skopeo copy -q --dest-tls-verify=false docker://{SOURCE} docker://{}:5000/team/app:1",
        super::private_registry::ADDRESS
    ));
}

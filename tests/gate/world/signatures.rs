//! Signatures that policy.json requires, made by the tools themselves: sigstore attachments in the registry, and those
//! of GnuPG in a web folder and in a folder of the machine.

use acceptance::laptop::{Laptop, Options, Person};
use acceptance::product::{enroll, install, with_product};

use super::private_registry::{ADDRESS, Case, Host, SOURCE, allowing, fails, hold, host, name, serve, works};

const HOSTS: [&str; 4] =
    ["registry.lab.example", "registry.access.redhat.com", "files.lab.example", "default.lab.example"];
const FOLDER: &str = "/etc/containers/registries.d";
const SIGSTORE: &str = "docker:\n  registry.lab.example:\n    use-sigstore-attachments: true\n";
const RED_HAT: &str = "docker:\n  registry.access.redhat.com:\n    lookaside: https://sig.lab.example/webassets/sigstore\n    lookaside-staging: file:///srv/sig/webassets/sigstore\n";
const FILES: &str = "docker:\n  files.lab.example: { lookaside: \"file:///srv/signatures\" }\n";
const DEFAULT: &str = "default-docker:\n  lookaside: file:///srv/default\n";
const POLICY: &str = r#"{
  "default": [{ "type": "insecureAcceptAnything" }],
  "transports": { "docker": {
    "registry.lab.example": [{ "type": "sigstoreSigned", "keyPath": "/etc/lab/sigstore.pub" }],
    "registry.access.redhat.com": [{ "type": "signedBy", "keyType": "GPGKeys", "keyPath": "/etc/lab/gpg.pub" }],
    "files.lab.example": [{ "type": "signedBy", "keyType": "GPGKeys", "keyPath": "/etc/lab/gpg.pub" }],
    "default.lab.example": [{ "type": "signedBy", "keyType": "GPGKeys", "keyPath": "/etc/lab/gpg.pub",
                              "signedIdentity": { "type": "matchRepository" } }]
  } }
}
"#;
const MADE: &str = r#"
cd /etc/lab
openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj /CN=lab -keyout lab.key -out lab.pem \
  -addext subjectAltName=DNS:registry.lab.example,DNS:registry.access.redhat.com,DNS:files.lab.example,DNS:default.lab.example,DNS:sig.lab.example 2>/dev/null
for name in registry.lab.example registry.access.redhat.com files.lab.example default.lab.example sig.lab.example; do cp lab.pem $name.pem; cp lab.key $name.key; done
cp lab.pem /usr/local/share/ca-certificates/lab.crt && update-ca-certificates >/dev/null 2>&1
mkdir -p /srv/sig/webassets/sigstore /srv/signatures /srv/default
export GNUPGHOME=/etc/lab/gnupg; mkdir -m 700 $GNUPGHOME
gpg --batch --quiet --passphrase '' --quick-generate-key lab@lab.example default default never 2>/dev/null
gpg --batch --quiet --export lab@lab.example > gpg.pub
echo > passphrase
skopeo generate-sigstore-key --output-prefix sigstore --passphrase-file passphrase >/dev/null
"#;
const SIGNED: &str = r#"
export GNUPGHOME=/etc/lab/gnupg
skopeo copy -q --sign-by-sigstore-private-key /etc/lab/sigstore.private --sign-passphrase-file /etc/lab/passphrase docker://SOURCE docker://registry.lab.example/team/signed:1
for host in registry.access.redhat.com files.lab.example default.lab.example; do
  skopeo copy -q --sign-by lab@lab.example docker://SOURCE docker://$host/team/signed:1
done
for host in registry.lab.example registry.access.redhat.com files.lab.example default.lab.example; do
  skopeo copy -q docker://quay.io/coreos/etcd:1 docker://$host/team/unsigned:1
done
chmod -R a+rX /srv
"#;

#[test]
fn signatures_that_are_required_are_found_and_stay_required() {
    let options = Options::daemonless()
        .file("/etc/containers/policy.json", POLICY)
        .file(&format!("{FOLDER}/lab.yaml"), SIGSTORE)
        .file(&format!("{FOLDER}/redhat.yaml"), RED_HAT)
        .file(&format!("{FOLDER}/files.yaml"), FILES)
        .file(&format!("{FOLDER}/default.yaml"), DEFAULT);
    let laptop = Laptop::boot(&with_product(options));
    name(&laptop, &HOSTS);
    laptop.must(&format!("echo '{ADDRESS} sig.lab.example' >> /etc/hosts"));
    laptop.write_file("/etc/lab/make.sh", MADE);
    laptop.must("bash -e /etc/lab/make.sh");
    let mut servers: Vec<Host> = HOSTS.into_iter().map(host).collect();
    servers.push(Host { name: "sig.lab.example", more: "root /srv/sig;" });
    serve(&laptop, &servers);
    laptop.write_file("/etc/lab/sign.sh", SIGNED.replace("SOURCE", SOURCE));
    laptop.must("bash -e /etc/lab/sign.sh");
    let etc = "find /etc/containers -type f -o -type l | sort | xargs sha256sum";
    let before = laptop.must(etc).stdout;
    hold(&laptop, "before", &cases());
    install(&laptop);
    enroll(&laptop, &allowing(&HOSTS));
    hold(&laptop, "enrolled", &cases());
    let asked =
        laptop.must("grep -c 'GET /webassets/sigstore/team/signed@sha256' /var/log/lab-access.log").stdout;
    assert_ne!(asked.trim(), "0", "the person's own web folder is asked");
    a_change_of_the_person_is_followed(&laptop);
    laptop.must("pullgate unenroll --yes");
    hold(&laptop, "unenrolled", &cases());
    assert_eq!(laptop.must(etc).stdout, before, "every file is as it was, and none of ours is left");
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for host in HOSTS {
        let (signed, unsigned) = (format!("{host}/team/signed:1"), format!("{host}/team/unsigned:1"));
        for person in [Person::Ada, Person::Root] {
            cases.push(works(person, format!("podman pull -q {signed} && podman rmi -f {signed}")));
            cases.push(fails(person, format!("podman pull -q {unsigned}"), "ignature"));
        }
        cases.push(works(Person::Ada, format!("buildah pull -q {signed} && buildah rmi -f {signed}")));
        cases.push(works(Person::Ada, format!("rm -rf s && skopeo copy -q docker://{signed} dir:s")));
        cases.push(fails(
            Person::Ada,
            format!("rm -rf s && skopeo copy -q docker://{unsigned} dir:s"),
            "ignature",
        ));
    }
    cases
}

/// Somebody moves the folder of signatures while the machine is enrolled.
fn a_change_of_the_person_is_followed(laptop: &Laptop) {
    let pull =
        "podman pull -q files.lab.example/team/signed:1 && podman rmi -f files.lab.example/team/signed:1";
    laptop.must("mv /srv/signatures /srv/moved");
    laptop.write_file(&format!("{FOLDER}/files.yaml"), FILES.replace("/srv/signatures", "/srv/moved"));
    laptop.wait_for("the plan follows", |laptop| laptop.run_as(Person::Ada, pull).code == 0);
    laptop.must("mv /srv/moved /srv/signatures");
    laptop.write_file(&format!("{FOLDER}/files.yaml"), FILES);
    laptop.wait_for("and back", |laptop| laptop.run_as(Person::Ada, pull).code == 0);
}

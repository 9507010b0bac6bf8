//! `cargo xtask conformance PATH`: the official suite of the distribution specification, which somebody built, against
//! Debian's registry in a laptop: straight, by the proxy front and by the mirror front. The summaries have to be the same.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this program talks to a person at a terminal"
)]

use std::path::Path;
use std::process::ExitCode;

use acceptance::laptop::{Laptop, Options, Store};
use acceptance::product::{enroll, install, policy, with_product};
use serde_json::json;

const HOST: &str = "conform.lab.example";
/// Debian's registry behind nginx, since both fronts want TLS at the registry's end.
const SERVE: &str = r#"
mkdir -p /etc/lab && cd /etc/lab
openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=conform.lab.example \
  -addext subjectAltName=DNS:conform.lab.example -keyout key.pem -out registry.pem 2>/dev/null
cp registry.pem /usr/local/share/ca-certificates/conform.crt && update-ca-certificates > /dev/null 2>&1
ip address replace 203.0.113.30/32 dev lo && echo '203.0.113.30 conform.lab.example' >> /etc/hosts
cat > nginx.conf <<'CONF'
user root; pid /run/lab-nginx.pid; error_log /var/log/lab-nginx.log; events {}
http { access_log off; client_max_body_size 0;
  server { listen 203.0.113.30:443 ssl; ssl_certificate /etc/lab/registry.pem; ssl_certificate_key /etc/lab/key.pem;
    location / { proxy_pass http://127.0.0.1:5001; proxy_set_header Host $http_host;
                 proxy_set_header X-Forwarded-Proto https; proxy_request_buffering off; } } }
CONF
systemd-run --quiet --unit=lab-nginx nginx -c /etc/lab/nginx.conf -g 'daemon off;'
"#;
/// All that the suite can ask for, and which certificates to believe.
const SETTINGS: &str = "OCI_TEST_PULL=1 OCI_TEST_PUSH=1 OCI_TEST_CONTENT_DISCOVERY=1 OCI_TEST_CONTENT_MANAGEMENT=1 \
    OCI_HIDE_SKIPPED_WORKFLOWS=0 SSL_CERT_FILE=/etc/lab/believed.pem";

fn main() -> ExitCode {
    let Some(suite) = std::env::args().nth(1).filter(|path| Path::new(path).is_file()) else {
        eprintln!(
            "usage: conformance PATH, where PATH is the suite as `go test -c` of the specification makes it"
        );
        return ExitCode::FAILURE;
    };
    let options = Options::docker(Store::Classic).binary("conformance-suite", Path::new(&suite));
    let laptop = Laptop::boot(&with_product(options));
    laptop.must(SERVE);
    install(&laptop);
    let entries = json!([{ "host": HOST, "action": "allow" }, { "host": "docker.io", "action": "allow" }]);
    enroll(&laptop, &policy(json!({ "registries": { "default": "block", "entries": entries } })));
    laptop.must(
        "cat /etc/lab/registry.pem /etc/pullgate/ca/pullgate-intercept.pem \
         /etc/containers/certs.d/127.0.0.1:858/ca.crt > /etc/lab/believed.pem",
    );
    let direct = run(&laptop, "direct", &format!("OCI_ROOT_URL=https://{HOST}"), "");
    let proxy =
        run(&laptop, "proxy", &format!("HTTPS_PROXY=http://127.0.0.1:859 OCI_ROOT_URL=https://{HOST}"), "");
    let mirror = run(&laptop, "mirror", "OCI_ROOT_URL=https://127.0.0.1:858", &format!("{HOST}/"));
    if proxy == direct && mirror == direct {
        println!("── the same by both fronts");
        return ExitCode::SUCCESS;
    }
    println!("── the fronts differ from the registry itself");
    ExitCode::FAILURE
}

/// The lines that sum a run up, without times.
fn run(laptop: &Laptop, way: &str, root: &str, before: &str) -> Vec<String> {
    let command = format!(
        "mkdir -p /tmp/{way} && cd /tmp/{way} && env {SETTINGS} {root} OCI_NAMESPACE={before}suite/{way} \
         OCI_CROSSMOUNT_NAMESPACE={before}suite/{way}-other OCI_REPORT_DIR=/tmp/{way} /opt/lab/conformance-suite"
    );
    let said = laptop.run(&command).terminal;
    let sums = ["Ran ", "SUCCESS!", "FAIL!", "PASS", "FAIL", "Passed", "Failed", "Skipped"];
    let is_sum = |line: &&str| sums.iter().any(|word| line.trim_start().starts_with(word));
    let plain =
        |line: &str| line.split(" in ").next().unwrap_or_default().replace(&format!("suite/{way}"), "suite");
    let lines: Vec<String> = said.lines().filter(is_sum).map(plain).collect();
    println!("── {way}\n{}", if lines.is_empty() { said } else { lines.join("\n") });
    lines
}

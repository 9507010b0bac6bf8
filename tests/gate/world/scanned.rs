//! The gateway's own listeners, looked at from outside by Debian's `sslscan`. The longer look of `testssl` is
//! `cargo xtask scan`.

use acceptance::laptop::{Laptop, Options};
use acceptance::product::{enrolled, policy};
use acceptance::relay::relay;
use serde_json::json;

const HOST: &str = "registry-1.docker.io";

#[test]
fn the_fronts_speak_no_old_tls_and_no_weak_cipher() {
    let laptop = enrolled(Options::daemonless().scanners(), &policy(json!({})));
    let relay = relay(&laptop, HOST);
    let proxy = scan(&laptop, &format!("--sni-name={HOST} 127.0.0.1:{relay}"));
    let mirror = scan(&laptop, "127.0.0.1:858");
    assert_eq!(proxy, mirror, "both fronts speak alike");
    insta::with_settings!({ prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("scanned", proxy);
    });
}

fn scan(laptop: &Laptop, place: &str) -> String {
    let said = laptop.must(&format!("sslscan --no-colour --no-check-certificate {place}")).stdout;
    for old in ["SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1"] {
        let line = said.lines().find(|line| line.starts_with(old)).unwrap_or_default();
        assert!(line.ends_with("disabled"), "{place}: {said}");
    }
    assert!(said.contains("Compression disabled"), "{place}: {said}");
    let vulnerable =
        said.lines().find(|line| line.contains("vulnerable") && !line.contains("not vulnerable"));
    assert_eq!(vulnerable, None, "{place}");
    let ciphers: Vec<&str> =
        said.lines().filter(|line| line.starts_with("Preferred ") || line.starts_with("Accepted ")).collect();
    assert!(ciphers.len() > 1, "{place}: {said}");
    for cipher in &ciphers {
        let is_strong = ["_GCM_", "-GCM-", "CHACHA20"].iter().any(|kind| cipher.contains(kind));
        let has_secrecy = cipher.contains("TLSv1.3") || cipher.contains("ECDHE-");
        assert!(is_strong && has_secrecy, "{place}: {cipher}");
    }
    let from = said.find("  SSL/TLS Protocols:").expect("the scan begins so");
    said[from..].trim_end().to_owned()
}

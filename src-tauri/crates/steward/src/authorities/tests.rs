//! The authorities as the steward offers them: each in its own field.

use ca::LeafKey;
use tempfile::TempDir;

use super::*;

fn at(folder: &TempDir) -> Authorities {
    Authorities::at(
        folder.path().join("ca"),
        || "acme".into(),
        || Timestamp::from_second(1_785_000_000).unwrap(),
    )
}

fn sign(authorities: &Authorities, issuer: Issuer, name: &str) -> Result<Vec<Vec<u8>>, SignError> {
    let key = LeafKey::generate().unwrap();
    authorities.sign(issuer, &key.spki_der, &[name.to_owned()])
}

const OWN: [&str; 8] = [
    "localhost",
    "LOCALHOST",
    "host.docker.internal",
    "host.containers.internal",
    "host.lima.internal",
    "127.0.0.1",
    "::1",
    "192.168.5.2",
];
const OTHERS: [&str; 5] = ["registry-1.docker.io", "notlocalhost", "203.0.113.7", "2001:db8::1", "registry"];

#[test]
fn the_mirror_authority_signs_for_this_machine_and_interception_for_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let authorities = at(&folder);
    for name in OWN {
        assert!(sign(&authorities, Issuer::Mirror, name).is_ok(), "{name}");
        let refused = sign(&authorities, Issuer::Intercept, name).unwrap_err();
        assert!(matches!(refused, SignError::OwnName { name: own } if own == name), "{name}");
    }
    for name in OTHERS {
        assert!(sign(&authorities, Issuer::Intercept, name).is_ok(), "{name}");
        assert!(sign(&authorities, Issuer::Mirror, name).is_err(), "{name}");
    }
}

/// `docker push k3d-myregistry.localhost:12345/x` asks the proxy for that name.
#[test]
fn a_registry_on_this_machine_may_have_a_name_below_localhost() {
    let folder = tempfile::tempdir().unwrap();
    let authorities = at(&folder);
    for name in ["k3d-myregistry.localhost", "REGISTRY.localhost", "a.b.localhost"] {
        assert!(sign(&authorities, Issuer::Intercept, name).is_ok(), "{name}");
    }
    for name in ["x.host.docker.internal", ".localhost"] {
        assert!(sign(&authorities, Issuer::Intercept, name).is_err(), "{name}");
    }
}

#[test]
fn interception_signs_for_no_spelling_of_a_loopback_address() {
    let folder = tempfile::tempdir().unwrap();
    let authorities = at(&folder);
    for name in ["::ffff:127.0.0.1", "127.9.9.9", "0:0:0:0:0:0:0:1", "localhost."] {
        assert!(sign(&authorities, Issuer::Intercept, name).is_err(), "{name}");
    }
}

#[test]
fn one_own_name_among_others_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let names = ["registry-1.docker.io".to_owned(), "localhost".to_owned()];
    let key = LeafKey::generate().unwrap();
    let signed = at(&folder).sign(Issuer::Intercept, &key.spki_der, &names);
    assert_eq!(
        signed.unwrap_err().to_string(),
        "`localhost` is a name of this machine, for which only the mirror authority signs"
    );
}

#[test]
fn the_authorities_stay_the_same_from_run_to_run() {
    let folder = tempfile::tempdir().unwrap();
    let bundles = at(&folder).bundles().unwrap();
    assert_ne!(bundles.mirror, bundles.intercept);
    assert_eq!(at(&folder).bundles().unwrap(), bundles);
}

#[test]
fn a_damaged_authority_refuses_until_it_is_repaired_and_is_never_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let authorities = at(&folder);
    let bundles = at(&folder).bundles().unwrap();
    let file = folder.path().join("ca/mirror/current.pem");
    let good = std::fs::read(&file).unwrap();
    let put = |bytes: &[u8]| {
        host::files::write_atomically(&file, bytes, host::files::Mode::PRIVATE).unwrap();
    };
    put(b"damaged");
    for _ in 0..2 {
        assert!(authorities.bundles().unwrap_err().to_string().contains("current.pem"));
    }
    put(&good);
    assert_eq!(authorities.bundles().unwrap(), bundles);
}

use rustls::{CertificateError, Error};

use super::*;
use crate::authority::AUTHORITY_LIFE;
use crate::name::Name;

fn authority(kind: Kind) -> (tempfile::TempDir, Authority, Timestamp) {
    let folder = tempfile::tempdir().unwrap();
    let now = host::clock::now();
    let authority = open(&folder.path().join("ca"), kind, now).unwrap();
    (folder, authority, now)
}

#[test]
fn a_client_that_trusts_the_mirror_authority_accepts_every_name_of_this_machine() {
    let (_folder, mirror, now) = authority(Kind::Mirror);
    let names = [
        "localhost",
        "127.0.0.1",
        "127.1.2.3",
        "::1",
        "192.168.5.2",
        "host.docker.internal",
        "host.containers.internal",
        "host.lima.internal",
    ];
    let server = Server::of(&mirror, &names, now);
    for name in names {
        assert_eq!(server.is_accepted(mirror.bundle_pem(), name), Ok(()), "{name}");
    }
    assert!(server.is_accepted(mirror.bundle_pem(), "registry-1.docker.io").is_err());
}

#[test]
fn a_client_refuses_a_registrys_leaf_of_the_mirror_authority() {
    let (_folder, mirror, now) = authority(Kind::Mirror);
    for name in ["registry-1.docker.io", "192.168.5.3", "10.0.0.1", "2001:db8::1", "docker.internal"] {
        let names = vec![Name::parse(name).unwrap()];
        let server = Server::new(|key| mirror.sign_unlimited(key, names, now));
        let refused = server.is_accepted(mirror.bundle_pem(), name).unwrap_err();
        assert!(shows_name_constraint(&refused), "{name}: {refused}");
    }
}

fn shows_name_constraint(error: &Error) -> bool {
    matches!(error, Error::InvalidCertificate(CertificateError::Other(other)) if other.to_string().contains("NameConstraint"))
}

#[test]
fn the_mirror_authority_does_not_even_sign_for_a_registry() {
    let (_folder, mirror, now) = authority(Kind::Mirror);
    let key = LeafKey::generate().unwrap();
    for name in ["registry-1.docker.io", "192.168.5.3", "notlocalhost", "0.0.0.0", "::ffff:10.0.0.1"] {
        let refused = mirror.sign(&key.spki_der, &["localhost".to_owned(), name.to_owned()], now);
        assert!(matches!(refused, Err(CaError::NotPermitted { name: n }) if n == name), "{name}");
    }
}

#[test]
fn a_client_that_trusts_the_interception_authority_accepts_any_registry() {
    let (_folder, intercept, now) = authority(Kind::Intercept);
    for name in ["registry-1.docker.io", "ghcr.io", "10.0.0.1", "2001:db8::1"] {
        let server = Server::of(&intercept, &[name], now);
        assert_eq!(server.is_accepted(intercept.bundle_pem(), name), Ok(()), "{name}");
        assert!(server.is_accepted(intercept.bundle_pem(), "quay.io").is_err());
    }
}

#[test]
fn the_two_authorities_do_not_vouch_for_each_other() {
    let (_one, mirror, now) = authority(Kind::Mirror);
    let (_two, intercept, _) = authority(Kind::Intercept);
    let server = Server::of(&mirror, &["localhost"], now);
    assert!(server.is_accepted(intercept.bundle_pem(), "localhost").is_err());
}

#[test]
fn a_leaf_begins_an_hour_ago_and_ends_within_its_life_and_its_authoritys() {
    let (_folder, intercept, now) = authority(Kind::Intercept);
    let key = LeafKey::generate().unwrap();
    let validity = |at: Timestamp| {
        let chain = intercept.sign(&key.spki_der, &["ghcr.io".to_owned()], at).unwrap();
        let (_, leaf) = x509_parser::parse_x509_certificate(&chain[0]).unwrap();
        (leaf.validity().not_before.timestamp(), leaf.validity().not_after.timestamp())
    };
    let second = now.as_second();
    assert_eq!(validity(now), (second - 3600, second + 30 * 86_400));
    let last_day = now + AUTHORITY_LIFE - days(1);
    assert_eq!(validity(last_day).1, second + AUTHORITY_LIFE.as_secs());
    let refused = intercept.sign(&key.spki_der, &["ghcr.io".to_owned()], now + AUTHORITY_LIFE);
    assert!(matches!(refused, Err(CaError::Ended(_))), "{refused:?}");
}

#[test]
fn only_a_p256_key_with_a_few_names_is_signed() {
    let (_folder, intercept, now) = authority(Kind::Intercept);
    let name = ["ghcr.io".to_owned()];
    let other = rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap();
    let other = rcgen::PublicKeyData::subject_public_key_info(&other);
    let mut long = LeafKey::generate().unwrap().spki_der;
    long.push(0);
    for key in [&b""[..], b"not a key", &other, &long] {
        assert!(matches!(intercept.sign(key, &name, now), Err(CaError::BadPublicKey)));
    }
    let key = LeafKey::generate().unwrap().spki_der;
    assert!(matches!(intercept.sign(&key, &[], now), Err(CaError::NameCount { .. })));
    let many: Vec<String> = (0..33).map(|number| format!("r{number}.io")).collect();
    assert!(matches!(intercept.sign(&key, &many, now), Err(CaError::NameCount { .. })));
    let wildcard = intercept.sign(&key, &["*.docker.io".to_owned()], now);
    assert_eq!(
        wildcard.unwrap_err().to_string(),
        "`*.docker.io` cannot be in a certificate: wildcards are not signed"
    );
}

#[test]
fn a_leaf_is_for_servers_and_signs_nothing() {
    let (_folder, intercept, now) = authority(Kind::Intercept);
    let key = LeafKey::generate().unwrap();
    let sign = || intercept.sign(&key.spki_der, &["ghcr.io".to_owned()], now).unwrap();
    let (first, second) = (sign(), sign());
    assert_ne!(first, second, "each certificate has a serial number of its own");
    let (_, leaf) = x509_parser::parse_x509_certificate(&first[0]).unwrap();
    assert!(!leaf.is_ca());
    let usage = leaf.extended_key_usage().unwrap().unwrap().value;
    assert!(usage.server_auth && !usage.client_auth && !usage.any);
    assert!(leaf.key_usage().unwrap().unwrap().value.digital_signature());
}

#[test]
fn private_keys_are_not_shown() {
    let (_folder, intercept, _) = authority(Kind::Intercept);
    let shown = format!("{intercept:?} {:?}", LeafKey::generate().unwrap());
    assert!(!shown.contains("BEGIN") && shown.ends_with("LeafKey { .. }"), "{shown}");
    assert!(!intercept.bundle_pem().contains("PRIVATE") && !intercept.certificate_pem().contains("PRIVATE"));
}

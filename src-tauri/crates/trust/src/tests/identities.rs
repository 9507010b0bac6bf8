//! Which certificate is shown to a server that asks.

use rustls::SignatureScheme;
use x509_parser::prelude::FromDer;

use super::*;

const SCHEMES: [SignatureScheme; 1] = [SignatureScheme::ECDSA_NISTP256_SHA256];

fn subject(made: &Made) -> Vec<u8> {
    let (_, certificate) = x509_parser::certificate::X509Certificate::from_der(&made.der).unwrap();
    certificate.subject().as_raw().to_vec()
}

fn shown(identities: &Identities, named: &[&Made]) -> Option<CertificateDer<'static>> {
    let named: Vec<Vec<u8>> = named.iter().map(|one| subject(one)).collect();
    let named: Vec<&[u8]> = named.iter().map(Vec::as_slice).collect();
    identities.resolve(&named, &SCHEMES).map(|key| key.cert[0].clone())
}

#[test]
fn of_several_certificates_the_one_is_shown_whose_issuer_the_server_names() {
    let (north, south, west) = (own(authority("north")), own(authority("south")), own(authority("west")));
    let (first, second) = (signed(params(&[], "first"), &north), signed(params(&[], "second"), &south));
    let mut identities = Identities::default();
    for one in [&first, &second] {
        identities.add_pem(&one.pem, &one.key.serialize_pem()).unwrap();
    }
    assert_eq!(shown(&identities, &[&south]), Some(second.der.clone()));
    assert_eq!(shown(&identities, &[&west, &north, &south]), Some(first.der.clone()));
    assert_eq!(shown(&identities, &[]), Some(first.der.clone()), "nobody is named");
    assert_eq!(shown(&identities, &[&west]), None);
    assert!(identities.resolve(&[], &[SignatureScheme::ED25519]).is_none());
}

#[test]
fn the_issuer_of_a_whole_chain_counts() {
    let root = own(authority("root"));
    let between = signed(authority("between"), &root);
    let leaf = signed(params(&[], "leaf"), &between);
    let mut identities = Identities::default();
    identities.add_pem(&format!("{}{}", leaf.pem, between.pem), &leaf.key.serialize_pem()).unwrap();
    assert_eq!(shown(&identities, &[&root]), Some(leaf.der.clone()));
}

#[test]
fn a_pair_that_cannot_be_used_is_said_to_be() {
    let (one, other) = (own(params(&[], "one")), own(params(&[], "other")));
    let mut identities = Identities::default();
    let key = one.key.serialize_pem();
    assert_eq!(identities.add_pem("nothing", &key), Err(IdentityError::Certificate));
    assert_eq!(identities.add_pem(&one.pem, "nothing"), Err(IdentityError::Key));
    assert_eq!(identities.add_pem(&other.pem, &key), Err(IdentityError::Different));
    assert!(identities.is_empty());
}

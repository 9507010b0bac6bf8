//! The kinds of certificates that registries have, each judged as Go's `crypto/x509` judges it. With real engines beside
//! it: `tests/gate/world/certificate_zoo.rs`.

use rcgen::{CustomExtension, GeneralSubtree, NameConstraints};
use rustls::pki_types::pem::PemObject;

use super::*;

fn server() -> CertificateParams {
    params(&[HOST], HOST)
}

fn limited(common: &str, length: u8) -> CertificateParams {
    with(authority(common), |it| it.is_ca = IsCa::Ca(BasicConstraints::Constrained(length)))
}

fn constrained(permitted: &[&str], excluded: &[&str]) -> CertificateParams {
    let trees =
        |names: &[&str]| names.iter().map(|name| GeneralSubtree::DnsName((*name).to_owned())).collect();
    with(authority("constrained"), |it| {
        it.name_constraints = Some(NameConstraints {
            permitted_subtrees: trees(permitted),
            excluded_subtrees: trees(excluded),
        });
    })
}

fn purposes(params: CertificateParams, purposes: &[ExtendedKeyUsagePurpose]) -> CertificateParams {
    with(params, |it| it.extended_key_usages = purposes.to_vec())
}

fn critical(params: CertificateParams, extension: &[u64], content: &[u8]) -> CertificateParams {
    with(params, |it| {
        let mut extension = CustomExtension::from_oid_content(extension, content.to_vec());
        extension.set_criticality(true);
        it.custom_extensions.push(extension);
    })
}

/// What becomes of a server below an authority that is below a trusted root.
fn below(between: CertificateParams, server: CertificateParams) -> Result<(), Flaw> {
    let root = own(authority("root"));
    let between = signed(between, &root);
    judged(&[&root], &signed(server, &between), &[&between])
}

#[test]
fn constraints_on_names_hold_wherever_they_stand() {
    for (permitted, excluded, verdict) in [
        (&["lab.example"][..], &[][..], Ok(())),
        (&["registry.lab.example"], &[], Ok(())),
        (&["acme.example"], &[], Err(Flaw::NotPermitted)),
        (&[], &["lab.example"], Err(Flaw::NotPermitted)),
        (&[], &["acme.example"], Ok(())),
    ] {
        assert_eq!(below(constrained(permitted, excluded), server()), verdict, "{permitted:?} {excluded:?}");
        let root = own(constrained(permitted, excluded));
        assert_eq!(judged(&[&root], &signed(server(), &root), &[]), verdict, "{permitted:?} {excluded:?}");
    }
}

#[test]
fn a_chain_is_as_long_as_each_authority_of_it_allows() {
    assert_eq!(below(limited("between", 0), server()), Ok(()));
    let tight = own(limited("root", 0));
    assert_eq!(judged(&[&tight], &signed(server(), &tight), &[]), Ok(()));
    let between = signed(authority("between"), &tight);
    assert_eq!(judged(&[&tight], &signed(server(), &between), &[&between]), Err(Flaw::NotPermitted));
    let root = own(authority("root"));
    let first = signed(limited("first", 0), &root);
    let second = signed(authority("second"), &first);
    assert_eq!(judged(&[&root], &signed(server(), &second), &[&second, &first]), Err(Flaw::NotPermitted));
}

#[test]
fn a_chain_of_six_in_any_order_is_followed_and_a_longer_one_is_said_to_be_that() {
    let root = own(authority("root"));
    let mut between: Vec<Made> = Vec::new();
    for step in 1..=7 {
        let by = between.last().unwrap_or(&root);
        let verdict = if step > 1 {
            let all: Vec<&Made> = between.iter().collect();
            Some(judged(&[&root], &signed(server(), by), &all))
        } else {
            None
        };
        assert!(verdict.is_none_or(|verdict| verdict == Ok(())), "{step}: {verdict:?}");
        let next = signed(authority(&format!("step {step}")), by);
        between.push(next);
    }
    let all: Vec<&Made> = between.iter().collect();
    assert_eq!(judged(&[&root], &signed(server(), between.last().unwrap()), &all), Err(Flaw::LongChain));
}

#[test]
fn whoever_names_purposes_must_name_servers_or_any() {
    use ExtendedKeyUsagePurpose::{Any, ClientAuth, ServerAuth};
    for (named, verdict) in [
        (&[][..], Ok(())),
        (&[ServerAuth][..], Ok(())),
        (&[ClientAuth, ServerAuth][..], Ok(())),
        (&[Any][..], Ok(())),
        (&[ClientAuth][..], Err(Flaw::OtherPurpose)),
    ] {
        assert_eq!(below(authority("between"), purposes(server(), named)), verdict, "server: {named:?}");
        let between = purposes(authority("between"), named);
        assert_eq!(below(between, purposes(server(), &[ServerAuth])), verdict, "between: {named:?}");
        let root = own(purposes(authority("root"), named));
        assert_eq!(judged(&[&root], &signed(server(), &root), &[]), verdict, "root: {named:?}");
    }
}

#[test]
fn an_intermediate_that_may_not_sign_certificates_vouches_for_nobody() {
    let key_usages = vec![KeyUsagePurpose::DigitalSignature];
    let unable = with(authority("between"), |it| it.key_usages = key_usages);
    assert_eq!(below(unable, server()), Err(Flaw::NotAnAuthority));
    assert_eq!(below(params(&[], "between"), server()), Err(Flaw::NotAnAuthority));
}

/// `certificatePolicies`, `policyConstraints` and `inhibitAnyPolicy`, as authorities of states and companies have them.
#[test]
fn critical_policies_are_no_obstacle_and_other_critical_extensions_are() {
    let policies: &[u8] = &[0x30, 0x06, 0x30, 0x04, 0x06, 0x02, 0x2a, 0x03];
    let constraints: &[u8] = &[0x30, 0x03, 0x80, 0x01, 0x03];
    let inhibit: &[u8] = &[0x02, 0x01, 0x02];
    let policy = critical(server(), &[2, 5, 29, 32], policies);
    assert_eq!(below(authority("between"), policy.clone()), Ok(()));
    let between = critical(authority("between"), &[2, 5, 29, 32], policies);
    let between = critical(between, &[2, 5, 29, 36], constraints);
    let between = critical(between, &[2, 5, 29, 54], inhibit);
    assert_eq!(below(between.clone(), policy.clone()), Ok(()));
    let could_sign = with(policy, |it| it.is_ca = IsCa::Ca(BasicConstraints::Unconstrained));
    assert_eq!(below(between, could_sign), Ok(()), "two bits of one certificate");
    let unknown = critical(server(), &[1, 3, 6, 1, 4, 1, 99999, 2], &[0x05, 0x00]);
    assert_eq!(below(authority("between"), unknown), Err(Flaw::UnknownExtension));
}

#[test]
fn a_signature_is_checked_over_what_was_signed() {
    let root = own(authority("root"));
    let honest =
        signed(critical(server(), &[2, 5, 29, 32], &[0x30, 0x06, 0x30, 0x04, 0x06, 0x02, 0x2a, 0x03]), &root);
    let der = honest.der.to_vec();
    let at = der.windows(3).rposition(|bytes| bytes == [0x01, 0x01, 0xff]).unwrap() + 2;
    let mut changed = der;
    changed[at] = 0;
    let changed = Made { der: changed.into(), ..signed(server(), &root) };
    assert_eq!(judged(&[&root], &honest, &[]), Ok(()));
    assert_eq!(judged(&[&root], &changed, &[]), Err(Flaw::UnknownAuthority));
}

#[test]
fn a_stranger_of_the_same_name_is_unknown_and_not_weak() {
    let root = own(authority("root"));
    let stranger = own(authority("root"));
    assert_eq!(judged(&[&root], &signed(server(), &stranger), &[]), Err(Flaw::UnknownAuthority));
}

#[test]
fn an_intermediate_that_has_ended_is_said_to_be_and_another_way_round_it_is_taken() {
    let ended = with(authority("between"), |it| it.not_after = date_time_ymd(2021, 1, 1));
    assert_eq!(below(ended, server()), Err(Flaw::AuthorityExpired));
    // As once with Let's Encrypt: the authority in use is trusted, and comes with a signature of one that has ended.
    let old = own(with(authority("old"), |it| it.not_after = date_time_ymd(2021, 1, 1)));
    let new = own(authority("new"));
    let cross = new.params.signed_by(&new.key, &old.issuer()).unwrap();
    let (der, pem) = (cross.der().clone(), cross.pem());
    let cross = Made { der, pem, key: KeyPair::generate().unwrap(), params: authority("new") };
    assert_eq!(judged(&[&old, &new], &signed(server(), &new), &[&cross]), Ok(()));
}

/// Files of `openssl`, since the library makes no such keys.
#[test]
fn an_authority_may_have_a_key_of_1024_bits_and_a_server_may_not() {
    let root = include_str!("../testdata/short-root.pem");
    let verdict = |server: &str| {
        let mut pool = Pool::default();
        assert_eq!(pool.add_pem(root), []);
        let verifier = Verifier::new(pool, Arc::new(rustls::crypto::aws_lc_rs::default_provider()));
        let der = CertificateDer::from_pem_slice(server.as_bytes()).unwrap();
        let now = UnixTime::since_unix_epoch(std::time::Duration::from_secs(1_800_000_000));
        let verified = verifier.verify_server_cert(&der, &[], &ServerName::try_from(HOST).unwrap(), &[], now);
        verified.map(|_| ()).map_err(|error| Flaw::of(&error).unwrap())
    };
    assert_eq!(verdict(include_str!("../testdata/below-short-root.pem")), Ok(()));
    assert_eq!(verdict(include_str!("../testdata/short-server.pem")), Err(Flaw::ShortKey));
}

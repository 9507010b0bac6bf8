//! Which server's certificates are believed.

use super::*;

/// The recipe of every registry's manual: one `openssl req -x509`, for the server and for `certs.d`.
fn itself() -> CertificateParams {
    let mut params = params(&[HOST], HOST);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

#[test]
fn a_certificate_that_is_its_own_authority_is_believed() {
    for params in [itself(), params(&[HOST], HOST)] {
        let server = own(params);
        assert_eq!(judged(&[&server], &server, &[]), Ok(()));
        assert_eq!(judged(&[], &server, &[]), Err(Flaw::UnknownAuthority), "and only where it is trusted");
    }
}

#[test]
fn another_certificate_of_the_same_key_and_names_is_not_the_trusted_one() {
    let server = own(itself());
    let mut changed = itself();
    changed.serial_number = Some(7.into());
    let certificate = changed.self_signed(&server.key).unwrap();
    let (der, pem) = (certificate.der().clone(), certificate.pem());
    let twin = Made { der, pem, key: KeyPair::generate().unwrap(), params: changed };
    // Its key is that of an authority which is trusted, so its signature is good.
    assert_eq!(judged(&[&server], &twin, &[]), Ok(()));
    let stranger = own(itself());
    assert!(judged(&[&server], &stranger, &[]).is_err(), "the same names, another key");
}

#[test]
fn its_name_dates_and_purpose_are_still_looked_at() {
    let other = own(with(params(&["other.example"], HOST), |it| it.is_ca = itself().is_ca));
    assert_eq!(judged(&[&other], &other, &[]), Err(Flaw::OtherHost));
    let nameless = own(with(params(&[], HOST), |it| it.is_ca = itself().is_ca));
    assert_eq!(judged(&[&nameless], &nameless, &[]), Err(Flaw::NoNames));
    let ended = own(with(itself(), |it| it.not_after = date_time_ymd(2021, 1, 1)));
    assert_eq!(judged(&[&ended], &ended, &[]), Err(Flaw::Expired(1_609_459_200)));
    let coming = own(with(itself(), |it| it.not_before = date_time_ymd(2080, 1, 1)));
    assert!(matches!(judged(&[&coming], &coming, &[]), Err(Flaw::NotYetValid(_))));
    let purposes = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let client = own(with(itself(), |it| it.extended_key_usages = purposes));
    assert_eq!(judged(&[&client], &client, &[]), Err(Flaw::OtherPurpose));
    let any = own(with(itself(), |it| it.extended_key_usages = vec![ExtendedKeyUsagePurpose::Any]));
    assert_eq!(judged(&[&any], &any, &[]), Ok(()));
}

/// `openssl req -x509 -CA` signs with `CA:TRUE`, too.
#[test]
fn a_server_s_certificate_that_could_sign_others_is_believed_where_its_authority_is() {
    let root = own(authority("root"));
    let server = signed(itself(), &root);
    assert_eq!(judged(&[&root], &server, &[]), Ok(()));
    assert_eq!(judged(&[], &server, &[]), Err(Flaw::UnknownAuthority));
    let between = signed(authority("between"), &root);
    let below = signed(itself(), &between);
    assert_eq!(judged(&[&root], &below, &[&between]), Ok(()));
    assert_eq!(judged(&[&root], &below, &[]), Err(Flaw::UnknownAuthority));
    let purposes = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let client = signed(with(itself(), |it| it.extended_key_usages = purposes), &root);
    assert_eq!(judged(&[&root], &client, &[]), Err(Flaw::OtherPurpose));
}

#[test]
fn a_signature_that_does_not_fit_is_not_believed_for_a_certificate_that_could_sign_others() {
    let root = own(authority("root"));
    let server = signed(itself(), &root);
    let mut der = server.der.to_vec();
    let last = der.len() - 1;
    der[last] ^= 1;
    let forged = Made { der: der.into(), ..signed(itself(), &root) };
    assert!(judged(&[&root], &forged, &[]).is_err());
}

#[test]
fn an_intermediate_that_is_trusted_vouches_without_its_root() {
    let root = own(authority("root"));
    let between = signed(authority("between"), &root);
    let server = signed(params(&[HOST], HOST), &between);
    assert_eq!(judged(&[&between], &server, &[]), Ok(()));
    assert_eq!(judged(&[&between], &server, &[&between]), Ok(()));
    assert_eq!(judged(&[&root], &server, &[]), Err(Flaw::UnknownAuthority));
}

#[test]
fn a_server_s_certificate_of_an_unknown_chain_is_believed_where_it_is_itself_trusted() {
    let server = signed(params(&[HOST], HOST), &own(authority("nobody's")));
    assert_eq!(judged(&[&server], &server, &[]), Ok(()));
}

/// Engines refuse both, and so do we: what they refused is not accepted.
#[test]
fn what_is_no_authority_or_out_of_date_vouches_for_nobody() {
    let leaf = own(params(&["other.example"], "leaf"));
    assert_eq!(judged(&[&leaf], &signed(params(&[HOST], HOST), &leaf), &[]), Err(Flaw::NotAnAuthority));
    let key_usages = vec![KeyUsagePurpose::DigitalSignature];
    let unable = own(with(authority("unable"), |it| it.key_usages = key_usages));
    assert_eq!(judged(&[&unable], &signed(params(&[HOST], HOST), &unable), &[]), Err(Flaw::NotAnAuthority));
    let ended = own(with(authority("ended"), |it| it.not_after = date_time_ymd(2021, 1, 1)));
    assert_eq!(judged(&[&ended], &signed(params(&[HOST], HOST), &ended), &[]), Err(Flaw::AuthorityExpired));
}

#[test]
fn an_authority_out_of_date_does_not_stand_in_the_way_of_another() {
    let root = own(authority("root"));
    let ended = own(with(authority("ended"), |it| it.not_after = date_time_ymd(2021, 1, 1)));
    assert_eq!(judged(&[&ended, &root], &signed(params(&[HOST], HOST), &root), &[]), Ok(()));
}

#[test]
fn no_word_of_a_library_reaches_people() {
    for flaw in [
        Flaw::Expired(0),
        Flaw::NotYetValid(0),
        Flaw::NoNames,
        Flaw::OtherHost,
        Flaw::UnknownAuthority,
        Flaw::AuthorityExpired,
        Flaw::NotAnAuthority,
        Flaw::OtherPurpose,
        Flaw::NotPermitted,
        Flaw::LongChain,
        Flaw::ShortKey,
        Flaw::UnknownExtension,
        Flaw::Weak,
        Flaw::Unreadable,
    ] {
        let error = rustls::Error::from(flaw);
        assert_eq!(Flaw::of(&error), Some(flaw));
        assert!(!flaw.to_string().contains(['{', ':']), "{flaw}");
    }
    assert_eq!(Flaw::of(&rustls::Error::DecryptError), None);
}

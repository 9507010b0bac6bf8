//! Texts of PEM with something wrong in them.

use super::*;

#[test]
fn a_damaged_certificate_is_named_by_its_line_and_the_others_are_used() {
    let (one, other) = (own(authority("one")), own(authority("other")));
    let damaged = "# damaged\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let mut pool = Pool::default();
    let flaws = pool.add_pem(&format!("{}{damaged}{}", one.pem, other.pem));
    let line = one.pem.lines().count() + 2;
    let said: Vec<String> = flaws.iter().map(ToString::to_string).collect();
    assert_eq!(said, [format!("its certificate in line {line} cannot be read")]);
    assert_eq!(pool.len(), 2);
}

#[test]
fn a_text_without_a_certificate_says_so() {
    for text in ["", "certificate", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"] {
        let mut pool = Pool::default();
        let flaws = pool.add_pem(text);
        assert!(flaws[0].to_string().starts_with("it holds no certificate in PEM"), "{text}");
        assert!(pool.is_empty());
    }
}

#[test]
fn words_between_certificates_and_ends_of_lines_do_not_matter() {
    let one = own(authority("one"));
    let mut pool = Pool::default();
    assert_eq!(pool.add_pem(&format!("subject=CN=one\n{}\n", one.pem.replace('\n', "\r\n"))), []);
    assert_eq!(pool.add_pem(&one.pem), [], "twice is once");
    assert_eq!(pool.len(), 1);
}

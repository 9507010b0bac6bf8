use super::*;

fn parse(text: &str) -> Result<Request, MalformedRequest> {
    Request::parse(text.as_bytes())
}

#[test]
fn a_plain_request_is_read_as_it_was_sent() {
    let request =
        parse("GET /v2/a/manifests/1?x=%2F HTTP/1.1\r\nHost: ghcr.io\r\nAccept: a, b\r\n\r\n").unwrap();
    assert_eq!(request.target, Target::Origin("/v2/a/manifests/1?x=%2F".into()));
    assert_eq!((request.host(), request.fields.get("ACCEPT")), ("ghcr.io", Some("a, b")));
}

#[test]
fn a_proxy_request_carries_its_authority() {
    let request =
        parse("GET http://reg.example:5000/v2/ HTTP/1.1\r\nHost: reg.example:5000\r\n\r\n").unwrap();
    assert_eq!(
        request.target,
        Target::Absolute { authority: "reg.example:5000".into(), path: "/v2/".into() }
    );
    let request = parse("CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\n\r\n").unwrap();
    assert_eq!(request.target, Target::Authority("[::1]:443".into()));
}

#[test]
fn what_two_readers_could_read_differently_is_refused() {
    let host = "Host: a.example\r\n";
    for (head, why) in [
        (format!("GET / HTTP/1.1\n{host}\r\n"), "a bare line feed"),
        (format!("GET / HTTP/1.1\r\n{host}A: b\rc\r\n\r\n"), "a bare carriage return"),
        (format!("GET / HTTP/1.1\r\n{host} folded: 1\r\n\r\n"), "a folded line"),
        (format!("GET / HTTP/1.1\r\n{host}Name : 1\r\n\r\n"), "a space before the colon"),
        (format!("GET / HTTP/1.1\r\n{host}A: \0\r\n\r\n"), "a NUL in a value"),
        (format!("GET / HTTP/1.1\r\n{host}A: b\x0c\r\n\r\n"), "a form feed behind a value"),
        (format!("GET  / HTTP/1.1\r\n{host}\r\n"), "two spaces"),
        (format!("get / HTTP/1.1\r\n{host}\r\n"), "a lower-case method"),
        (format!("GET / HTTP/2.0\r\n{host}\r\n"), "another version"),
        (format!("GET /#a HTTP/1.1\r\n{host}\r\n"), "a fragment"),
        (format!("GET / HTTP/1.1\r\n{host}{host}\r\n"), "two hosts"),
        ("GET / HTTP/1.1\r\n\r\n".to_owned(), "no host"),
        ("GET / HTTP/1.1\r\nHost: u@a.example\r\n\r\n".to_owned(), "user information in the host"),
        (format!("GET http://b.example/ HTTP/1.1\r\n{host}\r\n"), "another host in the target"),
        (format!("GET https://a.example/ HTTP/1.1\r\n{host}\r\n"), "an https target outside CONNECT"),
        (format!("CONNECT u@a.example:443 HTTP/1.1\r\n{host}\r\n"), "user information in CONNECT"),
        (format!("GET / HTTP/1.1\r\n{host}{}\r\n", "A: b\r\n".repeat(100)), "a hundred and one fields"),
    ] {
        assert!(parse(&head).is_err(), "{why}: {head:?}");
    }
}

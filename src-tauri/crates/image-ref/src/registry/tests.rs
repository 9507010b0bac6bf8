use super::*;

fn normal(text: &str) -> String {
    Registry::parse(text).unwrap().to_string()
}

#[test]
fn every_spelling_of_docker_hub_is_docker_hub() {
    let spellings = [
        "docker.io",
        "index.docker.io",
        "registry-1.docker.io",
        "registry.hub.docker.com",
        "registry.ipv6.docker.com",
        "Docker.IO",
        "docker.io.",
        "docker.io:443",
        "REGISTRY-1.docker.io.:0443",
        "registry-1.docker.io:80",
    ];
    for text in spellings {
        let registry = Registry::parse(text).unwrap();
        assert_eq!(registry, Registry::docker_hub(), "{text}");
        assert!(registry.is_docker_hub(), "{text}");
    }
}

#[test]
fn another_port_or_a_neighboring_name_is_not_docker_hub() {
    let others =
        ["docker.io:5000", "auth.docker.io", "hub.docker.com", "docker.io.example.com", "xdocker.io"];
    for text in others {
        assert!(!Registry::parse(text).unwrap().is_docker_hub(), "{text}");
    }
}

#[test]
fn a_registry_has_one_normal_form() {
    let cases = [
        ("ghcr.io", "ghcr.io"),
        ("GHCR.io.", "ghcr.io"),
        ("ghcr.io:443", "ghcr.io"),
        ("ghcr.io:00443", "ghcr.io"),
        ("ghcr.io:5000", "ghcr.io:5000"),
        ("ghcr.io.:80", "ghcr.io:80"),
        ("localhost", "localhost"),
        ("LOCALHOST:443", "localhost"),
        ("localhost:5000", "localhost:5000"),
        ("127.0.0.1:05000", "127.0.0.1:5000"),
        ("cache", "cache:443"),
        ("CACHE:443", "cache:443"),
        ("cache:5000", "cache:5000"),
        ("[::1]:5000", "[::1]:5000"),
        ("[2001:DB8:0:0::0001]", "[2001:db8::1]"),
        ("[2001:db8::1]:443", "[2001:db8::1]"),
        ("[::ffff:7f00:1]", "[::ffff:7f00:1]"),
        ("xn--mnchen-3ya.example", "xn--mnchen-3ya.example"),
        ("1and1.example", "1and1.example"),
    ];
    for (text, form) in cases {
        assert_eq!(normal(text), form, "{text}");
        assert_eq!(normal(form), form, "{text}");
    }
}

#[test]
fn host_and_port_stand_apart() {
    let cases = [
        ("ghcr.io:443", "ghcr.io", None),
        ("ghcr.io:8443", "ghcr.io", Some(8443)),
        ("cache", "cache", Some(443)),
        ("[2001:db8::1]:5000", "2001:db8::1", Some(5000)),
    ];
    for (text, host, port) in cases {
        let registry = Registry::parse(text).unwrap();
        assert_eq!((registry.host(), registry.port()), (host, port), "{text}");
    }
}

#[test]
fn only_names_of_this_machine_are_loopback() {
    let here = [
        "localhost",
        "localhost:5000",
        "a.localhost",
        "127.0.0.1",
        "127.9.9.9:1",
        "[::1]",
        "[::ffff:7f00:1]",
    ];
    for text in here {
        assert!(Registry::parse(text).unwrap().is_loopback(), "{text}");
    }
    let elsewhere =
        ["localhost.example", "notlocalhost", "127.0.0.1.example", "128.0.0.1", "0.0.0.0", "[::2]"];
    for text in elsewhere {
        assert!(!Registry::parse(text).unwrap().is_loopback(), "{text}");
    }
}

#[test]
fn each_fault_of_a_registry_is_named() {
    let ipv4 = |host: &str| RegistryError::Ipv4 { host: host.into() };
    let ipv6 = |address: &str| RegistryError::Ipv6 { address: address.into() };
    let port = |port: &str| RegistryError::Port { port: port.into() };
    let label = |label: &str, host: &str| RegistryError::Label { label: label.into(), host: host.into() };
    let stray = |character, position| RegistryError::Character { character, position };
    let cases = [
        ("", RegistryError::Empty),
        (".", RegistryError::Empty),
        (":5000", RegistryError::Empty),
        ("https://ghcr.io", port("//ghcr.io")),
        ("ghcr.io/x", stray('/', 8)),
        ("my_host", stray('_', 3)),
        ("ghcr.io\n", stray('\n', 8)),
        ("münchen.example", stray('ü', 2)),
        ("a..b", label("", "a..b")),
        ("a.b..", label("", "a.b.")),
        ("-a.b", label("-a", "-a.b")),
        ("a-.b", label("a-", "a-.b")),
        ("127.1", ipv4("127.1")),
        ("127.0.0.01", ipv4("127.0.0.01")),
        ("127.0.0.1.", ipv4("127.0.0.1.")),
        ("256.0.0.1", ipv4("256.0.0.1")),
        ("2130706433", ipv4("2130706433")),
        ("0x7f000001", ipv4("0x7f000001")),
        ("127.0.0.0X1", ipv4("127.0.0.0X1")),
        ("::1", ipv6("::1")),
        ("[::1", ipv6("[::1")),
        ("[::1]x", ipv6("[::1]x")),
        ("[]", ipv6("")),
        ("[fe80::1%eth0]", ipv6("fe80::1%eth0")),
        ("[::ffff:127.0.0.1]", ipv6("::ffff:127.0.0.1")),
        ("ghcr.io:", port("")),
        ("ghcr.io:0", port("0")),
        ("ghcr.io:+443", port("+443")),
        ("ghcr.io:65536", port("65536")),
        ("[::1]:", port("")),
    ];
    for (text, fault) in cases {
        assert_eq!(Registry::parse(text), Err(fault), "{text:?}");
    }
}

#[test]
fn a_host_has_the_lengths_of_a_host_name() {
    let label = "a".repeat(63);
    let longest = format!("{label}.{label}.{label}.{}", "a".repeat(61));
    assert_eq!(normal(&longest), longest);
    assert_eq!(Registry::parse(&format!("{longest}a")), Err(RegistryError::TooLong { length: 254 }));
    let parts = RegistryError::Label {
        label: format!("{}…", "a".repeat(48)),
        host: format!("{}…", "a".repeat(48)),
    };
    assert_eq!(Registry::parse(&format!("a{label}")), Err(parts));
}

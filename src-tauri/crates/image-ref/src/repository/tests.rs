use super::*;

#[test]
fn a_name_becomes_the_repository_that_engines_mean() {
    let cases = [
        ("nginx", "docker.io/library/nginx"),
        ("library/nginx", "docker.io/library/nginx"),
        ("docker.io/nginx", "docker.io/library/nginx"),
        ("docker.io/library/nginx", "docker.io/library/nginx"),
        ("index.docker.io/nginx", "docker.io/library/nginx"),
        ("registry-1.docker.io/library/nginx", "docker.io/library/nginx"),
        ("registry.hub.docker.com/acme/tool", "docker.io/acme/tool"),
        ("docker.io./acme/tool", "docker.io/acme/tool"),
        ("acme/tool", "docker.io/acme/tool"),
        ("acme/team/tool", "docker.io/acme/team/tool"),
        ("docker.io", "docker.io/library/docker.io"),
        ("localhost", "docker.io/library/localhost"),
        ("localhost/tool", "localhost/tool"),
        ("localhost:5000/tool", "localhost:5000/tool"),
        ("127.0.0.1/tool", "127.0.0.1/tool"),
        ("[::1]:5000/tool", "[::1]:5000/tool"),
        ("a.b/c", "a.b/c"),
        ("cache:5000/c", "cache:5000/c"),
        ("cache/c", "docker.io/cache/c"),
        ("CACHE/c", "cache:443/c"),
        ("Ghcr.IO:443/acme/tool", "ghcr.io/acme/tool"),
        ("ghcr.io/tool", "ghcr.io/tool"),
        ("ghcr.io/a/b/c/d", "ghcr.io/a/b/c/d"),
        ("ghcr.io/a-b/c__d/e.f/g---h", "ghcr.io/a-b/c__d/e.f/g---h"),
        ("docker.io/a.b/c", "docker.io/a.b/c"),
    ];
    for (text, full) in cases {
        assert_eq!(Repository::parse(text).unwrap().to_string(), full, "{text}");
    }
}

#[test]
fn the_familiar_name_is_the_shortest_that_means_the_same() {
    let identifier = "a".repeat(64);
    let official = format!("library/{identifier}");
    let cases = [
        ("docker.io/library/nginx", "nginx"),
        ("docker.io/acme/tool", "acme/tool"),
        ("docker.io/library/a/b", "library/a/b"),
        ("ghcr.io/a/b", "ghcr.io/a/b"),
        ("docker.io/localhost/tool", "docker.io/localhost/tool"),
        ("docker.io/a.b/c", "docker.io/a.b/c"),
        (&official, &format!("docker.io/{official}")),
    ];
    for (text, familiar) in cases {
        assert_eq!(Repository::parse(text).unwrap().familiar(), familiar, "{text}");
    }
}

#[test]
fn the_namespace_is_the_first_part_of_the_path() {
    for (text, namespace) in
        [("nginx", "library"), ("acme/tool", "acme"), ("ghcr.io/a/b/c", "a"), ("ghcr.io/x", "x")]
    {
        assert_eq!(Repository::parse(text).unwrap().namespace(), namespace, "{text}");
    }
}

#[test]
fn each_fault_of_a_repository_is_named_with_its_place() {
    let stray = |character, position| RepositoryError::Character { character, position };
    let separator = |part: &str| RepositoryError::Separator { part: part.into() };
    let cases = [
        ("", RepositoryError::Empty),
        ("ghcr.io/", RepositoryError::Empty),
        ("/nginx", RepositoryError::EmptyPart { position: 1 }),
        ("acme//tool", RepositoryError::EmptyPart { position: 6 }),
        ("acme/", RepositoryError::EmptyPart { position: 6 }),
        ("Nginx", RepositoryError::UpperCase { character: 'N', position: 1 }),
        ("acme/Tool", RepositoryError::UpperCase { character: 'T', position: 6 }),
        ("acme/to%6fl", stray('%', 8)),
        ("acme/tool:1", stray(':', 10)),
        ("acme/tool@sha256", stray('@', 10)),
        ("acme/tool\0", stray('\0', 10)),
        ("acme/tool ", stray(' ', 10)),
        ("acme/tøol", stray('ø', 7)),
        ("acme/../tool", separator("..")),
        ("acme/a..b", separator("a..b")),
        ("acme/a___b", separator("a___b")),
        ("acme/a._b", separator("a._b")),
        ("acme/-a", separator("-a")),
        ("acme/a_", separator("a_")),
        ("ghcr.io:x/a", RepositoryError::Registry { error: RegistryError::Port { port: "x".into() } }),
    ];
    for (text, fault) in cases {
        assert_eq!(Repository::parse(text), Err(fault), "{text:?}");
    }
}

#[test]
fn sixty_four_hexadecimal_digits_are_an_image_id() {
    assert_eq!(Repository::parse(&"0123456789abcdef".repeat(4)), Err(RepositoryError::Identifier));
    let path = format!("acme/{}", "a".repeat(64));
    assert_eq!(Repository::parse(&path).unwrap().path(), path);
    assert_eq!(Repository::parse(&"a".repeat(65)).unwrap().path(), format!("library/{}", "a".repeat(65)));
}

#[test]
fn a_name_has_at_most_255_characters_without_its_registry() {
    let longest = format!("acme/{}", "a".repeat(250));
    assert_eq!(Repository::parse(&format!("ghcr.io/{longest}")).unwrap().path(), longest);
    assert_eq!(Repository::parse(&format!("{longest}a")), Err(RepositoryError::TooLong { length: 256 }));
    let official = "a".repeat(248);
    assert_eq!(Repository::parse(&official), Err(RepositoryError::TooLong { length: 256 }));
}

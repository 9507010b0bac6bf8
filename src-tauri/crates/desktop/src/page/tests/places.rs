use super::super::*;

#[test]
fn a_place_is_written_and_read_as_a_link() {
    let verdict = Place::verdict("pg-7F3A9C2K");
    assert_eq!(verdict.to_string(), "pullgate://blocked/pg-7F3A9C2K");
    for place in Tab::ALL.into_iter().map(Place::of).chain([verdict]) {
        assert_eq!(place.to_string().parse(), Ok(place));
    }
    assert_eq!("pullgate://status/".parse(), Ok(Place::of(Tab::Status)));
}

#[test]
fn a_link_from_elsewhere_leads_nowhere_else() {
    for link in [
        "",
        "status",
        "https://acme.example/",
        "pullgate:status",
        "pullgate://",
        "pullgate://gate",
        "pullgate://status/x",
        "pullgate://blocked/../status",
        "pullgate://blocked/a b",
        "pullgate://blocked/<script>",
        "pullgate://blocked/pg-\u{202e}",
    ] {
        let said = link.parse::<Place>().map_err(|error| error.to_string());
        assert!(
            said.as_ref().is_err_and(|said| said.contains("pullgate://blocked/pg-7F3A9C2K")),
            "{link}: {said:?}"
        );
    }
}

#[test]
fn only_pages_of_the_web_are_opened() {
    assert!(is_web("https://acme.example/") && is_web("http://127.0.0.1:8080/"));
    for url in ["file:///etc/passwd", "javascript:alert(1)", "mailto:a@b", "/usr/bin/true", "", "HTTPS"] {
        assert!(!is_web(url), "{url}");
    }
}

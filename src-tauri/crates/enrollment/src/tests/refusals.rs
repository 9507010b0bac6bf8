//! Every bad value is refused by the name of its place.

use super::{GOOD, HUB, SIGNED};
use crate::parse;

fn refused(good: &str, cases: &[(&str, &str, &str)]) {
    for (from, to, place) in cases {
        let text = good.replacen(from, to, 1);
        assert_ne!(text, good, "{from}");
        let said = parse(&text).unwrap_err().to_string();
        assert!(said.contains(place), "{to}\nexpected: {place}\nsaid: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}

#[test]
fn a_bad_enrollment_is_refused_by_the_name_of_the_place() {
    refused(
        GOOD,
        &[
            ("organization = \"acme\"", "organization = \"Acme Inc\"", "`organization`"),
            ("organization = \"acme\"", "organization = 7", "line 2, column 1: `organization` is not a text"),
            ("organization = \"acme\"", "", "`organization` is missing"),
            (
                "organization = \"acme\"",
                "organisation = \"acme\"",
                "line 2, column 1: unknown key `organisation`",
            ),
            ("organization = \"acme\"", "organization = \"acme\"\nname = \"\"", "`name` is empty"),
            ("organization = \"acme\"", "organization = \"acme\"\nname = \"A\\u0007\"", "`name` has control"),
            ("organization = \"acme\"", "organization = \"acme\"\norganization = \"acme\"", "line 3"),
            (
                "organization = \"acme\"",
                "organization = \"acme\"\nidentity = \"x\"",
                "`identity` is a section",
            ),
            ("[contact]", "[identity]\n[contact]", "line 6, column 2: `identity` is empty"),
            ("name = \"Platform team\"", "phone = \"1\"", "line 7, column 1: unknown key `contact.phone`"),
            ("[contact]", "[contact", "line 6"),
        ],
    );
}

#[test]
fn a_bad_policy_location_is_refused() {
    refused(
        GOOD,
        &[
            ("url = \"file:///etc/pullgate/policy/\"", "", "`policy.url` is missing"),
            ("file:///etc/pullgate/policy/", "file://etc/policy", "`policy.url`"),
            ("file:///etc/pullgate/policy/", "file:///etc/../tmp/policy", "`policy.url`"),
            ("file:///etc/pullgate/policy/", "ftp://acme.example/", "`policy.url`"),
            ("file:///etc/pullgate/policy/", "docker-hub", "`policy.keys` does not go with"),
            ("file:///etc/pullgate/policy/", "https://policy.acme.example/", "`policy.keys` is empty"),
            ("keys = []", "", "`policy.keys` is missing"),
            ("keys = []", "keys = \"ed25519:x\"", "`policy.keys` is not a list"),
            ("keys = []", "keys = [\"ed25519:x\"]", "`policy.keys` at 1"),
            ("keys = []", "keys = []\nthreshold = 1", "`policy.threshold`"),
            ("keys = []", "keys = []\nca = \"/x.pem\"", "`policy.ca`"),
            ("keys = []", "keys = []\nabsent = \"maybe\"", "`policy.absent` is `maybe`"),
            ("keys = []", "keys = []\nrefresh = 60", "line 6, column 1: unknown key `policy.refresh`"),
        ],
    );
    refused(
        SIGNED,
        &[
            ("/pullgate/\"", "/pullgate\"", "`policy.url`"),
            ("https://policy", "http://policy", "`policy.url`"),
            ("https://policy", "https://ada:secret@policy", "`policy.url`"),
            ("/pullgate/\"", "/pullgate/?x\"", "`policy.url`"),
            ("[policy]", "[policy]\nthreshold = 3", "`policy.threshold`"),
            ("[policy]", "[policy]\nthreshold = 0", "`policy.threshold`"),
            ("[policy]", "[policy]\nca = \"x.pem\"", "`policy.ca` is not an absolute path"),
            (
                "PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=",
                "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
                "`policy.keys`",
            ),
        ],
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "one case after the other")]
fn a_bad_identity_is_refused() {
    refused(
        SIGNED,
        &[
            ("issuer = \"https://login.acme.example\"", "", "`identity.issuer` is missing"),
            ("https://login", "http://login", "`identity.issuer`"),
            ("client_id = \"pullgate\"", "", "`identity.client_id` is missing"),
            ("client_id", "client_key", "line 6, column 1: unknown key `identity.client_key`"),
            (
                "membership = { claim = \"groups\", contains = \"engineering\" }",
                "",
                "`identity.membership` is missing",
            ),
            ("contains", "resembles", "`identity.membership` is no rule"),
            ("[policy]", "scopes = [\"groups\"]\n[policy]", "`identity.scopes` lacks `openid`"),
            ("[policy]", "scopes = [7]\n[policy]", "`identity.scopes` is not a text"),
            ("[policy]", "scopes = [\"openid email\"]\n[policy]", "write each scope as a text of its own"),
            (
                "[policy]",
                "client_secret_file = \"secret\"\n[policy]",
                "line 8, column 1: the enrollment's `identity.client_secret_file` is not an absolute path",
            ),
            (
                "[policy]",
                "client_secret = \"a\"\nclient_secret_file = \"/etc/b\"\n[policy]",
                "`identity.client_secret_file` stands beside `identity.client_secret`",
            ),
            (
                "[policy]",
                "device_client_secret = \"a\"\n[policy]",
                "`identity.device_client_secret` belongs to a client that is not named",
            ),
            (
                "[policy]",
                "redirect_host = \"[::1]\"\n[policy]",
                "line 8, column 1: the enrollment's `identity.redirect_host` is `[::1]`; write `127.0.0.1` or `localhost`",
            ),
            (
                "[policy]",
                "redirect_host = \"evil.example\"\n[policy]",
                "`identity.redirect_host` is `evil.example`",
            ),
            ("[policy]", "parameters = \"x\"\n[policy]", "`identity.parameters` is not a table in braces"),
            (
                "[policy]",
                "parameters = { a = 1 }\n[policy]",
                "`identity.parameters` has a value that is not a text",
            ),
            (
                "[policy]",
                "parameters = { a = \"\" }\n[policy]",
                "`identity.parameters` has a value that is not",
            ),
            (
                "[policy]",
                "parameters = { scope = \"x\" }\n[policy]",
                "line 8, column 1: the enrollment's `identity.parameters` has `scope`, which a sign-in sets by itself; \
                 write `identity.scopes`",
            ),
            ("[policy]", "parameters = { redirect_uri = \"x\" }\n[policy]", "write `identity.redirect_host`"),
            ("[policy]", "parameters = { response_mode = \"x\" }\n[policy]", "by itself; leave it out"),
            ("[policy]", "parameters = { prompt = \"none\" }\n[policy]", "nobody could sign in"),
            ("[policy]", "parameters = { \"a b\" = \"x\" }\n[policy]", "`a b`, which is no name"),
            (
                "[policy]",
                "redirect_ports = [1024,1025,1026,1027,1028,1029,1030,1031,1032]\n[policy]",
                "more than 8",
            ),
            ("[policy]", "redirect_ports = [80]\n[policy]", "`identity.redirect_ports`"),
            ("[policy]", "redirect_ports = [\"8400\"]\n[policy]", "`identity.redirect_ports`"),
            ("[policy]", "required = 1\n[policy]", "`identity.required` is neither"),
            ("[policy]", "ca = \"idp.pem\"\n[policy]", "`identity.ca` is not an absolute path"),
            ("[policy]", "organizations = [\"acme\"]\n[policy]", "`identity.organizations` goes only with"),
            ("[policy]", "provider = \"google\"\n[policy]", "`identity.provider` is `google`"),
        ],
    );
    refused(
        HUB,
        &[
            (
                "provider = \"docker-hub\"",
                "provider = \"docker-hub\"\nparameters = { a = \"b\" }",
                "`identity.parameters` does not go with",
            ),
            (
                "provider = \"docker-hub\"",
                "provider = \"docker-hub\"\nissuer = \"https://x.example\"",
                "`identity.issuer`",
            ),
            (
                "provider = \"docker-hub\"",
                "provider = \"docker-hub\"\norganizations = []",
                "`identity.organizations`",
            ),
            (
                "provider = \"docker-hub\"",
                "provider = \"docker-hub\"\norganizations = [\"A b\"]",
                "`identity.organizations`",
            ),
            (
                "provider = \"docker-hub\"",
                "provider = \"docker-hub\"\napi = \"hub.example\"",
                "`identity.api`",
            ),
            (
                "[identity]\nprovider = \"docker-hub\"\n",
                "",
                "`policy.url` is `docker-hub`, which needs a sign-in",
            ),
        ],
    );
}

#[test]
fn a_bad_stand_in_is_refused() {
    refused(
        GOOD,
        &[
            ("https://mirror.acme.example", "http://mirror.acme.example", "`stand-in.\"docker.io\".url`"),
            ("https://mirror.acme.example", "https://mirror.acme.example/v2/", "url`"),
            ("url = \"https://mirror.acme.example\"", "", "`stand-in.\"docker.io\".url` is missing"),
            (
                "\"/etc/pullgate/mirror-ca.pem\"",
                "\"mirror-ca.pem\"",
                "`stand-in.\"docker.io\".ca` is not an absolute",
            ),
            (
                "registry-1.docker.io",
                "dock er",
                "line 8, column 11: `stand-in.\"dock er\"` names no registry",
            ),
            ("ca = ", "proxy = ", "unknown key `stand-in.\"docker.io\".proxy`"),
        ],
    );
    let twice = format!("{GOOD}[stand-in.\"docker.io\"]\nurl = \"https://other.acme.example\"\n");
    let said = parse(&twice).unwrap_err().to_string();
    assert!(said.contains("is there twice"), "one registry by two of its names: {said}");
}

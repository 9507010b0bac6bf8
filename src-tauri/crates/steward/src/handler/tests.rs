//! Routing as the service asks for it.

use super::*;
use crate::sample::{Bench, routing_request};

#[test]
fn engines_trust_the_stewards_authorities() {
    let bench = Bench::new();
    let routing = routing(routing_request(), bench.trust()).unwrap();
    let trust = Bundles { mirror: routing.mirror_ca_pem, intercept: routing.intercept_ca_pem };
    assert_eq!((trust, routing.intercept_ca_dir), (bench.trust(), "/etc/pullgate/ca".into()));
}

#[test]
fn routing_that_leads_off_the_machine_is_refused() {
    let bench = Bench::new();
    let asked = routing_request;
    for asked in [
        RoutingRequest { proxy: "http://192.0.2.1:859".into(), ..asked() },
        RoutingRequest { mirror: "registry.example:443".into(), ..asked() },
        // A port of somebody's own on this machine is no gateway.
        RoutingRequest { proxy: "http://127.0.0.1:3128".into(), ..asked() },
        RoutingRequest { mirror: "127.0.0.1:5000".into(), ..asked() },
        RoutingRequest { registries: vec!["quay.io\"\n[x]".into()], ..asked() },
    ] {
        let failure = routing(asked.clone(), bench.trust()).unwrap_err();
        assert_eq!(failure.code, Code::BadRequest, "{asked:?}: {failure}");
    }
}

use super::*;

fn output(status: Option<i32>, stderr: &str) -> Output {
    Output { status, stdout: String::new(), stderr: stderr.into() }
}

fn failed(stderr: &str) -> Canary {
    Canary::judge(&output(Some(1), stderr))
}

fn docker(status: u16, body: &str) -> Canary {
    Canary::judge_answer(&Answer { status, body: body.into() })
}

#[test]
fn a_denial_of_the_gateway_is_told_without_what_stands_around_it() {
    let podman = "Error: reading manifest check in 127.0.0.1:858/docker.io/pullgate-canary/deny: denied: image access denied: pullgate-canary/deny:check is blocked (pg-1)\n";
    let denied = Canary::Denied("image access denied: pullgate-canary/deny:check is blocked (pg-1)".into());
    assert_eq!(failed(podman), denied);
    let body = "{\"status\":\"Pulling\"}\n{\"error\":\"unknown: image access denied: pullgate-canary/deny:check is blocked (pg-1)\"}\n";
    assert_eq!(docker(200, body), denied);
}

/// Each was told as "not blocked by the gateway" once.
#[test]
fn a_network_that_is_silent_is_no_way_round_the_gateway() {
    let docker_says = |words: &str| docker(500, &serde_json::json!({ "message": words }).to_string());
    for words in [
        "Get \"https://registry-1.docker.io/v2/\": context deadline exceeded",
        "Get \"https://registry-1.docker.io/v2/\": net/http: request canceled (Client.Timeout exceeded while awaiting headers)",
        "received unexpected HTTP status: 502 not blocked by policy: registry-1.docker.io cannot be reached (it did not answer in time). Check the network",
        "error parsing HTTP 503 response body: invalid character '<'",
        "received unexpected HTTP status: 503 Service Unavailable",
        "toomanyrequests: You have reached your pull rate limit",
        "denied: the token has expired",
        "dial tcp: lookup registry-1.docker.io: no such host",
        "proxyconnect tcp: dial tcp 127.0.0.1:859: connect: connection refused",
    ] {
        assert!(matches!(docker_says(words), Canary::Undecided(_)), "{words}");
        assert!(matches!(failed(&format!("Error: {words}\n")), Canary::Undecided(_)), "{words}");
    }
    assert_eq!(Canary::judge(&output(Some(124), "")), Canary::Undecided("no answer within 20 s".into()));
    assert!(matches!(Canary::judge(&output(None, "cannot run `timeout`")), Canary::Undecided(_)));
}

#[test]
fn an_image_that_arrived_and_a_registry_that_answered_are_a_way_round() {
    assert_eq!(Canary::judge(&output(Some(0), "")), Canary::NotDenied("it arrived".into()));
    assert_eq!(
        docker(200, "{\"status\":\"Status: Downloaded newer image\"}\n"),
        Canary::NotDenied("it arrived".into())
    );
    for words in [
        "pull access denied for pullgate-canary/deny, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
        "reading manifest check in docker.io/pullgate-canary/deny: unauthorized: authentication required",
        "failed to resolve reference \"docker.io/pullgate-canary/deny:check\": docker.io/pullgate-canary/deny:check: not found: manifest unknown",
    ] {
        assert!(matches!(failed(words), Canary::NotDenied(_)), "{words}");
    }
}

/// The whole of it stood in a cell of a table.
#[test]
fn of_a_failed_build_one_line_is_told_and_not_its_whole_output() {
    let build = "#1 [internal] load build definition from Dockerfile\n#1 transferring dockerfile: 72B done\n#1 DONE 0.0s\n\
                 #2 [internal] load metadata for docker.io/pullgate-canary/deny:check\n#2 ERROR: failed to do request: Head \"https://x\": EOF\n\
                 ------\nDockerfile:1\n--------------------\n   1 | >>> FROM docker.io/pullgate-canary/deny:check\n--------------------\n\
                 error: failed to solve: failed to do request: Head \"https://x\": EOF\n";
    let told =
        Canary::Undecided("error: failed to solve: failed to do request: Head \"https://x\": EOF".into());
    assert_eq!(failed(build), told);
    let Canary::Undecided(long) = failed(&format!("error: {}", "wide ".repeat(400))) else { panic!() };
    assert!(long.chars().count() <= MOST + 1 && long.ends_with('…'), "{long}");
}

//! The places a request may be answered at, in the order they are asked.

use http1::{Body, Connection, Fields};

use super::{forwarding::Forwarding, mount, unanswered};
use crate::{
    pull::request::{Addressing, Subject},
    upstream::{Destination, Exchange, Outgoing, Problem, Timeouts, exchange_within},
};

/// A place that may answer a request, and how it is asked there.
pub(super) struct Candidate {
    pub(super) destination: Destination,
    pub(super) path: String,
    /// How long it is waited for there.
    pub(super) timeouts: Timeouts,
    auth: AuthMode,
}

/// Whose credentials a request carries there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum AuthMode {
    /// The engine, with whatever it sends.
    Engine,
    /// The gateway, with the person's own login.
    Personal,
    /// The gateway, as nobody; the person's credentials stay here.
    Anonymous,
}

/// All places for a request; the last one's answer is final.
pub(super) fn candidates(forwarding: &Forwarding<'_>) -> Vec<Candidate> {
    let (request, network) = (forwarding.request, &forwarding.context.network);
    let auth = if request.addressing == Addressing::Proxy { AuthMode::Engine } else { AuthMode::Personal };
    let path = mount::without_forbidden(forwarding);
    let registry = match &request.subject {
        Subject::Content { repository, .. } => Some(repository.registry().clone()),
        Subject::Unlisted { .. } => None,
        Subject::Ping | Subject::Catalog | Subject::Plain | Subject::Token => request.destination.registry(),
    };
    let is_content = matches!(request.subject, Subject::Content { .. });
    // Images come from there; they go to the registry itself.
    let comes_in = is_content && !request.is_push();
    if comes_in && let Some((destination, path)) = routed(forwarding, &path) {
        let destination = match destination.registry().and_then(|registry| repository_at(registry, &path)) {
            Some(repository) => network.for_repository(destination, &repository),
            None => destination,
        };
        return vec![Candidate { destination, path, timeouts: Timeouts::DEFAULT, auth: AuthMode::Anonymous }];
    }
    let stand_in = registry.as_ref().and_then(|registry| network.stand_in(registry.as_str()));
    let destination = stand_in.unwrap_or_else(|| request.destination.clone());
    let home =
        Candidate { destination, path, timeouts: unanswered::timeouts(forwarding.gate, request), auth };
    let is_hub = registry.is_some_and(|registry| registry.is_docker_hub());
    let mut candidates = Vec::new();
    // A body is read from the engine once, so it goes to one place.
    if comes_in && is_hub && request.body == Body::Empty {
        candidates.extend(network.hub_mirrors().map(|(destination, prefix)| Candidate {
            destination,
            path: format!("{prefix}{}", home.path),
            timeouts: Timeouts::DEFAULT,
            auth: AuthMode::Anonymous,
        }));
    }
    candidates.push(home);
    candidates
}

/// A registry whose images come from the organization's own place is not asked who anybody is; nor is a mirror's client.
pub(super) fn answers_ping_itself(forwarding: &Forwarding<'_>) -> bool {
    forwarding.request.addressing != Addressing::Proxy || forwarding.permitted.route().is_some()
}

impl Candidate {
    /// The place that a registry sent the gateway to, where nobody is known.
    pub(super) fn at(destination: Destination, path: String) -> Self {
        Self { destination, path, timeouts: Timeouts::DEFAULT, auth: AuthMode::Anonymous }
    }

    /// Whether the gateway answers the registry's challenges itself.
    pub(super) fn answers_challenges(&self) -> bool {
        self.auth != AuthMode::Engine
    }

    /// Whether the person's own login may be used.
    pub(super) fn is_personal(&self) -> bool {
        self.auth == AuthMode::Personal
    }

    /// Sends the request here, with another `Authorization` than the engine's where the gateway has one.
    pub(super) async fn send(
        &self,
        forwarding: &Forwarding<'_>,
        authorization: Option<&str>,
        engine: &mut Connection,
    ) -> Result<Exchange, Problem> {
        let request = forwarding.request;
        let mut fields = request.request.fields.clone();
        if request.is_read_in_passing() {
            fields.remove("accept-encoding");
        }
        if self.answers_challenges() {
            replace_authorization(&mut fields, authorization);
        } else if unanswered::has_our_token(request) {
            fields.remove("authorization");
        }
        let outgoing = Outgoing {
            method: &request.request.method,
            path: &self.path,
            fields: &fields,
            body: request.body,
            content: &[],
        };
        exchange_within(
            &forwarding.context.network,
            &self.destination,
            &outgoing,
            Some(engine),
            self.timeouts,
        )
        .await
    }
}

/// The repository that a path of the distribution API names.
fn repository_at(registry: image_ref::Registry, path: &str) -> Option<image_ref::Repository> {
    let rest = path.strip_prefix("/v2/")?;
    let kinds = ["/manifests/", "/blobs/", "/tags/", "/referrers/"];
    let at = kinds.iter().filter_map(|kind| rest.rfind(kind)).max()?;
    image_ref::Repository::new(registry, &rest[..at]).ok()
}

fn replace_authorization(fields: &mut Fields, authorization: Option<&str>) {
    fields.remove("authorization");
    fields.remove("x-pullgate-engine");
    if let Some(value) = authorization {
        fields.push("Authorization", value);
    }
}

/// Where the policy sends a registry's requests.
fn routed(forwarding: &Forwarding<'_>, path: &str) -> Option<(Destination, String)> {
    let route = forwarding.permitted.route()?;
    let rest = path.strip_prefix("/v2/")?;
    let prefix = if route.prefix.is_empty() { String::new() } else { format!("{}/", route.prefix) };
    Some((Destination::of_registry(&route.to), format!("/v2/{prefix}{rest}")))
}

//! The places a request may be answered at, in the order they are asked.

use policy::Held;

use super::mount;
use crate::{
    gate::Gate,
    http::{Body, Connection, Fields},
    pull::{PullRequest, Subject, Way},
    upstream::{Destination, Exchange, Outgoing, Problem, ask},
};

/// One place.
pub(super) struct Leg {
    pub(super) destination: Destination,
    pub(super) path: String,
    manners: Manners,
}

/// Who is known to the registry there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manners {
    /// The engine, with whatever it sends.
    Engine,
    /// The gateway, with the person's own login.
    Person,
    /// The gateway, as nobody; the person's credentials stay here.
    Nobody,
}

/// All places for a request; the last one's answer is final.
pub(super) fn legs(gate: &Gate, request: &PullRequest) -> Vec<Leg> {
    let network = gate.network();
    let manners = if request.way == Way::Proxy { Manners::Engine } else { Manners::Person };
    let path = mount::without_forbidden(gate, request);
    let registry = match &request.subject {
        Subject::Content { repository, .. } => Some(repository.registry().clone()),
        Subject::Unlisted { .. } => None,
        Subject::Ping | Subject::Catalog | Subject::Plain => request.destination.registry(),
    };
    let is_content = matches!(request.subject, Subject::Content { .. });
    // Images come from there; they go to the registry itself.
    let comes_in = is_content && !request.is_push();
    if comes_in && let Some((destination, path)) = routed(gate, request, &path) {
        return vec![Leg { destination, path, manners: Manners::Nobody }];
    }
    let stand_in = registry.as_ref().and_then(|registry| network.stand_in(registry.as_str()));
    let home = Leg { destination: stand_in.unwrap_or_else(|| request.destination.clone()), path, manners };
    let is_hub = registry.is_some_and(|registry| registry.is_docker_hub());
    let mut legs = Vec::new();
    // A body is read from the engine once, so it goes to one place.
    if comes_in && is_hub && request.body == Body::Empty {
        legs.extend(network.hub_mirrors().map(|(destination, prefix)| Leg {
            destination,
            path: format!("{prefix}{}", home.path),
            manners: Manners::Nobody,
        }));
    }
    legs.push(home);
    legs
}

/// A registry whose images come from the organization's own place is not asked who anybody is; nor is a mirror's client.
pub(super) fn answers_ping_itself(gate: &Gate, request: &PullRequest) -> bool {
    request.way != Way::Proxy || route_of(gate, &request.destination).is_some()
}

impl Leg {
    /// Whether the gateway answers the registry's challenges itself.
    pub(super) fn answers_challenges(&self) -> bool {
        self.manners != Manners::Engine
    }

    /// Whether the person's own login may be used.
    pub(super) fn is_personal(&self) -> bool {
        self.manners == Manners::Person
    }

    /// Sends the request here, with another `Authorization` than the engine's where the gateway has one.
    pub(super) async fn ask(
        &self,
        gate: &Gate,
        request: &PullRequest,
        authorization: Option<&str>,
        engine: &mut Connection,
    ) -> Result<Exchange, Problem> {
        let mut fields = request.request.fields.clone();
        if request.is_read_in_passing() {
            fields.remove("accept-encoding");
        }
        if self.answers_challenges() {
            replace_authorization(&mut fields, authorization);
        }
        let outgoing = Outgoing {
            method: &request.request.method,
            path: &self.path,
            fields: &fields,
            body: request.body,
            content: &[],
        };
        ask(&gate.network(), &self.destination, &outgoing, Some(engine)).await
    }
}

fn replace_authorization(fields: &mut Fields, authorization: Option<&str>) {
    fields.remove("authorization");
    fields.remove("x-pullgate-engine");
    if let Some(value) = authorization {
        fields.push("Authorization", value);
    }
}

/// Where the policy sends a registry's requests.
fn routed(gate: &Gate, request: &PullRequest, path: &str) -> Option<(Destination, String)> {
    let route = route_of(gate, &request.destination)?;
    let rest = path.strip_prefix("/v2/")?;
    let prefix = if route.prefix.is_empty() { String::new() } else { format!("{}/", route.prefix) };
    Some((Destination::of_registry(&route.to), format!("/v2/{prefix}{rest}")))
}

fn route_of(gate: &Gate, destination: &Destination) -> Option<policy::Route> {
    let registry = destination.registry()?;
    match &gate.situation().held {
        Held::Current(policy) => policy.route(&registry).cloned(),
        Held::Absent | Held::Unusable { .. } => None,
    }
}

//! The mirror front: the gateway is the registry's client, with the login of the person who asks.

mod local_tokens;
mod locations;
mod logins;
mod token_services;

use super::{
    client::{Answer, Client},
    origin::{Origin, Seen, Step, ok, raw},
};

/// A registry and its token service in one: tokens are `<user or nobody>:<scope>`, and open what they name.
async fn registry_with_tokens() -> Origin {
    Origin::plain(answer).await
}

fn answer(seen: &Seen) -> Vec<Step> {
    let path = seen.asked().split(' ').nth(1).unwrap();
    if let Some(query) = path.strip_prefix("/token?") {
        let user = seen.field("authorization").unwrap_or("nobody").replace("Basic ", "");
        let scope = query.rsplit_once("scope=").unwrap().1;
        return ok(&format!("{{\"token\":\"{user}:{scope}\",\"expires_in\":300}}"));
    }
    let repository = path.strip_prefix("/v2/").unwrap().split("/manifests/").next().unwrap();
    let actions = if seen.head.starts_with("PUT") { "pull,push" } else { "pull" };
    let scope = format!("repository:{repository}:{actions}");
    match seen.field("authorization").and_then(|value| value.strip_prefix("Bearer ")) {
        Some(token) if token.ends_with(&scope) => ok(token.split(':').next().unwrap()),
        _ => raw(&format!(
            "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer realm=\"{}/token\",service=\"reg\",scope=\"{scope}\"\r\n\
             Content-Length: 0\r\n\r\n",
            seen.url
        )),
    }
}

async fn get(client: &mut Client, path: &str) -> Answer {
    client.ask("GET", "127.0.0.1", path).await
}

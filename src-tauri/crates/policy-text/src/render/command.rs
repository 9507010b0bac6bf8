//! What to type or write instead, for the engine that asked, and where the tags of an image are listed.

use image_ref::Reference;
use policy::{Action, Engine, Finding, ImageName, Outcome, Reason, Verdict};

/// The command that pulls the image to use instead, or the line of a Dockerfile that builds on it.
pub fn command_instead(verdict: &Verdict) -> Option<String> {
    let finding = &verdict.finding;
    let instead = finding.instead.as_ref().filter(|_| finding.outcome != Outcome::Allowed)?;
    let image = Reference::parse(instead).ok()?;
    (finding.action == Action::Pull).then(|| command(verdict.engine, &image)).flatten()
}

/// The same for the image that was asked for, once it is allowed: its name in full where no one command is usual; none
/// for what is no pull of a known repository.
pub fn command_again(verdict: &Verdict) -> Option<String> {
    let finding = &verdict.finding;
    let is_pull = finding.action == Action::Pull && matches!(finding.image.name, ImageName::Repository(_));
    let image = Reference::parse(&finding.image.familiar()).ok().filter(|_| is_pull)?;
    Some(command(verdict.engine, &image).unwrap_or_else(|| image.to_string()))
}

/// Podman and its relatives get the name in full, since a short one can be another image there.
fn command(engine: Engine, image: &Reference) -> Option<String> {
    match engine {
        Engine::Docker => Some(format!("docker pull {}", image.familiar())),
        Engine::BuildKit => Some(format!("FROM {}", image.familiar())),
        Engine::Nerdctl => Some(format!("nerdctl pull {}", image.familiar())),
        Engine::Podman => Some(format!("podman pull {image}")),
        Engine::Buildah => Some(format!("buildah pull {image}")),
        Engine::Skopeo | Engine::ContainersImage => Some(format!("docker://{image}")),
        Engine::Containerd | Engine::Kubernetes | Engine::Unknown => None,
    }
}

/// The page that lists the tags of an image of Docker Hub, where another tag is what helps.
pub fn tags_page(finding: &Finding) -> Option<String> {
    let by_tag = matches!(
        finding.reason,
        Reason::TagRequired
            | Reason::TagForbidden { .. }
            | Reason::AllowOtherTag { .. }
            | Reason::DigestUnproven
    );
    let ImageName::Repository(asked) = &finding.image.name else { return None };
    let place = asked
        .path()
        .strip_prefix("library/")
        .map_or_else(|| format!("r/{}", asked.path()), |name| format!("_/{name}"));
    let is_listed = by_tag && asked.registry().is_docker_hub();
    is_listed.then(|| format!("https://hub.docker.com/{place}/tags"))
}

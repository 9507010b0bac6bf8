//! Words for a registry that wants a login it was not shown: what was looked for, and how the tool that asked is
//! given one.

use policy::{Engine, LoginSearch};

use super::{FailureWords, OPENING, elsewhere, named, quoted};
use crate::render::{PHRASE_LIMIT, plain};

const WHY: usize = 200;

/// The words for one 401.
pub(super) fn words(host: &str, message: &str, login: &LoginSearch, engine: Engine) -> FailureWords {
    let host = named(host);
    let refusal = format!("{host} refuses access: 401");
    let (what_else, short, advice) = match login {
        LoginSearch::Missing | LoginSearch::Other => missing(&host, engine),
        LoginSearch::Rejected => {
            let advice = renew(&host, engine);
            ("and does not accept the login that it was shown".to_owned(), advice.clone(), advice)
        }
        LoginSearch::Failed { why } => {
            let why = plain::clip(plain::one_line(why).trim_end_matches('.'), WHY);
            let advice = "Mend that, or log in anew".to_owned();
            (format!("and the login for it could not be read: {why}"), advice.clone(), advice)
        }
    };
    let phrase = plain::ascii(&format!("{OPENING}{refusal}, {what_else}. {short}"));
    let what = format!("{refusal}{}, {what_else}", quoted(message));
    FailureWords {
        phrase: plain::clip(&phrase, PHRASE_LIMIT),
        sentence: format!("{} {advice}.", elsewhere(&what)),
    }
}

/// What was not found, and what to do, in short and in full.
fn missing(host: &str, engine: Engine) -> (String, String, String) {
    let stored = "and no stored login for it was found".to_owned();
    match family(engine) {
        Family::ContainersImage(tool) => (
            stored,
            format!("Run {tool} login {host}; logins by --creds or an API do not reach it"),
            format!(
                "Run `{tool} login {host}`, or name a login file in `REGISTRY_AUTH_FILE`; a password in \
                 `--creds` or an API request does not reach {host} on this machine"
            ),
        ),
        Family::Docker(_) => (stored, renew(host, engine), renew(host, engine)),
        Family::Containerd => {
            let advice = "Give one with it, as an image pull secret or with `ctr --user`".to_owned();
            ("and no login came with the request".to_owned(), advice.clone(), advice)
        }
    }
}

fn renew(host: &str, engine: Engine) -> String {
    match family(engine) {
        Family::ContainersImage(tool) | Family::Docker(tool) => format!("Run `{tool} login {host}`"),
        Family::Containerd => "Check the pull secret or the user that was given".to_owned(),
    }
}

/// Who keeps the logins of a tool.
enum Family {
    ContainersImage(&'static str),
    Docker(&'static str),
    Containerd,
}

fn family(engine: Engine) -> Family {
    match engine {
        Engine::Podman | Engine::ContainersImage => Family::ContainersImage("podman"),
        Engine::Buildah => Family::ContainersImage("buildah"),
        Engine::Skopeo => Family::ContainersImage("skopeo"),
        Engine::Docker | Engine::BuildKit => Family::Docker("docker"),
        Engine::Nerdctl => Family::Docker("nerdctl"),
        Engine::Containerd | Engine::Kubernetes | Engine::Unknown => Family::Containerd,
    }
}

//! A daemon's environment: our drop-in for its unit, what the person set there before us, and what would beat ours.

use std::path::{Path, PathBuf};

use crate::plan::Proxies;
use crate::systemd::Assignment;
use crate::{EngineId, Wish};

/// A value that matches nothing: an empty one would let `NO_PROXY` of the environment through.
pub(crate) const NO_PROXY: &str = "pullgate.invalid";
/// Sorted behind the names people and engines' manuals use, so that it is read after them.
const NAME: &str = "zz-pullgate.conf";
const CERTIFICATE_VARIABLE: &str = "SSL_CERT_DIR";
/// Where Go looks by itself on Linux.
const CERTIFICATE_FOLDERS: &str = "/etc/ssl/certs:/etc/pki/tls/certs";
const PROXY_VARIABLES: [&str; 6] =
    ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"];

/// Where the drop-in of a unit lies.
pub(crate) fn path(unit: &str) -> PathBuf {
    Path::new("/etc/systemd/system").join(format!("{unit}.d")).join(NAME)
}

/// The text of the drop-in.
pub(crate) fn text(wish: &Wish, engine: EngineId, persons_folders: Option<&str>) -> String {
    let name = if engine == EngineId::Docker { "Docker" } else { engine.name() };
    let folders = persons_folders.unwrap_or(CERTIFICATE_FOLDERS);
    let ours = wish.intercept_ca_dir.display();
    let mut text = format!(
        "# Written by Pullgate: {name} pulls images through the gateway on this machine.\n\
         # `pullgate engines restore {engine}` takes it away.\n\
         [Service]\n\
         Environment={CERTIFICATE_VARIABLE}={folders}:{ours}\n"
    );
    for variable in PROXY_VARIABLES {
        let value = if variable.eq_ignore_ascii_case("NO_PROXY") { NO_PROXY } else { &wish.proxy };
        text.push_str(&format!("Environment={variable}={value}\n"));
    }
    text
}

/// The proxies the person gave the daemon, upper case before lower case as Go has it.
pub(crate) fn persons_proxies(environment: &[Assignment]) -> Proxies {
    let value = |upper: &str, lower: &str| effective(environment, upper).or(effective(environment, lower));
    Proxies {
        http: value("HTTP_PROXY", "http_proxy"),
        https: value("HTTPS_PROXY", "https_proxy"),
        no_proxy: value("NO_PROXY", "no_proxy"),
    }
}

pub(crate) fn persons_certificate_folders(environment: &[Assignment]) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/.-_+:".contains(c);
    effective(environment, CERTIFICATE_VARIABLE).filter(|folders| folders.chars().all(plain))
}

/// A file and a variable that would beat ours: every environment file does, and a drop-in with a later name.
pub(crate) fn overridden(environment: &[Assignment], proxies_in_file: bool) -> Option<(PathBuf, String)> {
    let matters = |variable: &str| {
        variable == CERTIFICATE_VARIABLE || (!proxies_in_file && PROXY_VARIABLES.contains(&variable))
    };
    let later = |it: &&Assignment| {
        let is_later = it.source.file_name().is_some_and(|name| name > NAME);
        it.from_environment_file || is_later && is_drop_in(&it.source)
    };
    let theirs = environment.iter().filter(|it| !is_ours(&it.source));
    let found = theirs.filter(later).find(|it| matters(&it.variable));
    found.map(|it| (it.source.clone(), it.variable.clone()))
}

fn is_ours(source: &Path) -> bool {
    source.file_name().is_some_and(|name| name == NAME)
}

fn is_drop_in(source: &Path) -> bool {
    source.extension().is_some_and(|extension| extension == "conf")
}

fn effective(environment: &[Assignment], variable: &str) -> Option<String> {
    let theirs = environment.iter().filter(|it| !is_ours(&it.source) && it.variable == variable);
    let last_of = |from_file| theirs.clone().rfind(|it| it.from_environment_file == from_file);
    let value = last_of(true).or(last_of(false))?.value.clone();
    (!value.is_empty()).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wish::tests::wish;

    const OURS: &str = "/etc/systemd/system/docker.service.d/zz-pullgate.conf";

    fn set(source: &str, variable: &str, value: &str) -> Assignment {
        let from_environment_file = source.starts_with("/etc/default");
        let (source, variable, value) = (source.into(), variable.into(), value.into());
        Assignment { source, variable, value, from_environment_file }
    }

    #[test]
    fn the_drop_in_names_go_s_own_folders_first_and_every_proxy_variable() {
        insta::assert_snapshot!(text(&wish(), EngineId::Docker, None));
    }

    #[test]
    fn the_person_s_own_folders_stay_in_front() {
        assert!(
            text(&wish(), EngineId::Docker, Some("/opt/certs"))
                .contains("Environment=SSL_CERT_DIR=/opt/certs:/var/lib/pullgate-steward/intercept\n")
        );
    }

    #[test]
    fn the_person_s_proxies_are_read_without_ours() {
        let environment = [
            set("/etc/systemd/system/docker.service.d/http-proxy.conf", "HTTPS_PROXY", "http://corp:3128"),
            set("/etc/systemd/system/docker.service.d/http-proxy.conf", "no_proxy", ".acme.example"),
            set(OURS, "HTTPS_PROXY", "http://127.0.0.1:859"),
            set(OURS, "HTTP_PROXY", "http://127.0.0.1:859"),
        ];
        assert_eq!(
            persons_proxies(&environment),
            Proxies {
                http: None,
                https: Some("http://corp:3128".into()),
                no_proxy: Some(".acme.example".into())
            }
        );
        assert_eq!(overridden(&environment, false), None);
    }

    #[test]
    fn what_would_beat_our_drop_in_is_found() {
        let later = [set("/etc/systemd/system/docker.service.d/zzz.conf", "SSL_CERT_DIR", "/x")];
        assert_eq!(overridden(&later, true).map(|it| it.1), Some("SSL_CERT_DIR".into()));
        let file = [set("/etc/default/docker", "https_proxy", "http://x")];
        assert_eq!(overridden(&file, true), None);
        assert_eq!(overridden(&file, false), Some(("/etc/default/docker".into(), "https_proxy".into())));
    }
}

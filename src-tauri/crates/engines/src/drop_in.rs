//! A daemon's environment: our drop-in for its unit, what the person set there before us, and what would beat ours.

use std::path::{Path, PathBuf};

use config_edit::NO_PROXY;

use crate::systemd::{Environment, OURS as NAME, Unit};
use crate::{DesiredRouting, EngineId};

const CERTIFICATE_VARIABLE: &str = "SSL_CERT_DIR";
/// Where Go looks by itself on Linux.
const CERTIFICATE_FOLDERS: &str = "/etc/ssl/certs:/etc/pki/tls/certs";
const PROXY_VARIABLES: [&str; 6] =
    ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"];

/// Where the drop-in of a unit lies.
pub(crate) fn path(unit: &str) -> PathBuf {
    Path::new("/etc/systemd/system").join(format!("{unit}.d")).join(NAME)
}

/// The text of the drop-in. Our variables come by an environment file, which beats every `Environment=` and leaves what
/// the person set for systemd to tell. It is the drop-in itself, since systemd passes over sections whose name begins
/// with `X-`, and an environment file's lines that assign nothing.
pub(crate) fn text(
    desired: &DesiredRouting,
    engine: EngineId,
    unit: &str,
    persons_folders: Option<&str>,
) -> String {
    let name = if engine == EngineId::Docker { "Docker" } else { engine.name() };
    let folders = persons_folders.unwrap_or(CERTIFICATE_FOLDERS);
    let ours = desired.intercept_ca_dir.display();
    let mut text = format!(
        "# Written by Pullgate: {name} pulls images through the gateway on this machine.\n\
         # `pullgate engines restore {engine}` takes it away.\n\
         [Service]\n\
         EnvironmentFile=-{}\n\
         \n\
         # What follows is read as that environment file.\n\
         [X-Environment]\n\
         {CERTIFICATE_VARIABLE}={folders}:{ours}\n",
        path(unit).display()
    );
    for variable in PROXY_VARIABLES {
        let value = if variable.eq_ignore_ascii_case("NO_PROXY") { NO_PROXY } else { &desired.proxy };
        text.push_str(&format!("{variable}={value}\n"));
    }
    text
}

/// Whether a process with this value of `NO_PROXY` was started with our drop-in.
pub(crate) fn is_ours(no_proxy: Option<&str>) -> bool {
    no_proxy == Some(NO_PROXY)
}

pub(crate) fn persons_certificate_folders(environment: &Environment) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/.-_+:".contains(c);
    let folders = environment.value(CERTIFICATE_VARIABLE).filter(|folders| !folders.is_empty());
    folders.filter(|folders| folders.chars().all(plain)).map(str::to_owned)
}

/// A file and a variable that would beat ours: an environment file that is read later, and what the unit takes away.
/// Before ours is there, a drop-in with a later name may have one.
pub(crate) fn overridden(unit: &Unit, proxies_in_file: bool) -> Option<(PathBuf, String)> {
    let mut variables = vec![CERTIFICATE_VARIABLE];
    if !proxies_in_file {
        variables.extend(PROXY_VARIABLES);
    }
    let environment = &unit.environment;
    if let Some(variable) = environment.unset(&variables) {
        return Some((unit.fragment.clone(), variable));
    }
    let is_later = |path: &PathBuf| path.file_name().is_some_and(|name| name > NAME);
    match environment.after_ours(&variables) {
        Some(later) => Some(later),
        None if environment.has_ours() || !unit.drop_ins.iter().any(is_later) => None,
        None => environment.in_files(&variables),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desired_routing::tests::desired;
    use crate::machine::simulated;
    use crate::systemd;

    const FOLDER: &str = "/etc/systemd/system/docker.service.d";

    fn unit(files: &[(&str, &str)]) -> Unit {
        systemd::unit(&simulated::machine(files, 0), "docker.service").unwrap()
    }

    #[test]
    fn the_drop_in_names_go_s_own_folders_first_and_every_proxy_variable() {
        insta::assert_snapshot!(text(&desired(), EngineId::Docker, "docker.service", None));
    }

    #[test]
    fn the_person_s_own_folders_stay_in_front() {
        assert!(
            text(&desired(), EngineId::Docker, "docker.service", Some("/opt/certs"))
                .contains("\nSSL_CERT_DIR=/opt/certs:/var/lib/pullgate-steward/intercept\n")
        );
    }

    #[test]
    fn what_the_person_set_is_told_beside_ours() {
        let ours = text(&desired(), EngineId::Docker, "docker.service", None);
        let unit = unit(&[
            (
                &format!("{FOLDER}/http-proxy.conf"),
                "[Service]\nEnvironment=HTTPS_PROXY=http://corp%%5Cada:p@corp:3128 SSL_CERT_DIR=/opt/certs\n",
            ),
            (&format!("{FOLDER}/zz-pullgate.conf"), &ours),
            (
                &format!("{FOLDER}/zzz.conf"),
                "[Service]\nEnvironment=HTTPS_PROXY=http://corp%%5Cada:q@corp:3128\n",
            ),
        ]);
        assert_eq!(unit.environment.value("HTTPS_PROXY"), Some("http://corp%5Cada:q@corp:3128"));
        assert_eq!(unit.environment.value("HTTP_PROXY"), None);
        assert_eq!(persons_certificate_folders(&unit.environment).as_deref(), Some("/opt/certs"));
        assert_eq!(overridden(&unit, false), None);
    }

    #[test]
    fn what_would_beat_our_drop_in_is_found() {
        let file = ("/etc/late.env", "SSL_CERT_DIR=/x\nhttps_proxy=http://x\n");
        let later = (format!("{FOLDER}/zzz.conf"), "[Service]\nEnvironmentFile=/etc/late.env\n");
        let later = (later.0.as_str(), later.1);
        let ours = text(&desired(), EngineId::Docker, "docker.service", None);
        let ours = (format!("{FOLDER}/zz-pullgate.conf"), ours);
        let ours = (ours.0.as_str(), ours.1.as_str());
        let found = Some((PathBuf::from("/etc/late.env"), "SSL_CERT_DIR".to_owned()));
        assert_eq!(overridden(&unit(&[file, later]), true), found);
        assert_eq!(overridden(&unit(&[file, later, ours]), true), found);
        let earlier = (format!("{FOLDER}/a.conf"), later.1);
        let earlier = (earlier.0.as_str(), earlier.1);
        assert_eq!(overridden(&unit(&[file, earlier]), true), None);
        assert_eq!(overridden(&unit(&[file, earlier, ours]), false), None);
        let taken = (later.0, "[Service]\nUnsetEnvironment=https_proxy\n");
        assert_eq!(overridden(&unit(&[taken]), true), None);
        assert_eq!(overridden(&unit(&[taken]), false).map(|it| it.1), Some("https_proxy".to_owned()));
    }
}

//! Where a person's tools keep logins, in the order in which containers/image looks.

use std::{
    env,
    path::{Path, PathBuf},
};

/// What decides where a person's logins are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Places {
    /// The user id.
    pub(super) uid: u32,
    /// `HOME`.
    pub(super) home: Option<PathBuf>,
    /// `XDG_RUNTIME_DIR`.
    pub(super) runtime: Option<PathBuf>,
    /// `REGISTRY_AUTH_FILE`.
    pub(super) auth_file: Option<PathBuf>,
    /// `DOCKER_CONFIG`.
    pub(super) docker_config: Option<PathBuf>,
}

impl Places {
    /// As the environment of this process has it.
    pub(super) fn of_this_process() -> Self {
        let folder = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        Self {
            uid: rustix::process::getuid().as_raw(),
            home: folder("HOME"),
            runtime: folder("XDG_RUNTIME_DIR"),
            auth_file: folder("REGISTRY_AUTH_FILE"),
            docker_config: folder("DOCKER_CONFIG"),
        }
    }

    /// The files to look into; a file the person named is the only one.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        if let Some(file) = &self.auth_file {
            return vec![file.clone()];
        }
        let below = |folder: &Option<PathBuf>, file: &str| folder.as_deref().map(|folder| folder.join(file));
        let docker = below(&self.docker_config, "config.json").or(below(&self.home, ".docker/config.json"));
        let without_session = Path::new("/run/containers").join(self.uid.to_string()).join("auth.json");
        let files = [
            below(&self.runtime, "containers/auth.json"),
            Some(without_session),
            below(&self.home, ".config/containers/auth.json"),
            docker,
        ];
        files.into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ada() -> Places {
        Places {
            uid: 1000,
            home: Some("/home/ada".into()),
            runtime: Some("/run/user/1000".into()),
            ..Places::default()
        }
    }

    fn shown(places: &Places) -> Vec<String> {
        places.files().iter().map(|path| path.display().to_string()).collect()
    }

    #[test]
    fn logins_are_looked_for_where_podman_and_docker_keep_them() {
        let expected = [
            "/run/user/1000/containers/auth.json",
            "/run/containers/1000/auth.json",
            "/home/ada/.config/containers/auth.json",
            "/home/ada/.docker/config.json",
        ];
        assert_eq!(shown(&ada()), expected);
    }

    #[test]
    fn a_file_the_person_named_is_the_only_one() {
        let places = Places { auth_file: Some("/tmp/ci.json".into()), ..ada() };
        assert_eq!(shown(&places), ["/tmp/ci.json"]);
    }

    #[test]
    fn a_docker_folder_the_person_named_takes_the_place_of_the_usual_one() {
        let places = Places { docker_config: Some("/srv/docker".into()), ..ada() };
        assert_eq!(shown(&places).last().unwrap(), "/srv/docker/config.json");
        assert!(!shown(&places).contains(&"/home/ada/.docker/config.json".to_owned()));
    }

    #[test]
    fn without_home_and_session_one_place_is_left() {
        let places = Places { uid: 0, ..Places::default() };
        assert_eq!(shown(&places), ["/run/containers/0/auth.json"]);
    }
}

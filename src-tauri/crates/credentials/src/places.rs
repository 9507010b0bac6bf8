//! Where a person's tools keep logins, in the order in which they look.

use std::{
    env,
    path::{Path, PathBuf},
};

use super::{Question, command, command::Said, registries_conf::Conf};

/// What decides where a person's logins are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Places {
    /// The user id.
    pub(super) uid: u32,
    /// `HOME`.
    pub(super) home: Option<PathBuf>,
    /// `XDG_RUNTIME_DIR`.
    pub(super) runtime: Option<PathBuf>,
    /// `XDG_CONFIG_HOME`.
    pub(super) config_home: Option<PathBuf>,
    /// `REGISTRY_AUTH_FILE`.
    pub(super) auth_file: Option<PathBuf>,
    /// `DOCKER_CONFIG`.
    pub(super) docker_config: Option<PathBuf>,
    /// `CONTAINERS_REGISTRIES_CONF`.
    pub(super) registries_conf: Option<PathBuf>,
    /// What the asking command says.
    pub(super) said: Said,
}

/// A file to look into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// `auth.json` or Docker's `config.json`.
    Current(PathBuf),
    /// `.dockercfg`, whose keys stand at the top.
    Legacy(PathBuf),
}

impl Place {
    /// Its path.
    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Current(path) | Self::Legacy(path) => path,
        }
    }
}

impl Places {
    /// As the environment of this process has it, and the asking command.
    pub(super) fn of_this_process(question: &Question) -> Self {
        let folder = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        Self {
            uid: rustix::process::getuid().as_raw(),
            home: folder("HOME"),
            runtime: folder("XDG_RUNTIME_DIR"),
            config_home: folder("XDG_CONFIG_HOME"),
            auth_file: folder("REGISTRY_AUTH_FILE"),
            docker_config: folder("DOCKER_CONFIG"),
            registries_conf: folder("CONTAINERS_REGISTRIES_CONF"),
            said: command::said(question),
        }
    }

    /// The files that tools of containers/image look into; a file that the person named is the only one.
    pub(super) fn files(&self) -> Vec<Place> {
        let named = self.said.auth_file.clone().map(Place::Current);
        if let (Some(file), true) = (&named, self.said.is_certain) {
            return vec![file.clone()];
        }
        named.into_iter().chain(self.usual_files()).collect()
    }

    fn usual_files(&self) -> Vec<Place> {
        if let Some(file) = &self.auth_file {
            return vec![Place::Current(file.clone())];
        }
        // Podman and Buildah take a folder of Docker's that is named for the only place, Skopeo for one among others.
        if let (Some(folder), false) = (&self.docker_config, self.said.is_skopeo) {
            return vec![Place::Current(folder.join("config.json"))];
        }
        let below = |folder: &Option<PathBuf>, file: &str| folder.as_deref().map(|folder| folder.join(file));
        let without_session = Path::new("/run/containers").join(self.uid.to_string()).join("auth.json");
        let files = [
            below(&self.runtime, "containers/auth.json"),
            Some(without_session),
            below(&self.config_home, "containers/auth.json")
                .or(below(&self.home, ".config/containers/auth.json")),
            self.docker_file(),
        ];
        let legacy = below(&self.home, ".dockercfg").map(Place::Legacy);
        files.into_iter().flatten().map(Place::Current).chain(legacy).collect()
    }

    /// The file that Docker's command line looks into.
    pub(super) fn docker_files(&self) -> Vec<Place> {
        self.docker_file().into_iter().map(Place::Current).collect()
    }

    fn docker_file(&self) -> Option<PathBuf> {
        let usual = || self.home.as_deref().map(|home| home.join(".docker/config.json"));
        self.docker_config.as_deref().map(|folder| folder.join("config.json")).or_else(usual)
    }

    /// The configuration in force: a person's own main file takes the place of the system's, folder and all.
    pub(super) fn registries_conf(&self) -> Conf {
        let system = Path::new("/etc/containers");
        let own = self.home.as_deref().map(|home| home.join(".config/containers"));
        let own_folder = own.as_deref().map(|own| own.join("registries.conf.d"));
        let own_main = own.map(|own| own.join("registries.conf")).filter(|path| path.exists());
        let system_folder = Some(system.join("registries.conf.d")).filter(|_| own_main.is_none());
        Conf {
            main: self.registries_conf.clone().or(own_main).unwrap_or_else(|| system.join("registries.conf")),
            folders: system_folder.into_iter().chain(own_folder).collect(),
        }
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
        places.files().iter().map(|place| place.path().display().to_string()).collect()
    }

    #[test]
    fn logins_are_looked_for_where_podman_and_docker_keep_them() {
        let expected = [
            "/run/user/1000/containers/auth.json",
            "/run/containers/1000/auth.json",
            "/home/ada/.config/containers/auth.json",
            "/home/ada/.docker/config.json",
            "/home/ada/.dockercfg",
        ];
        assert_eq!(shown(&ada()), expected);
        let elsewhere = Places { config_home: Some("/home/ada/conf".into()), ..ada() };
        assert_eq!(shown(&elsewhere)[2], "/home/ada/conf/containers/auth.json");
    }

    #[test]
    fn a_file_the_person_named_is_the_only_one() {
        let places = Places { auth_file: Some("/tmp/ci.json".into()), ..ada() };
        assert_eq!(shown(&places), ["/tmp/ci.json"]);
        let said = Said { auth_file: Some("/tmp/now.json".into()), is_certain: true, is_skopeo: false };
        assert_eq!(shown(&Places { said: said.clone(), ..places.clone() }), ["/tmp/now.json"]);
        let said = Said { is_certain: false, ..said };
        assert_eq!(shown(&Places { said, ..places }), ["/tmp/now.json", "/tmp/ci.json"]);
    }

    #[test]
    fn a_docker_folder_the_person_named_is_the_only_place_but_for_skopeo() {
        let places = Places { docker_config: Some("/srv/docker".into()), ..ada() };
        assert_eq!(shown(&places), ["/srv/docker/config.json"]);
        let said = Said { is_skopeo: true, ..Said::default() };
        let skopeo = shown(&Places { said, ..places });
        assert_eq!((skopeo.len(), skopeo[3].as_str()), (5, "/srv/docker/config.json"));
        assert!(!skopeo.contains(&"/home/ada/.docker/config.json".to_owned()));
    }

    #[test]
    fn docker_itself_looks_into_one_file() {
        let path = |places: Places| places.docker_files()[0].path().to_owned();
        assert_eq!(path(ada()), Path::new("/home/ada/.docker/config.json"));
        let elsewhere = Places { docker_config: Some("/srv/docker".into()), ..ada() };
        assert_eq!(path(elsewhere), Path::new("/srv/docker/config.json"));
    }

    #[test]
    fn without_home_and_session_one_place_is_left() {
        let places = Places { uid: 0, ..Places::default() };
        assert_eq!(shown(&places), ["/run/containers/0/auth.json"]);
        assert_eq!(places.docker_files(), []);
    }
}

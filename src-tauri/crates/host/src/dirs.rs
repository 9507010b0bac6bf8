//! Where Pullgate keeps its files, for the machine and for a person's own programs. It names folders and
//! creates none. Configuration is the machine's in both cases: a person cannot enroll the machine with a
//! file of their own.

use std::path::PathBuf;

use directories::ProjectDirs;

#[cfg(target_os = "linux")]
use linux as system;
#[cfg(target_os = "macos")]
use macos as system;
#[cfg(windows)]
use windows as system;

/// The folders one running service uses.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Dirs {
    /// Enrollment and whatever else the administrator decides.
    pub config: PathBuf,
    /// Session, policy and journal; survives a restart.
    pub state: PathBuf,
    /// Sockets; gone after a restart.
    pub runtime: PathBuf,
}

impl Dirs {
    /// The folders of the service of the whole machine.
    #[must_use]
    pub fn system() -> Self {
        Self { config: system::config(), state: system::state(), runtime: system::runtime() }
    }

    /// The folders of what the calling person runs, such as the tray; none without a home or a session.
    #[must_use]
    pub fn user() -> Option<Self> {
        let own = ProjectDirs::from("", "", "pullgate")?;
        let state = own.state_dir().unwrap_or_else(|| own.data_local_dir());
        let runtime = system::runtime_of(&own)?;
        Some(Self { config: system::config(), state: state.to_path_buf(), runtime })
    }

    /// The folder where the steward keeps the originals of engine files and the authorities' keys.
    #[must_use]
    pub fn steward_state() -> PathBuf {
        system::steward_state()
    }

    /// The file that enrolls the machine.
    #[must_use]
    pub fn enrollment(&self) -> PathBuf {
        self.config.join("enrollment.toml")
    }

    /// The socket that the command line and the tray talk to.
    #[must_use]
    pub fn control_socket(&self) -> PathBuf {
        system::socket(&self.runtime, "control")
    }

    /// The socket that the service asks the steward on.
    #[must_use]
    pub fn steward_socket(&self) -> PathBuf {
        system::socket(&self.runtime, "steward")
    }
}

#[cfg(target_os = "linux")]
mod linux {
    //! The folders of the machine by the file system hierarchy standard, and a person's by the XDG's.

    use std::path::{Path, PathBuf};

    use directories::ProjectDirs;

    pub(super) fn config() -> PathBuf {
        "/etc/pullgate".into()
    }

    pub(super) fn state() -> PathBuf {
        "/var/lib/pullgate".into()
    }

    pub(super) fn steward_state() -> PathBuf {
        "/var/lib/pullgate-steward".into()
    }

    pub(super) fn runtime() -> PathBuf {
        "/run/pullgate".into()
    }

    pub(super) fn runtime_of(own: &ProjectDirs) -> Option<PathBuf> {
        own.runtime_dir().map(Path::to_path_buf)
    }

    pub(super) fn socket(runtime: &Path, name: &str) -> PathBuf {
        runtime.join(name).with_extension("sock")
    }
}

#[cfg(any(target_os = "macos", test))]
mod macos {
    //! The folders of the machine by Apple's file system programming guide. A socket's path has to fit into 104 bytes.

    use std::path::{Path, PathBuf};

    use directories::ProjectDirs;

    const OURS: &str = "/Library/Application Support/Pullgate";

    pub(super) fn config() -> PathBuf {
        OURS.into()
    }

    pub(super) fn state() -> PathBuf {
        Path::new(OURS).join("State")
    }

    pub(super) fn steward_state() -> PathBuf {
        Path::new(OURS).join("Steward")
    }

    pub(super) fn runtime() -> PathBuf {
        "/private/var/run/pullgate".into()
    }

    /// A person's own; nothing else is emptied at each start and closed to others.
    #[expect(clippy::unnecessary_wraps, reason = "elsewhere a session has to tell of it")]
    pub(super) fn runtime_of(own: &ProjectDirs) -> Option<PathBuf> {
        Some(own.cache_dir().join("run"))
    }

    pub(super) fn socket(runtime: &Path, name: &str) -> PathBuf {
        runtime.join(name).with_extension("sock")
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn nothing_of_the_machine_lies_where_a_person_can_write() {
            let own = ProjectDirs::from_path("pullgate".into()).map(|own| runtime_of(&own));
            assert!(own.flatten().is_some_and(|folder| folder.ends_with("run")));
            for folder in [config(), state(), steward_state()] {
                assert!(folder.starts_with("/Library/Application Support"), "{folder:?}");
            }
            assert_eq!(socket(&runtime(), "control"), Path::new("/private/var/run/pullgate/control.sock"));
        }
    }
}

#[cfg(windows)]
mod windows {
    //! The folders of the machine: below the one that the system keeps for the data of programs, wherever it lies. Sockets
    //! are named pipes, which live in a namespace of their own.

    use std::ffi::OsString;
    use std::os::windows::ffi::OsStringExt;
    use std::path::{Path, PathBuf};
    use std::ptr;

    use directories::ProjectDirs;
    use windows_sys::Win32::System::Com::CoTaskMemFree;
    use windows_sys::Win32::UI::Shell::{FOLDERID_ProgramData, KF_FLAG_DEFAULT, SHGetKnownFolderPath};

    /// Where it lies on every machine whose administrator moved nothing.
    const USUAL: &str = r"C:\ProgramData";
    const PIPES: &str = r"\\.\pipe";

    pub(super) fn config() -> PathBuf {
        program_data().join("Pullgate")
    }

    pub(super) fn state() -> PathBuf {
        config().join("State")
    }

    pub(super) fn steward_state() -> PathBuf {
        config().join("Steward")
    }

    pub(super) fn runtime() -> PathBuf {
        Path::new(PIPES).join("pullgate")
    }

    /// The pipes of a person's own programs bear the name of their folder, which no other person shares.
    pub(super) fn runtime_of(own: &ProjectDirs) -> Option<PathBuf> {
        let home = own.data_local_dir().to_str()?;
        let name: String =
            home.chars().map(|letter| if letter.is_alphanumeric() { letter } else { '-' }).collect();
        Some(Path::new(PIPES).join(format!("pullgate-{name}")))
    }

    /// The name of a pipe has no folders.
    pub(super) fn socket(runtime: &Path, name: &str) -> PathBuf {
        let mut pipe = runtime.as_os_str().to_owned();
        pipe.push("-");
        pipe.push(name);
        pipe.into()
    }

    /// Asked of the system: the environment is the caller's to change.
    #[expect(unsafe_code, reason = "known folders are a C interface")]
    fn program_data() -> PathBuf {
        let (folder, mut found) = (FOLDERID_ProgramData, ptr::null_mut());
        // SAFETY: both pointers are valid for the call; no account is named.
        let code = unsafe {
            SHGetKnownFolderPath(&raw const folder, KF_FLAG_DEFAULT as u32, ptr::null_mut(), &raw mut found)
        };
        let mut path = PathBuf::from(USUAL);
        if code == 0 && !found.is_null() {
            // SAFETY: on success it is a text that ends with a zero.
            let length = (0..).take_while(|at| unsafe { *found.add(*at) } != 0).count();
            // SAFETY: so many were just read.
            path = OsString::from_wide(unsafe { std::slice::from_raw_parts(found, length) }).into();
        }
        // SAFETY: null or what was given just now, and it is not used any more.
        unsafe { CoTaskMemFree(found.cast()) };
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_keeps_its_files_where_the_manual_says() {
        let dirs = Dirs::system();
        assert_eq!(
            dirs,
            Dirs {
                config: "/etc/pullgate".into(),
                state: "/var/lib/pullgate".into(),
                runtime: "/run/pullgate".into(),
            }
        );
        assert_eq!(dirs.enrollment(), PathBuf::from("/etc/pullgate/enrollment.toml"));
        assert_eq!(dirs.control_socket(), PathBuf::from("/run/pullgate/control.sock"));
        assert_eq!(dirs.steward_socket(), PathBuf::from("/run/pullgate/steward.sock"));
        assert_eq!(Dirs::steward_state(), PathBuf::from("/var/lib/pullgate-steward"));
    }

    /// The environment belongs to the whole process, so each case asks a process of its own.
    fn user_dirs_under(environment: &[(&str, &str)]) -> String {
        let mut child = std::process::Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", "dirs::tests::print_user_dirs", "--ignored", "--nocapture"]);
        child.env_remove("XDG_RUNTIME_DIR").env_remove("XDG_STATE_HOME").envs(environment.iter().copied());
        let output = String::from_utf8(child.output().unwrap().stdout).unwrap();
        output.lines().find_map(|line| line.split("dirs: ").nth(1)).unwrap().to_owned()
    }

    #[test]
    #[ignore = "run by the tests below, each with an environment of its own"]
    fn print_user_dirs() {
        println!("\ndirs: {:?}", Dirs::user());
    }

    #[test]
    fn what_a_person_runs_has_folders_of_its_own() {
        let shown = user_dirs_under(&[("HOME", "/home/ada"), ("XDG_RUNTIME_DIR", "/run/user/1000")]);
        let expected = Dirs {
            config: "/etc/pullgate".into(),
            state: "/home/ada/.local/state/pullgate".into(),
            runtime: "/run/user/1000/pullgate".into(),
        };
        assert_eq!(shown, format!("{:?}", Some(expected)));
    }

    #[test]
    fn without_a_session_there_is_no_folder_for_sockets() {
        let shown = user_dirs_under(&[("HOME", "/home/ada")]);
        assert_eq!(shown, format!("{:?}", None::<Dirs>));
        let shown = user_dirs_under(&[("HOME", "/home/ada"), ("XDG_RUNTIME_DIR", "relative")]);
        assert_eq!(shown, format!("{:?}", None::<Dirs>));
    }
}

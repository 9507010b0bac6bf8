//! What would be changed, as a value: edits of files, what is taken over from the person, at most one restart.
//! A plan touches nothing and can be shown.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use config_edit::{Format, Proxies, Redirect, lines};

use crate::found::Why;
use crate::{Attributes, DesiredRoutingError, EngineId, MachineError, OriginalsError};

/// One file before and after.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Edit {
    /// The file.
    pub(crate) path: PathBuf,
    /// Its bytes when the plan was made; `None` when there was no file.
    pub(crate) before: Option<Vec<u8>>,
    /// Its bytes afterwards; `None` when there will be no file.
    pub(crate) after: Option<Vec<u8>>,
    /// Owner and mode afterwards.
    pub(crate) attributes: Attributes,
    /// Whether this returns the file to the person.
    pub(crate) restores: bool,
    pub(crate) format: Format,
}

impl fmt::Debug for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.difference())
    }
}

impl Edit {
    pub(crate) fn difference(&self) -> String {
        let path = self.path.to_string_lossy();
        lines::difference(&path, self.before.as_deref(), self.after.as_deref())
    }
}

/// A text the engine itself must accept before anything is written.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Check {
    /// The command; `{}` stands for the file with the text.
    pub(crate) command: Vec<String>,
    /// The text.
    pub(crate) text: Vec<u8>,
    /// The file it is for.
    pub(crate) path: PathBuf,
}

/// The setting that keeps Docker's containers running, turned on around one restart.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct LiveRestore {
    /// The daemon's configuration file.
    pub(crate) path: PathBuf,
    /// The file of before with the setting on.
    pub(crate) before: Vec<u8>,
    /// The file of afterwards with the setting on.
    pub(crate) during: Vec<u8>,
    /// The file of afterwards with the setting off.
    pub(crate) after: Vec<u8>,
    /// The file of before with the setting off, for a daemon that does not take the new one.
    pub(crate) former: Vec<u8>,
}

/// What happens to running containers.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Containers {
    /// None are running.
    None,
    /// They keep running.
    Kept,
    /// They keep running because a setting is turned on for the time.
    KeptBy(Box<LiveRestore>),
    /// They stop; the asker agreed.
    Stopped,
}

/// How the engine learns of the edits.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Restart {
    /// It reads the files by itself, or is not running.
    None,
    /// These processes read the files again on a signal.
    HangUp(Vec<u32>),
    /// This unit is restarted once.
    Once {
        /// The systemd unit.
        unit: String,
        /// What happens to its containers.
        containers: Containers,
    },
}

impl Restart {
    /// Once, if containers keep running or may stop; `stops` is why they would stop, if they would.
    pub(crate) fn once(
        unit: &str,
        stops: Option<String>,
        may_stop_containers: bool,
        running: impl FnOnce() -> u64,
    ) -> Result<Self, Unplannable> {
        let containers = match stops {
            None => Containers::Kept,
            Some(_) if may_stop_containers => Containers::Stopped,
            Some(why) => return Err(Unplannable::WouldStop { running: running(), why }),
        };
        Ok(Self::Once { unit: unit.to_owned(), containers })
    }
}

impl fmt::Display for Restart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("nothing is restarted"),
            Self::HangUp(pids) => write!(f, "{} running processes read their files again", pids.len()),
            Self::Once { unit, containers } => {
                let fate = match containers {
                    Containers::None => "no containers are running",
                    Containers::Kept | Containers::KeptBy(_) => "running containers keep running",
                    Containers::Stopped => "running containers stop",
                };
                write!(f, "`{unit}` is restarted once; {fate}")
            }
        }
    }
}

/// What the gateway does from here on in the person's place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TakenOver {
    /// The proxy behind which the gateway now stands.
    pub(crate) proxies: Proxies,
    /// Docker's mirrors of Docker Hub.
    pub(crate) mirrors: Vec<String>,
    /// Redirects of the Podman family and containerd.
    pub(crate) redirects: Vec<Redirect>,
}

/// Everything that routes one engine, or gives it back.
#[derive(Clone, PartialEq, Eq)]
pub struct Plan {
    /// The engine.
    pub(crate) engine: EngineId,
    /// Texts the engine must accept first.
    pub(crate) checks: Vec<Check>,
    /// The files.
    pub(crate) edits: Vec<Edit>,
    /// How the engine learns of them.
    pub(crate) restart: Restart,
    /// What the gateway does in the person's place.
    pub(crate) taken_over: TakenOver,
    /// Sentences for a person.
    pub notes: Vec<String>,
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.diff())
    }
}

impl Plan {
    /// A plan that takes nothing over and has nothing to say.
    pub(crate) fn new(engine: EngineId, edits: Vec<Edit>, restart: Restart) -> Self {
        let (checks, taken_over, notes) = (Vec::new(), TakenOver::default(), Vec::new());
        Self { engine, checks, edits, restart, taken_over, notes }
    }

    /// Whether everything is as desired already.
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty() && matches!(self.restart, Restart::None)
    }

    /// The edits as a unified difference, then the restart and the notes; passwords are left out.
    pub fn diff(&self) -> String {
        let mut text: String = self.edits.iter().map(Edit::difference).collect();
        text.push_str(&format!("# {}\n", self.restart));
        for note in &self.notes {
            text.push_str(&format!("# {note}\n"));
        }
        text
    }
}

/// Why no plan can be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unplannable {
    /// The engine cannot be routed.
    #[error(transparent)]
    NotRoutable(#[from] Why),
    /// The desired routing cannot be followed.
    #[error(transparent)]
    DesiredRouting(#[from] DesiredRoutingError),
    /// The machine refused.
    #[error(transparent)]
    Machine(#[from] MachineError),
    /// A saved original is damaged.
    #[error(transparent)]
    Originals(#[from] OriginalsError),
    /// The file cannot be understood.
    #[error("`{}` cannot be edited: {problem}; correct it first", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// A link stands where a file is expected.
    #[error("`{}` is a symbolic link, which may belong to another tool; put a regular file there", path.display())]
    Symlink {
        /// The link.
        path: PathBuf,
    },
    /// Neither a file nor nothing.
    #[error("`{}` is not a regular file; move it away", path.display())]
    NotAFile {
        /// What stands there.
        path: PathBuf,
    },
    /// Nothing can be written there.
    #[error("`{}` is on a read-only mount; change it where this system's image is made", path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// Others than root could put something else there while it is written.
    #[error(
        "`{}` is not written, since others than root can change `{}`; run `chown root` and `chmod go-w` on that, or keep \
         the file in a folder of root's", path.display(), folder.display()
    )]
    Loose {
        /// The file.
        path: PathBuf,
        /// The folder or link above it.
        folder: PathBuf,
    },
    /// The same setting twice is refused by the engine.
    #[error("`dockerd` is started with `{flag}` (in `{unit}`), which cannot stand beside the same key in `{}`; remove the flag", path.display())]
    Flag {
        /// The flag.
        flag: String,
        /// The unit that sets it.
        unit: String,
        /// The file with the same key.
        path: PathBuf,
    },
    /// A file beats ours.
    #[error("`{}` sets `{variable}`, which beats our setting; remove it there", path.display())]
    Overridden {
        /// The file.
        path: PathBuf,
        /// The variable.
        variable: String,
    },
    /// Containers would stop.
    #[error("{} would stop because {why}; allow it explicitly, or stop them first", counted(*running))]
    WouldStop {
        /// How many run; 0 where nobody counts them.
        running: u64,
        /// Why they cannot be kept.
        why: String,
    },
    /// The gateway could not go where the engine goes.
    #[error(
        "{proxy} {why}; the engine is left as it is, and its pulls are not judged; name a proxy that can be spoken to under `[network]` in the enrollment"
    )]
    Proxy {
        /// The proxy and whose it is, as a sentence begins.
        proxy: String,
        /// Why not.
        why: String,
    },
    /// Two ways to configure the same that exclude each other.
    #[error("`{}` uses `{old}`, which containerd does not take together with `config_path`; move it to `hosts.toml` files", path.display())]
    OldRegistryTables {
        /// The file.
        path: PathBuf,
        /// The old tables.
        old: String,
    },
}

fn counted(running: u64) -> String {
    if running == 0 { "running containers".to_owned() } else { format!("{running} running containers") }
}

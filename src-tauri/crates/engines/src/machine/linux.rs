//! The real machine, as root sees it.

use std::fs::Metadata;
use std::io::{self, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use host::files::{self, FileError, Mode};
use rustix::process::{Pid, Signal};

use super::{Answer, Attributes, Entry, InHome, Kind, Machine, MachineError, Output, Process, Stamp};

const FILE_LIMIT: u64 = 16 << 20;
const ANSWER_LIMIT: u64 = 16 << 20;
const PATIENCE: Duration = Duration::from_secs(120);

/// This machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct Linux;

impl Machine for Linux {
    fn read(&self, path: &Path) -> Result<Option<Vec<u8>>, MachineError> {
        files::read_limited(path, FILE_LIMIT).map_err(|error| of_file("read", path, &error))
    }

    fn entry(&self, path: &Path) -> Result<Option<Entry>, MachineError> {
        let metadata = match path.symlink_metadata() {
            Ok(metadata) => metadata,
            Err(error) if is_absent(&error) => return Ok(None),
            Err(error) => return Err(refused("look at", path, &error)),
        };
        let attributes =
            Attributes { mode: metadata.mode() & 0o7777, uid: metadata.uid(), gid: metadata.gid() };
        let kind = match metadata.file_type() {
            kind if kind.is_symlink() => Kind::Symlink,
            kind if kind.is_file() => Kind::File,
            kind if kind.is_dir() => Kind::Folder,
            _ => Kind::Other,
        };
        Ok(Some(Entry { kind, attributes, modified: metadata.mtime() }))
    }

    fn names(&self, folder: &Path) -> Result<Vec<String>, MachineError> {
        let entries = match folder.read_dir() {
            Ok(entries) => entries,
            Err(error) if is_absent(&error) => return Ok(Vec::new()),
            Err(error) => return Err(refused("list", folder, &error)),
        };
        let names: io::Result<Vec<String>> =
            entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect();
        let mut names = names.map_err(|error| refused("list", folder, &error))?;
        names.sort();
        Ok(names)
    }

    fn in_home(&self, home: &Path, owner: u32, below: &Path) -> InHome {
        files::look_in_home(home, owner, below)
    }

    fn stamp(&self, path: &Path) -> Stamp {
        let looks = [path.symlink_metadata(), path.metadata()];
        // The time of change follows every write, move and change of attributes, and nobody can set it: see stat(3type).
        let number =
            |it: Metadata| [it.dev(), it.ino(), it.ctime().cast_unsigned(), it.ctime_nsec().cast_unsigned()];
        Stamp(looks.into_iter().flatten().flat_map(number).collect())
    }

    fn loose_folder(&self, path: &Path) -> Option<PathBuf> {
        files::loose_folder(path)
    }

    fn writable(&self, path: &Path) -> bool {
        let nearest = path.ancestors().find(|ancestor| ancestor.symlink_metadata().is_ok());
        nearest.is_some_and(|it| rustix::fs::access(it, rustix::fs::Access::WRITE_OK).is_ok())
    }

    fn write(&self, path: &Path, bytes: &[u8], attributes: Attributes) -> Result<(), MachineError> {
        if let Some(folder) = self.loose_folder(path) {
            let problem = format!("others than root can change `{}`", folder.display());
            return Err(MachineError { operation: "write", path: path.into(), problem });
        }
        write(path, bytes, attributes)
    }

    fn remove(&self, path: &Path) -> Result<(), MachineError> {
        files::remove(path).map(drop).map_err(|error| of_file("remove", path, &error))
    }

    fn make_folder(&self, folder: &Path) -> Result<(), MachineError> {
        if folder.is_dir() {
            return Ok(());
        }
        files::make_folder(folder, Mode::PUBLIC_FOLDER).map_err(|error| of_file("make", folder, &error))
    }

    fn remove_empty_folder(&self, folder: &Path) -> Result<(), MachineError> {
        match std::fs::remove_dir(folder) {
            Err(error) if is_absent(&error) || error.kind() == io::ErrorKind::DirectoryNotEmpty => Ok(()),
            other => other.map_err(|error| refused("remove", folder, &error)),
        }
    }

    fn link_target(&self, path: &Path) -> Option<PathBuf> {
        path.read_link().ok()
    }

    fn link(&self, path: &Path, target: &Path) -> Result<(), MachineError> {
        let fail = |error: io::Error| refused("link", path, &error);
        match std::fs::remove_file(path) {
            Err(error) if !is_absent(&error) => return Err(fail(error)),
            Ok(()) | Err(_) => {}
        }
        std::os::unix::fs::symlink(target, path).map_err(fail)
    }

    fn real(&self, path: &Path) -> PathBuf {
        path.canonicalize().unwrap_or_else(|_| path.to_path_buf())
    }

    fn run(&self, command: &[&str]) -> Output {
        run(command).unwrap_or_else(|error| Output {
            stderr: format!("cannot run `{}`: {error}", command.join(" ")),
            ..Output::default()
        })
    }

    fn ask(&self, socket: &Path, method: &str, target: &str) -> Result<Answer, MachineError> {
        ask(socket, method, target).map_err(|error| refused("ask", socket, &error))
    }

    fn processes(&self) -> Vec<Process> {
        let own = pid_namespace("self");
        let mut processes: Vec<Process> = self
            .names(Path::new("/proc"))
            .unwrap_or_default()
            .iter()
            .filter(|name| pid_namespace(name).is_some_and(|other| own.as_ref() == Some(&other)))
            .filter_map(|name| process(name))
            .collect();
        processes.sort_by_key(|process| process.pid);
        processes
    }

    fn open_files(&self, pid: u32) -> Vec<PathBuf> {
        let entries = Path::new("/proc").join(pid.to_string()).join("fd").read_dir();
        entries.into_iter().flatten().flatten().filter_map(|entry| entry.path().read_link().ok()).collect()
    }

    fn hang_up(&self, pid: u32) -> Result<(), MachineError> {
        let path = Path::new("/proc").join(pid.to_string());
        let Some(known) = i32::try_from(pid).ok().and_then(Pid::from_raw) else { return Ok(()) };
        match rustix::process::kill_process(known, Signal::HUP) {
            Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
            Err(error) => Err(refused("signal", &path, &error.into())),
        }
    }

    fn wait(&self, time: Duration) {
        std::thread::sleep(time);
    }
}

fn write(path: &Path, bytes: &[u8], attributes: Attributes) -> Result<(), MachineError> {
    let Attributes { mode, uid, gid } = attributes;
    files::rewrite_as(path, bytes, Mode(mode), (uid, gid)).map_err(|error| of_file("write", path, &error))
}

fn run(command: &[&str]) -> io::Result<Output> {
    let (program, arguments) = command.split_first().ok_or(io::ErrorKind::InvalidInput)?;
    let mut child = Command::new(program)
        .args(arguments)
        .env_clear()
        .envs([("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")])
        .envs([("HOME", "/root"), ("LANG", "C.UTF-8"), ("SYSTEMD_PAGER", "")])
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let stdout = collect(child.stdout.take());
    let stderr = collect(child.stderr.take());
    let status = wait_for(&mut child)?;
    let text = |said: Option<JoinHandle<String>>| said.and_then(|it| it.join().ok()).unwrap_or_default();
    Ok(Output { status, stdout: text(stdout), stderr: text(stderr) })
}

fn collect<R: Read + Send + 'static>(source: Option<R>) -> Option<JoinHandle<String>> {
    let source = source?;
    Some(std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = source.take(ANSWER_LIMIT).read_to_end(&mut bytes);
        tracing::trace!(?read, "a command's output ended");
        String::from_utf8_lossy(&bytes).into_owned()
    }))
}

fn wait_for(child: &mut Child) -> io::Result<Option<i32>> {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status.code());
        }
        if started.elapsed() > PATIENCE {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// HTTP/1.0, so that the answer ends with the connection and is never chunked.
fn ask(socket: &Path, method: &str, target: &str) -> io::Result<Answer> {
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "{method} {target} HTTP/1.0\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")?;
    let mut bytes = Vec::new();
    stream.take(ANSWER_LIMIT).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let (head, body) = text.split_once("\r\n\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    Ok(Answer { status: status.ok_or(io::ErrorKind::InvalidData)?, body: body.to_owned() })
}

fn pid_namespace(process: &str) -> Option<PathBuf> {
    if process != "self" && !process.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    std::fs::read_link(format!("/proc/{process}/ns/pid")).ok()
}

fn process(name: &str) -> Option<Process> {
    let folder = Path::new("/proc").join(name);
    let words = std::fs::read(folder.join("cmdline")).ok()?;
    let status = std::fs::read_to_string(folder.join("status")).ok()?;
    let number = |key: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(key))?;
        line.split_whitespace().next()?.parse().ok()
    };
    let arguments =
        words.split(|byte| *byte == 0).map(|word| String::from_utf8_lossy(word).into_owned()).collect();
    Some(Process {
        pid: name.parse().ok()?,
        parent: number("PPid:")?,
        uid: number("Uid:")?,
        arguments: trimmed(arguments),
    })
}

fn trimmed(mut arguments: Vec<String>) -> Vec<String> {
    while arguments.last().is_some_and(String::is_empty) {
        arguments.pop();
    }
    arguments
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

fn refused(operation: &'static str, path: &Path, error: &io::Error) -> MachineError {
    MachineError { operation, path: path.into(), problem: error.to_string() }
}

fn of_file(operation: &'static str, path: &Path, error: &FileError) -> MachineError {
    let problem = match error {
        FileError::System { cause, .. } => cause.to_string(),
        other @ (FileError::Symlink { .. }
        | FileError::NotRegular { .. }
        | FileError::TooLarge { .. }
        | FileError::Exposed { .. }
        | FileError::Shared { .. }) => other.to_string(),
    };
    MachineError { operation, path: path.into(), problem }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn a_command_reports_its_status_and_both_its_outputs() {
        let output = Linux.run(&["sh", "-c", "echo out; echo err >&2; exit 3"]);
        assert_eq!(output, Output { status: Some(3), stdout: "out\n".into(), stderr: "err\n".into() });
        assert!(Linux.run(&["/no/such/program"]).words().starts_with("cannot run `/no/such/program`"));
    }

    #[test]
    fn an_engine_is_asked_over_its_socket() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("engine.sock");
        let listener = UnixListener::bind(&socket).unwrap();
        let engine = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 512];
            let length = stream.read(&mut request).unwrap();
            stream.write_all(b"HTTP/1.0 404 Not Found\r\nX: y\r\n\r\n{\"message\":\"no\"}").unwrap();
            String::from_utf8_lossy(&request[..length]).into_owned()
        });
        let answer = Linux.ask(&socket, "POST", "/images/create?x=y").unwrap();
        assert_eq!(answer, Answer { status: 404, body: "{\"message\":\"no\"}".into() });
        assert!(engine.join().unwrap().starts_with("POST /images/create?x=y HTTP/1.0\r\n"));
    }

    #[test]
    fn a_written_file_has_the_wanted_mode_and_reads_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let own = Linux.entry(folder.path()).unwrap().unwrap().attributes;
        for mode in [0o600, 0o644] {
            write(&path, b"text", Attributes { mode, ..own }).unwrap();
            assert_eq!(Linux.entry(&path).unwrap().unwrap().attributes.mode, mode);
        }
        assert_eq!(Linux.read(&path).unwrap(), Some(b"text".to_vec()));
        assert_eq!(Linux.names(folder.path()).unwrap(), ["file"]);
        Linux.remove(&path).unwrap();
        assert_eq!(Linux.read(&path).unwrap(), None);
        // Everybody can write to the folder of temporary files.
        let refused =
            Linux.write(Path::new("/tmp/pullgate-test/file"), b"text", own).unwrap_err().to_string();
        assert!(refused.ends_with("others than root can change `/tmp`"), "{refused}");
    }

    #[test]
    fn this_process_is_among_the_processes() {
        let own = std::process::id();
        let found = Linux.processes().into_iter().find(|process| process.pid == own).unwrap();
        assert!(!found.program().is_empty());
    }
}

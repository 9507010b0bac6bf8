use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::{Command, Stdio};

use super::*;
use crate::files::Mode;

#[test]
fn only_loopback_is_listened_on() {
    for address in ["127.0.0.1:0", "127.3.2.1:0", "[::1]:0"] {
        assert!(bind_loopback(address.parse().unwrap()).is_ok(), "{address}");
    }
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0", "[::ffff:0.0.0.0]:0"] {
        let refused = bind_loopback(address.parse().unwrap());
        assert!(matches!(refused, Err(SocketError::NotLoopback(_))), "{address}: {refused:?}");
    }
}

#[test]
fn a_taken_port_is_named() {
    let listener = bind_loopback("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = listener.local_addr().unwrap();
    let refused = bind_loopback(address).unwrap_err().to_string();
    assert_eq!(refused, format!("another process already listens on `{address}`; stop it first"));
}

#[test]
fn a_unix_socket_has_its_mode_and_answers() {
    let folder = tempfile::tempdir().unwrap();
    for mode in [0o600, 0o666] {
        let path = folder.path().join(format!("{mode:o}.sock"));
        let listener = bind_unix(&path, Mode(mode)).unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o7777, mode);
        let mut client = UnixStream::connect(&path).unwrap();
        client.write_all(b"hello").unwrap();
        drop(client);
        let mut text = String::new();
        listener.accept().unwrap().0.read_to_string(&mut text).unwrap();
        assert_eq!(text, "hello");
    }
}

#[test]
fn a_dead_socket_is_replaced_and_a_live_one_or_a_file_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("control.sock");
    drop(bind_unix(&path, Mode::PRIVATE).unwrap());
    assert!(path.exists());
    let live = bind_unix(&path, Mode::PRIVATE).unwrap();
    assert!(matches!(bind_unix(&path, Mode::PRIVATE), Err(SocketError::InUse(_))));
    assert!(UnixStream::connect(&path).is_ok());
    drop(live);

    let file = folder.path().join("file");
    std::fs::write(&file, b"precious").unwrap();
    assert!(matches!(bind_unix(&file, Mode::PRIVATE), Err(SocketError::NotASocket(_))));
    assert_eq!(std::fs::read(&file).unwrap(), b"precious");
}

#[test]
fn a_handed_over_socket_is_taken_for_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let tcp = || OwnedFd::from(TcpListener::bind("127.0.0.1:0").unwrap());
    let unix = |name: &str| OwnedFd::from(UnixListener::bind(folder.path().join(name)).unwrap());
    assert!(into_loopback("proxy", tcp()).is_ok());
    assert!(into_unix("control", unix("a")).is_ok());

    let wrong = into_unix("control", tcp()).unwrap_err().to_string();
    assert_eq!(wrong, "the socket `control` handed over by the service manager is not a Unix listener");
    assert!(matches!(into_loopback("proxy", unix("b")), Err(SocketError::Unexpected { .. })));
    let udp = OwnedFd::from(UdpSocket::bind("127.0.0.1:0").unwrap());
    assert!(matches!(into_loopback("proxy", udp), Err(SocketError::Unexpected { .. })));
    let open = OwnedFd::from(TcpListener::bind("0.0.0.0:0").unwrap());
    assert!(matches!(into_loopback("proxy", open), Err(SocketError::NotLoopback(_))));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let connected = OwnedFd::from(TcpStream::connect(listener.local_addr().unwrap()).unwrap());
    assert!(matches!(into_loopback("proxy", connected), Err(SocketError::Unexpected { .. })));
}

#[test]
#[ignore = "run by `sockets_of_the_service_manager_arrive_with_their_names`, as the process that gets them"]
fn take_what_was_handed_over() {
    let mut taken = inherited().unwrap();
    let names: Vec<_> = taken.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["proxy", "control"]);
    assert!(inherited().unwrap().is_empty());
    let (name, control) = taken.pop().unwrap();
    into_unix(&name, control).unwrap();
    let (name, proxy) = taken.pop().unwrap();
    let listener = into_loopback(&name, proxy).unwrap();
    listener.accept().unwrap().0.write_all(b"served").unwrap();
}

#[test]
fn sockets_of_the_service_manager_arrive_with_their_names() {
    let folder = tempfile::tempdir().unwrap();
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    let control = UnixListener::bind(folder.path().join("control.sock")).unwrap();
    let address = proxy.local_addr().unwrap();
    // As the service manager does it: descriptors 3 and 4, and the process id known only after the fork.
    let script = r#"exec 3<&0 4<&1 0</dev/null 1>&2; LISTEN_PID=$$ exec "$@""#;
    let mut child = Command::new("bash")
        .args(["-c", script, "bash"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "sockets::tests::take_what_was_handed_over", "--ignored"])
        .envs([("LISTEN_FDS", "2"), ("LISTEN_FDNAMES", "proxy:control")])
        .stdin(Stdio::from(OwnedFd::from(proxy)))
        .stdout(Stdio::from(OwnedFd::from(control)))
        .spawn()
        .unwrap();
    let mut answer = String::new();
    TcpStream::connect(address).unwrap().read_to_string(&mut answer).unwrap();
    assert_eq!(answer, "served");
    assert!(child.wait().unwrap().success());
}

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};

use super::*;

fn me() -> u32 {
    rustix::process::geteuid().as_raw()
}

#[test]
fn the_other_end_of_a_socket_pair_is_this_process() {
    let (one, _other) = UnixStream::pair().unwrap();
    let gid = rustix::process::getegid().as_raw();
    assert_eq!(of(&one).unwrap(), Peer { uid: me(), gid, pid: Some(std::process::id()) });
}

#[test]
fn a_socket_that_nobody_connected_to_has_no_peer() {
    let socket = std::os::unix::net::UnixDatagram::unbound().unwrap();
    assert!(of(&socket).is_err());
}

#[test]
fn the_owner_of_a_connection_is_the_user_who_made_it() {
    for address in ["127.0.0.1:0", "[::1]:0"] {
        let listener = TcpListener::bind(address).unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (_server, from) = listener.accept().unwrap();
        assert_eq!(from, client.local_addr().unwrap());
        let owner = tcp_owner(from, listener.local_addr().unwrap()).unwrap();
        assert_eq!((owner.uid, holder(owner)), (me(), Some(std::process::id())), "{address}");
        assert_eq!(holder(Owner { uid: me() + 1, ..owner }), None);
    }
}

#[test]
fn a_connection_of_another_user_is_theirs() {
    if me() != 0 {
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = listener.local_addr().unwrap();
    let script = format!("exec 3<>/dev/tcp/127.0.0.1/{} && read -r line <&3", server.port());
    let mut command = Command::new("setpriv");
    command.args(["--reuid=1234", "--regid=1234", "--clear-groups", "bash", "-c", &script]);
    let mut child = command.stdin(Stdio::null()).spawn().unwrap();
    let (mut stream, client) = listener.accept().unwrap();
    let owner = tcp_owner(client, server).unwrap();
    assert_eq!((owner.uid, holder(owner)), (1234, Some(child.id())));
    stream.write_all(b"done\n").unwrap();
    assert!(child.wait().unwrap().success());
}

#[test]
fn an_ipv4_connection_to_an_ipv6_listener_is_found_by_either_spelling() {
    let listener = TcpListener::bind("[::]:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let client = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let (server, mapped) = listener.accept().unwrap();
    assert!(mapped.is_ipv6());
    let uid = |client, server| tcp_owner(client, server).map(|owner| owner.uid);
    assert_eq!(uid(mapped, server.local_addr().unwrap()), Some(me()));
    assert_eq!(uid(client.local_addr().unwrap(), client.peer_addr().unwrap()), Some(me()));
}

#[test]
fn nobody_owns_a_connection_whose_client_has_closed_it() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (mut server, from) = listener.accept().unwrap();
    drop(client);
    let mut rest = Vec::new();
    server.read_to_end(&mut rest).unwrap();
    assert_eq!(tcp_owner(from, listener.local_addr().unwrap()), None);
}

#[test]
fn a_listener_and_a_stranger_own_no_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let nobody = "127.0.0.1:1".parse().unwrap();
    assert_eq!(tcp_owner(address, nobody), None);
    assert_eq!(tcp_owner(nobody, address), None);
    assert_eq!(tcp_owner("[::1]:1".parse().unwrap(), address), None);
}

#[test]
fn a_program_is_named_after_its_executable() {
    let expected = std::env::current_exe().unwrap();
    let expected = expected.file_name().unwrap().to_str().unwrap().to_owned();
    assert_eq!(program(std::process::id()), Some(expected));
    assert_eq!(program(u32::MAX), None);
}

#[test]
fn a_copy_of_an_installed_program_is_not_installed() {
    if me() != 0 {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("sleep");
    std::fs::copy("/usr/bin/sleep", &copy).unwrap();
    let run = |program: &std::path::Path| {
        let mut child = Command::new(program).arg("60").spawn().unwrap();
        // Until it runs another program it is still this one.
        while std::fs::read_link(format!("/proc/{}/exe", child.id())).ok() != program.canonicalize().ok() {
            std::thread::yield_now();
        }
        let found = (installed_program(child.id()), parent(child.id()));
        child.kill().unwrap();
        child.wait().unwrap();
        found
    };
    let real = std::path::Path::new("/usr/bin/sleep").canonicalize().unwrap();
    assert_eq!(run(&real), (Some(real.clone()), Some(std::process::id())));
    // A file of root's that others may write to is anybody's.
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(&copy, std::fs::Permissions::from_mode(0o777)).unwrap();
    assert_eq!(run(&copy).0, None);
    std::fs::set_permissions(&copy, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::os::unix::fs::chown(&copy, Some(1234), None).unwrap();
    assert_eq!(run(&copy).0, None);
    assert_eq!((installed_program(u32::MAX), parent(u32::MAX)), (None, None));
}

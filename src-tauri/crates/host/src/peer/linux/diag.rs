//! `sock_diag`: asks the kernel for one connection by its four numbers, without a dump of all the others.
//! No privilege is needed for one's own network namespace. See sock_diag(7).

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::OwnedFd;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, netlink, sockopt};

use super::{super::Owner, same_family};

const SOCK_DIAG_BY_FAMILY: u16 = 20;
const NLM_F_REQUEST: u16 = 1;
const NLMSG_ERROR: u16 = 2;
const NLMSG_HEADER: usize = 16;
/// Where `nlmsghdr` keeps the number of a question.
const NUMBER: usize = 8;
const TCP: u8 = 6;
const TCP_LISTEN: u8 = 10;
const ANY_STATE: u32 = u32::MAX;
const NO_COOKIE: [u8; 8] = [0xff; 8];

/// Where `inet_diag_msg` keeps what is read here, counted from the end of the header.
const STATE: usize = 1;
const CLIENT_PORT: usize = 4;
const SERVER_PORT: usize = 6;
const UID: usize = 64;
const INODE: usize = 68;
const MESSAGE: usize = 72;

/// Kept between questions: a process whose descriptors are used up has to know who asks all the same.
static KEPT: Mutex<Option<Kernel>> = Mutex::new(None);

/// An error means that the question could not be asked; `None` that nobody holds the connection.
pub(super) fn owner(client: SocketAddr, server: SocketAddr) -> io::Result<Option<Owner>> {
    if !same_family(client, server) {
        return Ok(None);
    }
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let mut kernel = kept.take().map_or_else(Kernel::open, Ok)?;
    let reply = kernel.ask(question(client, server))?;
    // One that gave no answer is not asked again: it could give that one to somebody else.
    *kept = Some(kernel);
    answer(&reply, client, server)
}

/// An open socket to the kernel, in the network namespace that it was opened in.
struct Kernel {
    socket: OwnedFd,
    asked: u32,
}

impl Kernel {
    fn open() -> io::Result<Self> {
        let (family, kind) = (AddressFamily::NETLINK, SocketType::DGRAM);
        let protocol = Some(netlink::SOCK_DIAG);
        let socket = rustix::net::socket_with(family, kind, SocketFlags::CLOEXEC, protocol)?;
        rustix::net::connect(&socket, &netlink::SocketAddrNetlink::new(0, 0))?;
        sockopt::set_socket_timeout(&socket, sockopt::Timeout::Recv, Some(Duration::from_secs(1)))?;
        Ok(Self { socket, asked: 0 })
    }

    /// The answer to this question, which has its number.
    fn ask(&mut self, mut question: Vec<u8>) -> io::Result<Vec<u8>> {
        self.asked = self.asked.wrapping_add(1);
        let number = self.asked.to_ne_bytes();
        question[NUMBER..NUMBER + number.len()].copy_from_slice(&number);
        rustix::net::send(&self.socket, &question, SendFlags::empty())?;
        let mut buffer = vec![0; 1024];
        let (length, _) = rustix::net::recv(&self.socket, &mut buffer, RecvFlags::empty())?;
        buffer.truncate(length);
        if bytes_at(&buffer, NUMBER)? != number {
            return Err(io::ErrorKind::InvalidData.into());
        }
        Ok(buffer)
    }
}

/// `nlmsghdr`, then `inet_diag_req_v2`, in the machine's byte order except ports and addresses.
fn question(client: SocketAddr, server: SocketAddr) -> Vec<u8> {
    let mut request = Vec::with_capacity(NLMSG_HEADER + 56);
    request.extend(((NLMSG_HEADER + 56) as u32).to_ne_bytes());
    request.extend(SOCK_DIAG_BY_FAMILY.to_ne_bytes());
    request.extend(NLM_F_REQUEST.to_ne_bytes());
    request.extend([0; 8]);
    let family = if client.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    request.extend([family.as_raw() as u8, TCP, 0, 0]);
    request.extend(ANY_STATE.to_ne_bytes());
    request.extend(client.port().to_be_bytes());
    request.extend(server.port().to_be_bytes());
    request.extend(sixteen_bytes(client.ip()));
    request.extend(sixteen_bytes(server.ip()));
    request.extend([0; 4]);
    request.extend(NO_COOKIE);
    request
}

fn sixteen_bytes(address: IpAddr) -> [u8; 16] {
    match address {
        IpAddr::V4(address) => {
            let mut bytes = [0; 16];
            bytes[..4].copy_from_slice(&address.octets());
            bytes
        }
        IpAddr::V6(address) => address.octets(),
    }
}

/// A closed or half-made socket has no inode, and its user reads 0: without an inode there is no owner.
fn answer(reply: &[u8], client: SocketAddr, server: SocketAddr) -> io::Result<Option<Owner>> {
    let kind = u16::from_ne_bytes(bytes_at(reply, 4)?);
    if kind == NLMSG_ERROR {
        let code = i32::from_ne_bytes(bytes_at(reply, NLMSG_HEADER)?);
        let absent = -code == rustix::io::Errno::NOENT.raw_os_error();
        return if absent { Ok(None) } else { Err(io::Error::from_raw_os_error(-code)) };
    }
    if kind != SOCK_DIAG_BY_FAMILY || reply.len() < NLMSG_HEADER + MESSAGE {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let message = &reply[NLMSG_HEADER..];
    let ports = (
        u16::from_be_bytes(bytes_at(message, CLIENT_PORT)?),
        u16::from_be_bytes(bytes_at(message, SERVER_PORT)?),
    );
    let uid = u32::from_ne_bytes(bytes_at(message, UID)?);
    let socket = u64::from(u32::from_ne_bytes(bytes_at(message, INODE)?));
    let connection = message[STATE] != TCP_LISTEN && ports == (client.port(), server.port());
    Ok((socket != 0 && connection).then_some(Owner { uid, socket }))
}

fn bytes_at<const N: usize>(bytes: &[u8], start: usize) -> io::Result<[u8; N]> {
    let found = bytes.get(start..).and_then(|rest| rest.first_chunk());
    found.copied().ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIENT: &str = "127.0.0.1:50000";
    const SERVER: &str = "127.0.0.1:859";

    fn asked(reply: &[u8]) -> io::Result<Option<Owner>> {
        answer(reply, CLIENT.parse().unwrap(), SERVER.parse().unwrap())
    }

    fn reply(state: u8, ports: [u16; 2], uid: u32, inode: u32) -> Vec<u8> {
        let mut reply = vec![0; NLMSG_HEADER + MESSAGE];
        reply[4..6].copy_from_slice(&SOCK_DIAG_BY_FAMILY.to_ne_bytes());
        let message = &mut reply[NLMSG_HEADER..];
        message[STATE] = state;
        message[CLIENT_PORT..][..2].copy_from_slice(&ports[0].to_be_bytes());
        message[SERVER_PORT..][..2].copy_from_slice(&ports[1].to_be_bytes());
        message[UID..][..4].copy_from_slice(&uid.to_ne_bytes());
        message[INODE..][..4].copy_from_slice(&inode.to_ne_bytes());
        reply
    }

    /// Without a descriptor dockerd was told that nobody can tell who it is.
    #[test]
    fn no_descriptor_is_opened_for_a_further_question() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let server = listener.local_addr().unwrap();
        let held = std::net::TcpStream::connect(server).unwrap();
        let from = held.local_addr().unwrap();
        let known = owner(from, server).unwrap();
        assert!(known.is_some());
        let kept = KEPT.lock().unwrap().as_ref().map(|kernel| kernel.asked);
        assert!(kept.is_some(), "it is kept");
        for _ in 0..3 {
            assert_eq!(owner(from, server).unwrap(), known);
        }
        assert!(KEPT.lock().unwrap().as_ref().map(|kernel| kernel.asked) >= kept.map(|asked| asked + 3));
    }

    #[test]
    fn an_answer_to_another_question_is_none() {
        let mut kernel = Kernel::open().unwrap();
        let (client, server) = (CLIENT.parse().unwrap(), SERVER.parse().unwrap());
        rustix::net::send(&kernel.socket, &question(client, server), SendFlags::empty()).unwrap();
        assert_eq!(kernel.ask(question(client, server)).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }

    #[test]
    fn only_a_held_connection_of_these_ports_has_an_owner() {
        const ESTABLISHED: u8 = 1;
        assert_eq!(
            asked(&reply(ESTABLISHED, [50000, 859], 1000, 7)).unwrap(),
            Some(Owner { uid: 1000, socket: 7 })
        );
        assert_eq!(asked(&reply(ESTABLISHED, [50000, 859], 0, 0)).unwrap(), None);
        assert_eq!(asked(&reply(TCP_LISTEN, [50000, 859], 1000, 7)).unwrap(), None);
        assert_eq!(asked(&reply(ESTABLISHED, [50000, 0], 1000, 7)).unwrap(), None);
        assert!(asked(&reply(ESTABLISHED, [50000, 859], 1000, 7)[..50]).is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_answer_of_any_shape_breaks_the_reader(reply: Vec<u8>) {
            proptest::prop_assert!(!matches!(asked(&reply), Ok(Some(_))));
        }
    }
}

//! A way into the proxy front for programs that speak TLS and no proxy's protocol, or not as strictly as the front wants.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use crate::laptop::Laptop;

/// Opens a port on the laptop's loopback that leads by CONNECT into the proxy front, to this host.
pub fn relay(laptop: &Laptop, host: &'static str) -> u16 {
    let opened = laptop.inside(|| -> io::Result<u16> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        // Threads of this one stay in the laptop's network.
        thread::spawn(move || {
            for near in listener.incoming().flatten() {
                if let Ok(far) = tunnel(host) {
                    join(near, far);
                }
            }
        });
        Ok(port)
    });
    opened.expect("a port of loopback is free")
}

fn tunnel(host: &str) -> io::Result<TcpStream> {
    let mut far = TcpStream::connect("127.0.0.1:859")?;
    far.write_all(format!("CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n").as_bytes())?;
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        far.read_exact(&mut byte)?;
        answer.extend(byte);
    }
    Ok(far)
}

fn join(near: TcpStream, far: TcpStream) {
    for (mut from, mut to) in [(near.try_clone(), far.try_clone()), (Ok(far), Ok(near))]
        .into_iter()
        .filter_map(|(from, to)| Some((from.ok()?, to.ok()?)))
    {
        thread::spawn(move || {
            let _ = io::copy(&mut from, &mut to);
            let _ = to.shutdown(std::net::Shutdown::Write);
        });
    }
}

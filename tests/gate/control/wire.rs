//! A client of the control socket that can misbehave: frames are a length in four bytes and JSON.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use acceptance::laptop::Laptop;
use serde_json::{Value, json};

/// One connection, made as root.
pub(super) struct Client {
    pub(super) stream: UnixStream,
}

impl Client {
    /// Connects and says nothing.
    pub(super) fn connect(laptop: &Laptop) -> Self {
        let socket = format!("/proc/{}/root/run/pullgate/control.sock", laptop.pid());
        let stream = UnixStream::connect(socket).expect("the control socket listens");
        let patience = Some(Duration::from_secs(15));
        stream.set_read_timeout(patience).expect("the time is not zero");
        Self { stream }
    }

    /// Connects and greets as this version does.
    pub(super) fn greeted(laptop: &Laptop) -> Self {
        let mut client = Self::connect(laptop);
        client.send(&json!({ "protocol": 1, "build": "0.1.0" }));
        assert_eq!(client.receive().expect("a hello")["protocol"], 1);
        client
    }

    /// Sends one message.
    pub(super) fn send(&mut self, message: &Value) {
        self.send_bytes(&frame(message.to_string().as_bytes()));
    }

    /// Sends bytes, which the other side may be tired of.
    pub(super) fn send_bytes(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes);
    }

    /// The next message; `None` when the connection has ended.
    pub(super) fn receive(&mut self) -> Option<Value> {
        let mut length = [0; 4];
        self.stream.read_exact(&mut length).ok()?;
        let mut bytes = vec![0; u32::from_be_bytes(length) as usize];
        self.stream.read_exact(&mut bytes).ok()?;
        Some(serde_json::from_slice(&bytes).expect("the service sends JSON"))
    }

    /// Asks and returns the answer.
    pub(super) fn ask(&mut self, request: &Value) -> Value {
        self.send(request);
        self.receive().expect("an answer")
    }
}

/// A frame of these bytes.
pub(super) fn frame(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).expect("a short message");
    [length.to_be_bytes().as_slice(), bytes].concat()
}

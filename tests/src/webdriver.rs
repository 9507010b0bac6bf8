//! The WebDriver protocol, whoever speaks it: sessions with a driver that listens on the laptop's loopback.

mod page;

use std::net::{Ipv4Addr, TcpStream};

use serde_json::{Value, json};

use crate::exchange::{self, PATIENCE};
use crate::laptop::Laptop;

pub use page::Page;

/// One session with a browser, or with an application that is one inside.
#[derive(Debug)]
pub(crate) struct Session<'a> {
    laptop: &'a Laptop,
    port: u16,
    path: String,
    capabilities: Value,
}

impl<'a> Session<'a> {
    /// Lets the driver at this port start what these capabilities describe.
    pub(crate) fn begin(laptop: &'a Laptop, port: u16, capabilities: &Value) -> Result<Self, String> {
        let wanted = json!({ "capabilities": { "alwaysMatch": capabilities } });
        let mut session = Self { laptop, port, path: String::new(), capabilities: Value::Null };
        let mut begun = session.send("POST", "/session", &wanted)?;
        let id = begun["sessionId"].as_str().expect("a session has an id");
        session.path = format!("/session/{id}");
        session.capabilities = begun["capabilities"].take();
        Ok(session)
    }

    /// What was really started.
    pub(crate) fn capabilities(&self) -> &Value {
        &self.capabilities
    }

    /// Sends one command of the session; the complaint of the driver is an error.
    pub(crate) fn command(&self, method: &str, what: &str, content: &Value) -> Result<Value, String> {
        self.send(method, &format!("{}{what}", self.path), content)
    }

    fn send(&self, method: &str, path: &str, content: &Value) -> Result<Value, String> {
        let body = if content.is_null() { String::new() } else { content.to_string() };
        let stream = self.laptop.inside(|| TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)));
        let answer = stream.and_then(|stream| {
            stream.set_read_timeout(Some(PATIENCE))?;
            exchange::over(stream, method, path, body.as_bytes())
        });
        let answer = answer.unwrap_or_else(|error| panic!("the WebDriver does not answer: {error}"));
        let text = String::from_utf8_lossy(&answer.body);
        let mut said: Value = serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("the WebDriver answered {path} with {text}: {error}"));
        match answer.status {
            200 => Ok(said["value"].take()),
            _ => Err(said["value"]["message"].as_str().unwrap_or(&text).to_owned()),
        }
    }
}

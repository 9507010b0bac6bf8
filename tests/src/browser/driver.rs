//! The WebDriver protocol: commands to chromedriver, which listens on the laptop's loopback.

use std::net::{Ipv4Addr, TcpStream};

use serde_json::{Value, json};

use crate::exchange::{self, PATIENCE};
use crate::laptop::Laptop;

/// Chromium without a window; root's own sandbox is what the laptop is.
const ARGUMENTS: &[&str] = &[
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
    "--window-size=1000,800",
];

/// One session with the browser.
#[derive(Debug)]
pub(super) struct Driver<'a> {
    laptop: &'a Laptop,
    port: u16,
    session: String,
}

impl<'a> Driver<'a> {
    /// Starts the browser behind the chromedriver at this port.
    pub(super) fn connect(laptop: &'a Laptop, port: u16) -> Self {
        let chromium = json!({ "binary": "/usr/bin/chromium", "args": ARGUMENTS });
        let wanted = json!({ "capabilities": { "alwaysMatch": { "goog:chromeOptions": chromium } } });
        let mut driver = Self { laptop, port, session: String::new() };
        let begun = driver.send("POST", "/session", &wanted);
        let begun = begun.unwrap_or_else(|complaint| panic!("the browser does not start: {complaint}"));
        let id = begun["sessionId"].as_str().expect("a session has an id");
        driver.session = format!("/session/{id}");
        driver
    }

    /// Sends one command of the session; the complaint of the browser is an error.
    pub(super) fn command(&self, method: &str, what: &str, content: &Value) -> Result<Value, String> {
        self.send(method, &format!("{}{what}", self.session), content)
    }

    fn send(&self, method: &str, path: &str, content: &Value) -> Result<Value, String> {
        let body = if content.is_null() { String::new() } else { content.to_string() };
        let stream = self.laptop.inside(|| TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)));
        let answer = stream.and_then(|stream| {
            stream.set_read_timeout(Some(PATIENCE))?;
            exchange::over(stream, method, path, body.as_bytes())
        });
        let answer = answer.unwrap_or_else(|error| panic!("chromedriver does not answer: {error}"));
        let text = String::from_utf8_lossy(&answer.body);
        let mut said: Value = serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("chromedriver answered {path} with {text}: {error}"));
        match answer.status {
            200 => Ok(said["value"].take()),
            _ => Err(said["value"]["message"].as_str().unwrap_or(&text).to_owned()),
        }
    }
}

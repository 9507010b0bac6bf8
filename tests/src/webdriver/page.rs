//! What is shown of a session: a page, looked at and used as a person does.
//!
//! Everything that looks for something on a page waits until it is there, and fails the test after half a minute.

use std::path::Path;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::Session;

/// How long something may take to appear on a page.
const DEADLINE: Duration = Duration::from_secs(30);
/// The name under which WebDriver hands out elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// The page of a session.
#[derive(Debug)]
pub struct Page<'a> {
    session: Session<'a>,
}

impl<'a> Page<'a> {
    pub(crate) fn of(session: Session<'a>) -> Self {
        Self { session }
    }

    /// What was really started.
    pub(crate) fn capabilities(&self) -> &Value {
        self.session.capabilities()
    }

    /// Goes to an address and waits until the page is loaded, whatever the server says.
    pub fn go(&self, url: &str) {
        let answer = self.session.command("POST", "/url", &json!({ "url": url }));
        answer.unwrap_or_else(|complaint| panic!("the browser cannot go to {url}: {complaint}"));
    }

    /// The address that the browser shows.
    pub fn url(&self) -> String {
        self.word("/url")
    }

    /// The title of the page.
    pub fn title(&self) -> String {
        self.word("/title")
    }

    /// What a person can read in the first element of this CSS selector.
    pub fn text(&self, selector: &str) -> String {
        self.eventually(&format!("`{selector}` can be seen"), || {
            let element = self.visible(selector)?;
            self.session.command("GET", &format!("/element/{element}/text"), &Value::Null)
        })
        .as_str()
        .unwrap_or_default()
        .to_owned()
    }

    /// Waits until the first element of this selector says these words among others.
    pub fn wait_for_text(&self, selector: &str, words: &str) {
        self.eventually(&format!("`{selector}` says {words:?}"), || {
            let element = self.visible(selector)?;
            let text = self.session.command("GET", &format!("/element/{element}/text"), &Value::Null)?;
            let text = text.as_str().unwrap_or_default();
            if text.contains(words) { Ok(()) } else { Err(format!("it says {text:?}")) }
        });
    }

    /// Waits until the browser is at an address that begins like this, and returns all of it.
    pub fn wait_for_url(&self, start: &str) -> String {
        self.eventually(&format!("the browser is at {start}"), || {
            let url = self.url();
            if url.starts_with(start) { Ok(url) } else { Err(format!("it is at {url}")) }
        })
    }

    /// Replaces what is in a field by typing.
    pub fn type_into(&self, selector: &str, text: &str) {
        self.eventually(&format!("`{selector}` can be typed into"), || {
            let element = self.visible(selector)?;
            self.session.command("POST", &format!("/element/{element}/clear"), &json!({}))?;
            self.session.command("POST", &format!("/element/{element}/value"), &json!({ "text": text }))
        });
    }

    /// Presses the first element of this selector.
    pub fn click(&self, selector: &str) {
        self.eventually(&format!("`{selector}` can be pressed"), || {
            let element = self.visible(selector)?;
            self.session.command("POST", &format!("/element/{element}/click"), &json!({}))
        });
    }

    /// Runs a script in the page, such as `return document.cookie`, and returns its value.
    pub fn run(&self, script: &str) -> Value {
        let answer = self.session.command("POST", "/execute/sync", &json!({ "script": script, "args": [] }));
        answer.unwrap_or_else(|complaint| panic!("the page cannot run {script:?}: {complaint}"))
    }

    /// Waits until two frames were drawn of the page as it is now.
    pub fn wait_until_drawn(&self) {
        const FRAMES: &str =
            "const drawn = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => drawn()))";
        let answer = self.session.command("POST", "/execute/async", &json!({ "script": FRAMES, "args": [] }));
        answer.unwrap_or_else(|complaint| panic!("the page is not drawn: {complaint}"));
    }

    /// Writes a picture of the page as PNG.
    #[expect(clippy::disallowed_methods, reason = "a picture for people, which nothing reads")]
    pub fn screenshot(&self, path: &Path) {
        let picture = self.word("/screenshot");
        let picture = BASE64_STANDARD.decode(picture).expect("a picture comes in base64");
        std::fs::write(path, picture)
            .unwrap_or_else(|error| panic!("cannot write {}: {error}", path.display()));
    }

    fn word(&self, what: &str) -> String {
        let answer = self.session.command("GET", what, &Value::Null);
        let value =
            answer.unwrap_or_else(|complaint| panic!("the browser does not tell its {what}: {complaint}"));
        value.as_str().unwrap_or_default().to_owned()
    }

    fn visible(&self, selector: &str) -> Result<String, String> {
        let found = self.session.command(
            "POST",
            "/element",
            &json!({ "using": "css selector", "value": selector }),
        )?;
        let element = found[ELEMENT].as_str().unwrap_or_default().to_owned();
        let shown = self.session.command("GET", &format!("/element/{element}/displayed"), &Value::Null)?;
        if shown == json!(true) { Ok(element) } else { Err("it is hidden".to_owned()) }
    }

    fn eventually<T>(&self, what: &str, attempt: impl Fn() -> Result<T, String>) -> T {
        let started = Instant::now();
        loop {
            match attempt() {
                Ok(value) => return value,
                Err(_) if started.elapsed() < DEADLINE => std::thread::sleep(Duration::from_millis(20)),
                Err(complaint) => panic!(
                    "waited {} s in vain until {what}: {complaint}\n{} at {}:\n{}",
                    DEADLINE.as_secs(),
                    self.title(),
                    self.url(),
                    self.run("return document.body ? document.body.innerText : ''")
                        .as_str()
                        .unwrap_or_default(),
                ),
            }
        }
    }
}

//! A real browser in front of the laptop: Debian's Chromium without a window, in the laptop's network and with its
//! names, trusting the authority that the laptop trusts.

mod place;

use std::ops::Deref;

use serde_json::json;

use crate::laptop::Laptop;
use crate::webdriver::{Page, Session};
use place::Place;

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

/// A browser with a fresh profile; when the value is dropped, or the test dies, it is gone with all it kept.
#[derive(Debug)]
pub struct Browser<'a> {
    page: Page<'a>,
    _place: Place,
}

impl<'a> Browser<'a> {
    /// Starts a browser that knows nobody yet.
    pub fn open(laptop: &'a Laptop) -> Self {
        let place = Place::start(laptop);
        let chromium = json!({ "goog:chromeOptions": { "binary": "/usr/bin/chromium", "args": ARGUMENTS } });
        let session = Session::begin(laptop, place.port(), &chromium);
        let session = session.unwrap_or_else(|complaint| panic!("the browser does not start: {complaint}"));
        Self { page: Page::of(session), _place: place }
    }
}

impl<'a> Deref for Browser<'a> {
    type Target = Page<'a>;

    fn deref(&self) -> &Page<'a> {
        &self.page
    }
}

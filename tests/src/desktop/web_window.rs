//! The window of an application whose content is a web page in WebKitGTK, driven through WebKitWebDriver.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::ops::Deref;
use std::path::PathBuf;

use serde_json::json;

use super::{Desktop, Program};
use crate::webdriver::{Page, Session};

/// A window that a driver started; when the value is dropped, its process is gone.
#[derive(Debug)]
pub struct WebWindow<'a> {
    desktop: &'a Desktop<'a>,
    page: Page<'a>,
    driver: Program<'a>,
}

impl<'a> WebWindow<'a> {
    /// Starts a binary of the laptop, which opens one window that lets itself be driven.
    pub fn open(desktop: &'a Desktop<'a>, binary: &str, arguments: &[&str]) -> Self {
        let laptop = desktop.laptop();
        let port = laptop.inside(|| {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("there are free ports");
            listener.local_addr().expect("a listener has an address").port()
        });
        // Tauri lets itself be driven only by request.
        let driver = desktop.spawn(&format!(
            "exec env TAURI_WEBVIEW_AUTOMATION=true WebKitWebDriver --host=127.0.0.1 --port={port}"
        ));
        desktop.wait_for("WebKitWebDriver listens", || {
            laptop.inside(|| TcpStream::connect((Ipv4Addr::LOCALHOST, port))).ok()
        });
        let options = json!({ "webkitgtk:browserOptions": { "binary": binary, "args": arguments } });
        let session = Session::begin(laptop, port, &options).unwrap_or_else(|complaint| {
            panic!("`{binary}` does not open a window: {complaint}\n{}", driver.output())
        });
        Self { desktop, page: Page::of(session), driver }
    }

    /// The process of the application.
    pub fn pid(&self) -> u32 {
        let pid = self.page.capabilities()["webkit:processID"].as_u64();
        pid.and_then(|pid| pid.try_into().ok()).expect("the driver says which process it started")
    }

    /// Keeps what is on the screen as `NAME.png` in the folder of artifacts, once the page is drawn as it is now.
    pub fn photograph(&self, name: &str) -> PathBuf {
        self.page.wait_until_drawn();
        self.desktop.screenshot(name)
    }

    /// What the application wrote to its output and error output.
    pub fn output(&self) -> String {
        self.driver.output()
    }
}

impl<'a> Deref for WebWindow<'a> {
    type Target = Page<'a>;

    fn deref(&self) -> &Page<'a> {
        &self.page
    }
}

impl Drop for WebWindow<'_> {
    fn drop(&mut self) {
        self.driver.kill();
    }
}

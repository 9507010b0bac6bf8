//! The window on a desktop as people have it: where it opens, what it shows, what it costs, and that it goes.

use acceptance::desktop::web_window::WebWindow;
use acceptance::desktop::{Desktop, Program};

const WINDOW: &str = "/opt/lab/pullgate-window";
const TITLE: &str = "Pullgate";
/// Every page with what its heading says.
const PAGES: [(&str, &str); 6] = [
    ("status", "Acme's policy is enforced on 3 of 3 engines"),
    ("blocked", "Blocked"),
    ("policy", "Policy"),
    ("engines", "Engines"),
    ("images", "Images"),
    ("settings", "Settings"),
];

/// A click on "Why?" has opened the window at the verdict.
pub(crate) fn is_open_at(desktop: &Desktop<'_>, image: &str, id: &str) {
    let window = desktop.wait_for_window(TITLE);
    assert_eq!((window.width, window.height), (880, 600));
    let started = desktop.must(&format!("tr '\\0' ' ' < /proc/{}/cmdline", window.pid)).stdout;
    assert_eq!(started.trim_end(), format!("{WINDOW} pullgate://blocked/{id}"));
    shows(desktop, image);
}

/// A click on "Why?" in the demo has opened the verdict that the demo's tray told of.
pub(crate) fn explains_in_the_demo(desktop: &Desktop<'_>, image: &str) {
    let window = desktop.wait_for_window(TITLE);
    let started = desktop.must(&format!("tr '\\0' ' ' < /proc/{}/cmdline", window.pid)).stdout;
    assert!(started.contains(" --demo-socket=/"), "{started}");
    shows(desktop, image);
}

/// Waits until assistive technologies find these words in the window.
pub(crate) fn shows(desktop: &Desktop<'_>, words: &str) {
    desktop.wait_for(&format!("the window shows {words:?}"), || {
        let nodes = desktop.accessible("pullgate-window");
        nodes.iter().any(|node| node.name == words).then_some(())
    });
}

/// The same start command, under WebDriver: what the window says of a verdict, and that all of it can be copied.
pub(crate) fn says_all_of_the_verdict(desktop: &Desktop<'_>, image: &str, id: &str) {
    let window = WebWindow::open(desktop, WINDOW, &[&format!("pullgate://blocked/{id}")]);
    window.wait_for_text("h1", image);
    let said = window.text("main");
    for part in ["Community images are not allowed at Acme.", "#container-help", "Request access", id] {
        assert!(said.contains(part), "{part} in {said}");
    }
    println!("{}", window.photograph("window-why").display());
    window.click("button[aria-label='Copy as text']");
    let copied = desktop.wait_for("the details are copied", || {
        let output = desktop.run("xclip -selection clipboard -out");
        output.stdout.contains(id).then_some(output.stdout)
    });
    assert!(copied.contains(image) && copied.contains("Rule: community"), "{copied}");
}

/// Every page with an invented history, in both themes.
pub(crate) fn every_page_is_pictured(desktop: &Desktop<'_>) {
    for theme in ["light", "dark"] {
        let window = WebWindow::open(desktop, "/usr/bin/env", &[&gtk_theme(theme), WINDOW, "--demo"]);
        for (number, (page, heading)) in PAGES.into_iter().enumerate() {
            window.click(&format!("nav li:nth-child({}) button", number + 1));
            window.wait_for_text("h1", heading);
            println!("{}", window.photograph(&format!("window-{page}-{theme}")).display());
        }
    }
}

fn gtk_theme(theme: &str) -> String {
    format!("GTK_THEME=Adwaita:{theme}")
}

/// What the tray and its window take, before, while and after the window is open.
pub(crate) fn costs_nothing_once_it_is_closed(desktop: &Desktop<'_>, tray: &Program<'_>, before: u64) {
    let open = desktop.pss_of(&[tray.pid()]);
    let window = desktop.wait_for_window(TITLE);
    desktop.close_window(&window);
    desktop.wait_until_closed(TITLE);
    desktop.wait_for("its processes are gone", || (desktop.family(&[tray.pid()]).len() == 1).then_some(()));
    let closed = desktop.pss_of(&[tray.pid()]);
    println!(
        "MiB of memory: {} tray alone, {} with the window, {} after it",
        before >> 10,
        open >> 10,
        closed >> 10
    );
    assert!(before < 52 << 10 && closed < before + (15 << 10), "{before} {open} {closed} KiB");
}

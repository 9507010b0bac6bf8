//! The tray on a desktop as people have it: it asks for the sign-in, tells of a blocked image, and says why.

use std::time::Instant;

use acceptance::browser::Browser;
use acceptance::desktop::notifications::Urgency;
use acceptance::desktop::tray::{Button, TrayItem};
use acceptance::desktop::{Desktop, Panel, Program};
use acceptance::laptop::{Laptop, Options, Person, lab_binary};
use acceptance::product::{ENROLLMENT, install, policy, with_product, write_policy};
use serde_json::{Value, json};

use crate::window;

const IDENTITY: &str = r#"
[identity]
issuer = "https://login.acme.example"
client_id = "pullgate"
scopes = ["openid", "offline_access", "groups", "profile"]
membership = { claim = "groups", contains = "engineering" }
"#;
const TRAY: &str = "/opt/lab/pullgate-tray";
const IMAGE: &str = "someuser/tool:1";
/// What a desktop opens pages with; here it leaves what it was given.
const OPENER: &str = "#!/bin/sh\necho \"$1\" > /var/tmp/opened\n";
/// The tray as it is installed, and how the desktop knows it.
const STARTER: &str = "#!/bin/sh\nexec /opt/lab/pullgate-tray \"$@\"\n";
const ENTRY: &str = include_str!("../../src-tauri/packaging/desktop/io.pullgate.Tray.desktop");

#[test]
fn the_tray_asks_for_the_sign_in_tells_of_a_blocked_image_and_says_why() {
    let laptop = laptop();
    let desktop = Desktop::start(&laptop, Person::Ada, Panel::Xfce);
    let tray = desktop.spawn(TRAY);
    ada_signs_in(&desktop);
    let alone = desktop.pss_of(&[tray.pid()]);
    let id = a_blocked_image_is_told_and_explained(&desktop);
    window::costs_nothing_once_it_is_closed(&desktop, &tray, alone);
    window::says_all_of_the_verdict(&desktop, IMAGE, &id);
    a_link_opens_the_window_where_it_leads(&desktop, &tray, &id);
    window::every_page_is_pictured(&desktop);
    a_service_that_stops_is_told_and_found_again(&desktop);
    a_crowd_of_denials_is_a_handful_of_notifications(&desktop, &tray);
    the_menu_ends_the_tray_and_nothing_else(&desktop, &tray);
    the_demo_explains_what_it_tells(&desktop);
    drop(desktop);
    without_a_place_for_icons_people_are_told_all_the_same(&laptop);
}

/// A laptop of Acme on which nobody is signed in.
fn laptop() -> Laptop {
    let options = with_product(Options::desktop().identity_provider())
        .binary("pullgate-tray", &lab_binary("pullgate-tray"))
        .binary("pullgate-window", &lab_binary("pullgate-window"))
        .file("/usr/local/bin/xdg-open", OPENER)
        .file("/usr/local/bin/pullgate-tray", STARTER)
        .file("/usr/share/applications/io.pullgate.Tray.desktop", ENTRY);
    let laptop = Laptop::boot(&options);
    laptop.must("chmod 755 /usr/local/bin/* && update-desktop-database /usr/share/applications");
    install(&laptop);
    let request = "https://it.acme.example/request?image={image}&id={id}";
    let messages = json!({ "support": "Ask in #container-help", "requestUrl": request });
    write_policy(&laptop, &policy(json!({ "signIn": { "required": true }, "messages": messages })));
    laptop.write_file("/root/enrollment.toml", format!("{ENROLLMENT}{IDENTITY}"));
    laptop.must("pullgate enroll /root/enrollment.toml");
    laptop
}

fn ada_signs_in(desktop: &Desktop<'_>) {
    let item = desktop.wait_for_tray("it asks for the sign-in", |item| item.title == "Acme · not signed in");
    println!("{}\n{}", item.tooltip_text, desktop.menu(&item));
    assert!(desktop.menu(&item).row("Sign in…").is_some_and(|row| row.enabled));
    let asked =
        desktop.wait_for_notification("the sign-in is asked for", |one| one.summary == "Sign in to Acme");
    assert_eq!(asked.urgency, Some(Urgency::Critical));
    desktop.notification_button("Sign in to Acme", "Sign in…");
    println!("{}", desktop.screenshot("tray-sign-in").display());
    desktop.click_notification("Sign in to Acme", "Sign in…");
    let page = desktop.wait_for("the page is opened", || desktop.laptop().read_file("/var/tmp/opened"));
    let browser = Browser::open(desktop.laptop());
    browser.go(page.trim());
    browser.type_into("#user", "ada");
    browser.type_into("#password", "ada-secret");
    browser.click("#sign-in");
    browser.wait_for_text("h1", "You are signed in to Acme.");
    let signed_in = desktop.wait_for_tray("she is signed in", |item| item.title.starts_with("Acme · ada"));
    assert_ne!(signed_in.icon, item.icon);
    assert!(desktop.menu(&signed_in).row("Sign out now").is_some_and(|row| row.enabled));
    desktop.wait_for_notification("the sign-in is confirmed", |one| one.summary == "Signed in");
}

/// The id of the verdict is the same in the terminal, in the notification's window and for programs.
fn a_blocked_image_is_told_and_explained(desktop: &Desktop<'_>) -> String {
    let laptop = desktop.laptop();
    let pulled = laptop.run_as(Person::Ada, &format!("docker pull {IMAGE}; date +%s%N"));
    let ended: u128 = pulled.stdout.lines().last().and_then(|line| line.parse().ok()).expect("a time");
    let title = "Blocked: someuser/tool:1";
    let told = desktop.wait_for_notification("the blocked image is told", |one| one.summary == title);
    println!(
        "told {} ms after the terminal",
        told.at.as_millis().cast_signed() - (ended / 1_000_000).cast_signed()
    );
    let id = id_in(&pulled.terminal);
    assert_eq!(told.body, "Community images are not allowed at Acme. Ask in #container-help.");
    let labels: Vec<&str> = told.actions.iter().map(|(_, label)| label.as_str()).collect();
    assert!(["Why?", "Request access", "Mute"].iter().all(|label| labels.contains(label)), "{labels:?}");
    let blocked = laptop.run_as(Person::Ada, "pullgate blocked --json");
    let entry: Value =
        serde_json::from_str(blocked.stdout.lines().next().unwrap_or_default()).expect("a line is an entry");
    assert_eq!(entry["verdict"]["id"], id);
    println!("{}", desktop.screenshot("tray-blocked").display());
    desktop.click_notification(title, "Why?");
    window::is_open_at(desktop, IMAGE, &id);
    println!("{}", desktop.screenshot("window-opened").display());
    desktop.click_tray(Button::Right);
    println!("{}", desktop.screenshot("tray-menu").display());
    desktop.press_key("Escape");
    let item = desktop.tray();
    let menu = desktop.menu(&item).to_string();
    assert!(menu.contains("✕ someuser/tool:1 · community · just now"), "{menu}");
    id
}

/// A link that a browser hands to the desktop starts the tray a second time, which only calls the first.
fn a_link_opens_the_window_where_it_leads(desktop: &Desktop<'_>, tray: &Program<'_>, id: &str) {
    desktop.must(&format!("gio open pullgate://blocked/{id}"));
    window::is_open_at(desktop, IMAGE, id);
    desktop.must(TRAY);
    window::shows(desktop, "Status · Pullgate");
    assert!(tray.is_running() && desktop.windows().iter().filter(|one| one.title == "Pullgate").count() == 1);
    desktop.close_window(&desktop.wait_for_window("Pullgate"));
    desktop.wait_until_closed("Pullgate");
}

fn a_service_that_stops_is_told_and_found_again(desktop: &Desktop<'_>) {
    let sockets = "pullgate-control.socket pullgate-proxy.socket pullgate-mirror.socket";
    let before = desktop.tray();
    desktop.laptop().must(&format!("systemctl stop {sockets} pullgate.service"));
    let gone = desktop.wait_for_tray("it tells", |item| item.tooltip_text.contains("is not running"));
    assert_ne!(gone.icon, before.icon);
    desktop.laptop().must(&format!("systemctl start {sockets}"));
    desktop.wait_for_tray("it found the service again", |item| {
        item.icon == before.icon && item.title == before.title
    });
}

fn a_crowd_of_denials_is_a_handful_of_notifications(desktop: &Desktop<'_>, tray: &Program<'_>) {
    let before = desktop.notifications().sent.len();
    let ticks = desktop.cpu_ticks(tray.pid());
    let ask = "for n in $(seq 1000); do echo \"url = http://registry-1.docker.io/v2/crowd$n/tool/manifests/1\"; echo 'output = /dev/null'; done \
               | curl --silent --parallel --parallel-max 20 --proxy http://127.0.0.1:859 --config -";
    let started = Instant::now();
    desktop.laptop().run(ask);
    println!("a crowd of 1000 took {} ms", started.elapsed().as_millis());
    // One that was blocked just before the crowd is counted with it.
    let in_one = ["Blocked: 1000 images", "Blocked: 1001 images"];
    desktop.wait_for_notification("all are told of in one", |one| in_one.contains(&one.summary.as_str()));
    let sent = desktop.notifications().sent.len() - before;
    println!("{sent} notifications, {} ticks of CPU", desktop.cpu_ticks(tray.pid()) - ticks);
    assert!(sent <= 10, "{sent} notifications");
}

fn the_menu_ends_the_tray_and_nothing_else(desktop: &Desktop<'_>, tray: &Program<'_>) {
    desktop.menu(&desktop.tray()).press("Quit this icon (pulls are still checked)");
    desktop.wait_for("the tray has ended", || (!tray.is_running()).then_some(()));
    let pulled = desktop.laptop().run_as(Person::Ada, "docker pull someuser/tool:1");
    assert!(pulled.terminal.contains("image access denied: "), "{}", pulled.terminal);
}

/// The window of the demo hears the very demo that the tray plays, and no service is there to help.
fn the_demo_explains_what_it_tells(desktop: &Desktop<'_>) {
    let demo = desktop.spawn(&format!("{TRAY} --demo"));
    let title = "Blocked: ffmpeg-with-everything:nightly";
    desktop.wait_for_notification("the demo tells of a blocked image", |one| one.summary == title);
    println!("{}", desktop.screenshot("demo-notification").display());
    desktop.click_notification(title, "Why?");
    window::explains_in_the_demo(desktop, "hobbyist/ffmpeg-with-everything:nightly");
    println!("{}", desktop.screenshot("demo-verdict").display());
    demo.stop();
    desktop.wait_until_closed("Pullgate");
}

/// As on GNOME: no tray anywhere, until an extension brings one.
fn without_a_place_for_icons_people_are_told_all_the_same(laptop: &Laptop) {
    let desktop = Desktop::start(laptop, Person::Ada, Panel::Missing);
    let tray = desktop.spawn(TRAY);
    desktop.wait_for("it is there", || desktop.has_bus_name("io.pullgate.Tray").then_some(()));
    laptop.run_as(Person::Ada, "docker pull evil/miner:1");
    desktop.wait_for_notification("the blocked image is told", |one| one.summary == "Blocked: evil/miner:1");
    let _panel = desktop.start_panel();
    let item: TrayItem =
        desktop.wait_for_tray("the icon comes with the panel", |item| item.title.starts_with("Acme"));
    assert!(desktop.menu(&item).to_string().contains("evil/miner:1"));
    assert!(tray.is_running());
}

/// The verdict that a terminal names.
fn id_in(text: &str) -> String {
    let start = text.find("pg-").expect("the terminal names a verdict");
    text[start..start + 11].to_owned()
}

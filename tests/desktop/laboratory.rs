//! The laboratory proves its own hands and eyes, without the product, on one desktop.

use std::time::Instant;

use acceptance::desktop::menu::Kind;
use acceptance::desktop::notifications::Urgency;
use acceptance::desktop::tray::Button;
use acceptance::desktop::web_window::WebWindow;
use acceptance::desktop::{Desktop, Panel};
use acceptance::laptop::{Laptop, Options, Person, lab_binary};

const BROWSER: &str = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser";
const PAGE: &str = "<!doctype html><title>Greeting</title><style>h1 { color: #0000c8 }</style><h1>Hello</h1><input id=name>
<button id=greet onclick=\"document.querySelector('h1').textContent += ' ' + document.querySelector('#name').value\">Greet</button>";

#[test]
fn a_desktop_has_a_tray_notifications_and_windows_that_can_be_seen_and_touched() {
    let options =
        Options::desktop().binary("indicator", &lab_binary("indicator")).file("/srv/page.html", PAGE);
    let laptop = Laptop::boot(&options);
    let started = Instant::now();
    let desktop = Desktop::start(&laptop, Person::Ada, Panel::Xfce);
    println!("a desktop starts in {} ms", started.elapsed().as_millis());
    assert!(desktop.has_tray());
    notifications_are_recorded_and_pressed(&desktop);
    an_icon_is_read_and_pressed(&desktop);
    a_panel_comes_back(&desktop);
    a_page_is_driven(&desktop);
    drop(desktop);
    a_desktop_without_panel_and_notifications(&laptop);
}

fn notifications_are_recorded_and_pressed(desktop: &Desktop<'_>) {
    let sender = desktop.spawn(
        "notify-send --app-name=Lab --urgency=critical --action=why='Why?' --action=ask='Request access' \
         'someuser/tool was blocked' 'Community images are not allowed at Acme.'",
    );
    let shown = desktop.wait_for_notification("the blocked image is told", |one| one.application == "Lab");
    let button = |key: &str, label: &str| (key.to_owned(), label.to_owned());
    assert_eq!(
        (shown.summary.as_str(), shown.body.as_str()),
        ("someuser/tool was blocked", "Community images are not allowed at Acme.")
    );
    assert_eq!(shown.actions, [button("why", "Why?"), button("ask", "Request access")]);
    assert_eq!((shown.urgency, shown.replaces), (Some(Urgency::Critical), 0));
    desktop.notification_button("someuser/tool was blocked", "Why?");
    println!("{}", desktop.screenshot("laboratory-notification").display());
    desktop.click_notification("someuser/tool was blocked", "Request access");
    let id = shown.id.expect("the daemon answered");
    desktop.wait_for("the button is pressed", || {
        (desktop.notifications().invoked == [(id, "ask".to_owned())]).then_some(())
    });
    desktop.wait_for("the notification is closed", || {
        desktop.notifications().closed.contains(&(id, 2)).then_some(())
    });
    desktop.wait_for("its sender is told", || (sender.output() == "ask\n").then_some(()));
}

fn an_icon_is_read_and_pressed(desktop: &Desktop<'_>) {
    let lamp = desktop.spawn("/opt/lab/indicator");
    let green = desktop.tray();
    assert_eq!((green.id.as_str(), green.title.as_str(), green.status.as_str()), ("lamp", "Lamp", "Active"));
    assert_eq!((green.tooltip.as_str(), green.tooltip_text.as_str()), ("Lamp", "It is green"));
    let menu = desktop.menu(&green);
    assert_eq!(menu.to_string(), "(The lamp is lit)\n────\n[ ] Red\n▸ More\n    Open my_lamp\n");
    menu.press("Red");
    let red = desktop.wait_for_tray("the lamp is red", |item| item.status == "NeedsAttention");
    assert_ne!(red.icon, green.icon);
    assert_eq!(desktop.menu(&red).row("Red").map(|row| row.kind), Some(Kind::Check(true)));
    menu.press("Open my_lamp");
    desktop.wait_for("the row is pressed", || (lamp.output() == "opened\n").then_some(()));
    desktop.activate(&red);
    desktop.wait_for("the lamp is activated", || (lamp.output() == "opened\nactivated\n").then_some(()));
    desktop.click_tray(Button::Left);
    desktop.wait_for("the mouse reaches it, too", || {
        lamp.output().ends_with("activated\nactivated\n").then_some(())
    });
    let icon = desktop.still_picture().part(desktop.tray_area());
    assert!(icon.pixels().any(|pixel| pixel == [200, 0, 0]), "the panel shows the red lamp");
    let before = desktop.still_picture();
    desktop.click_tray(Button::Right);
    desktop.wait_for("the menu opens", || (desktop.picture() != before).then_some(()));
    println!("{}", desktop.screenshot("laboratory-menu").display());
    desktop.press_key("Down Return");
    desktop.wait_for_tray("the lamp is green again", |item| item.icon == green.icon);
    let (ticks, memory) = (desktop.cpu_ticks(lamp.pid()), desktop.pss_of(&[lamp.pid()]));
    println!("the lamp costs {ticks} ticks and {memory} KiB");
    assert!((500..100_000).contains(&memory));
    assert_eq!(desktop.family(&[lamp.pid()]).len(), 1);
}

fn a_panel_comes_back(desktop: &Desktop<'_>) {
    desktop.stop_panel();
    assert_eq!(desktop.tray_items(), []);
    desktop.start_panel();
    assert_eq!(desktop.tray().id, "lamp");
}

fn a_page_is_driven(desktop: &Desktop<'_>) {
    let started = Instant::now();
    let window = WebWindow::open(desktop, BROWSER, &["--automation"]);
    println!("a driven window opens in {} ms", started.elapsed().as_millis());
    window.go("file:///srv/page.html");
    assert_eq!(window.title(), "Greeting");
    window.type_into("#name", "Ada");
    window.click("#greet");
    window.wait_for_text("h1", "Hello Ada");
    assert_eq!(window.text("h1"), "Hello Ada");
    assert_eq!(window.run("return 6 * 7"), 42);
    let listed = desktop.wait_for("its window is there", || {
        desktop.windows().into_iter().find(|listed| listed.title.contains("Greeting"))
    });
    assert_eq!(listed.pid, window.pid());
    println!("{}", window.photograph("laboratory-window").display());
    assert!(desktop.picture().pixels().any(|pixel| pixel == [0, 0, 200]), "the screen shows the heading");
    println!(
        "the window costs {} KiB in {} processes",
        desktop.pss_of(&[window.pid()]),
        desktop.family(&[window.pid()]).len()
    );
    drop(window);
    desktop.wait_until_closed(&listed.title);
}

fn a_desktop_without_panel_and_notifications(laptop: &Laptop) {
    let desktop = Desktop::start_without_notifications(laptop, Person::Ada, Panel::Missing);
    assert!(!desktop.has_tray());
    let unheard = desktop.run(
        "gdbus call --session --dest org.freedesktop.Notifications --object-path \
         /org/freedesktop/Notifications --method org.freedesktop.Notifications.GetCapabilities",
    );
    assert!(unheard.stderr.contains("ServiceUnknown"), "{}", unheard.stderr);
    assert!(!desktop.has_bus_name("org.freedesktop.Notifications"));
    desktop.start_panel();
    assert!(desktop.has_tray());
    desktop.start_notifications();
    desktop.must("notify-send 'Late, but there'");
    desktop.wait_for_notification("it is shown", |one| one.summary == "Late, but there");
}

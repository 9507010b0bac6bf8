//! What a desktop is made of, each part started once it can be used.

use super::{Desktop, Program};

/// What Xfce's parts are told, in place of the files that Debian ships.
pub(crate) const CONFIGURATION: &[(&str, &str)] = &[
    ("xfce4-panel.xml", include_str!("panel.xml")),
    ("xfce4-notifyd.xml", include_str!("notifyd.xml")),
    ("xfwm4.xml", include_str!("windows.xml")),
];

const BUS: &str = include_str!("bus.conf");

impl<'a> Desktop<'a> {
    /// The screen and the session bus, with the recorder of notifications, which listens from the start.
    pub(super) fn start_session(&self) {
        let (folder, owner) = (self.folder(), self.person.name());
        let bus = format!("/run/user/{}/bus", self.person.uid());
        self.laptop.write_file(
            &format!("{folder}/bus.conf"),
            BUS.replace("FOLDER", &folder).replace("ADDRESS", &bus),
        );
        let exports = self.environment();
        let exports = exports.iter().map(|(name, value)| format!("export {name}={value}\n"));
        self.laptop.write_file(&format!("{folder}/environment"), exports.collect::<String>());
        self.laptop.must(&format!(
            "mkdir {folder}/services {folder}/screen
             cd {folder}/services && ln -s /usr/share/dbus-1/services/* . && rm *otif*
             install --directory --mode=1777 /tmp/.X11-unix
             chown --recursive {owner}:{owner} {folder} && rm -f {bus}"
        ));
        let display = self.number;
        // A server that resets after its last client, such as one that only set a property, turns the next one away.
        self.launch(
            "screen",
            &format!(
                "Xvfb :{display} -displayfd 3 -screen 0 1280x800x24 -nolisten tcp -noreset -fbdir {folder}/screen \
                 3> {folder}/display"
            ),
        );
        self.wait_for("the screen is there", || self.read("display").filter(|text| !text.is_empty()));
        self.launch(
            "bus",
            &format!(
                "dbus-daemon --config-file={folder}/bus.conf --nofork --nopidfile --print-address=3 \
                 3> {folder}/address"
            ),
        );
        self.wait_for("the session bus is there", || self.read("address").filter(|text| !text.is_empty()));
        self.start_recorder();
        // Programs that start before it is there tell assistive technologies only a part.
        self.must("busctl --user call org.a11y.Bus /org/a11y/bus org.a11y.Bus GetAddress");
    }

    /// The window manager.
    pub(super) fn start_windows(&self) {
        self.launch("windows", "xfwm4 --compositor=off");
        self.wait_for("there is a window manager", || (self.run("wmctrl -m").code == 0).then_some(()));
    }

    /// Starts the panel and waits until it hosts status notifier items.
    pub fn start_panel(&self) -> Program<'a> {
        let panel = self.launch("panel", "xfce4-panel --disable-wm-check");
        self.must("gdbus wait --session --timeout 20 org.kde.StatusNotifierWatcher");
        self.wait_for("the panel has a tray", || self.has_tray().then_some(()));
        panel
    }

    /// Ends the panel, as a crash would; [`Desktop::start_panel`] brings it back.
    pub fn stop_panel(&self) {
        self.end("panel");
        self.wait_for("the tray is gone", || (!self.has_tray()).then_some(()));
    }

    /// Starts the daemon that shows notifications.
    pub fn start_notifications(&self) -> Program<'a> {
        let daemon = self.launch("notifyd", "/usr/lib/*/xfce4/notifyd/xfce4-notifyd");
        self.must("gdbus wait --session --timeout 20 org.freedesktop.Notifications");
        daemon
    }

    /// Ends the daemon that shows notifications, as a crash would.
    pub fn stop_notifications(&self) {
        self.end("notifyd");
    }

    fn end(&self, name: &str) {
        let unit = format!("desktop{}-{name}.service", self.number);
        self.laptop.run(&format!("systemctl kill --signal=KILL {unit}; systemctl stop {unit}"));
    }
}

//! Windows as the window manager lists them.

use super::Desktop;

/// A window that a person could switch to; panels are among them, notifications are not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// Its number on the screen, such as `0x00c00012`.
    pub id: String,
    /// The process behind it, zero if it does not say.
    pub pid: u32,
    /// The width of its content in pixels.
    pub width: u32,
    /// The height of its content in pixels.
    pub height: u32,
    /// What its frame says.
    pub title: String,
}

impl Desktop<'_> {
    /// All windows, oldest first. `wmctrl` fails when one closes while it looks, and is asked again then.
    pub fn windows(&self) -> Vec<Window> {
        let listed = self.wait_for("the windows are listed", || {
            let listed = self.run("wmctrl -lpG");
            if listed.terminal.contains("BadWindow") {
                return None;
            }
            assert!(listed.code == 0, "the windows cannot be listed:\n{}", listed.terminal);
            Some(listed.stdout)
        });
        listed.lines().filter_map(window).collect()
    }

    /// Waits until there is a window of exactly this title.
    pub fn wait_for_window(&self, title: &str) -> Window {
        self.wait_for(&format!("there is a window {title:?}"), || {
            self.windows().into_iter().find(|window| window.title == title)
        })
    }

    /// Waits until there is no window of exactly this title.
    pub fn wait_until_closed(&self, title: &str) {
        self.wait_for(&format!("the window {title:?} is closed"), || {
            self.windows().iter().all(|window| window.title != title).then_some(())
        });
    }

    /// Closes a window as the cross in its frame does.
    pub fn close_window(&self, window: &Window) {
        self.must(&format!("wmctrl -i -c {}", window.id));
    }

    /// The title of the window that has the keyboard, if one has.
    pub fn focused_window(&self) -> Option<String> {
        let output = self.run("xdotool getactivewindow getwindowname");
        (output.code == 0).then(|| output.stdout.trim_end().to_owned())
    }

    /// Presses a key or a chord on the keyboard, as `xdotool` names them: `Escape`, `ctrl+w`.
    pub fn press_key(&self, key: &str) {
        self.must(&format!("xdotool key {key}"));
    }
}

/// One line: number, desktop, process, place and size, machine, title.
fn window(line: &str) -> Option<Window> {
    let mut rest = line;
    let mut word = || {
        let (word, after) = rest.trim_start().split_once(' ').unwrap_or((rest.trim_start(), ""));
        rest = after;
        word
    };
    let id = word().to_owned();
    let numbers: Vec<&str> = (0..6).map(|_| word()).collect();
    let _machine = word();
    Some(Window {
        id,
        pid: numbers[1].parse().ok()?,
        width: numbers[4].parse().ok()?,
        height: numbers[5].parse().ok()?,
        title: rest.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::{Window, window};

    #[test]
    fn a_line_of_wmctrl_is_a_window_with_all_its_title() {
        let line = "0x00c00012  0 650    10   91   1024 768   laptop Blocked  (3) ";
        let title = "Blocked  (3) ".to_owned();
        assert_eq!(
            window(line),
            Some(Window { id: "0x00c00012".into(), pid: 650, width: 1024, height: 768, title })
        );
        assert_eq!(window("Cannot get client list properties."), None);
    }
}

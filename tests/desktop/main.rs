//! A desktop as people have it: a tray, notifications and a window.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "what a desktop costs is for people to read")]

mod laboratory;
mod tray;
mod window;

//! The one who opened the window says where it shall go: a link on each line of standard input.

use std::io::BufRead;
use std::thread;

use desktop::page::Place;

/// Calls `go` for each link, until there are no more.
pub(super) fn follow(go: impl Fn(Place) + Send + 'static) {
    thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            match line.parse() {
                Ok(place) => go(place),
                Err(error) => tracing::warn!("{error}"),
            }
        }
    });
}

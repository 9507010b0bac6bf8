//! Ada signs in: the command waits, and a real browser goes where it says.

use std::thread;

use acceptance::browser::Browser;
use acceptance::internet::ADA_PASSWORD;
use acceptance::laptop::{Laptop, Person};

use super::terminal::{Terminal, say};

const PRINTED: &str = "/tmp/sign-in.txt";

/// Plays the sign-in.
pub(crate) fn play(laptop: &Laptop, terminal: &Terminal<'_>) {
    let command = "pullgate sign-in --no-browser";
    thread::scope(|scope| {
        let waiting = scope.spawn(|| laptop.run_as(Person::Ada, &format!("{command} > {PRINTED} 2>&1")));
        let address = address(laptop);
        let browser = Browser::open(laptop);
        browser.go(&address);
        browser.type_into("#user", "ada");
        browser.type_into("#password", ADA_PASSWORD);
        browser.click("#sign-in");
        let done = waiting.join().expect("the command runs to its end");
        terminal.typed(Person::Ada, command, &laptop.must(&format!("cat {PRINTED}")).stdout);
        assert!(done.code == 0, "the sign-in ended with exit code {}", done.code);
        say(&format!("Her browser says: {}", browser.text("body").replace('\n', " ")));
    });
}

/// Where the command sends the person.
fn address(laptop: &Laptop) -> String {
    let mut found = None;
    laptop.wait_for("the command says where to sign in", |laptop| {
        let printed = laptop.run(&format!("cat {PRINTED}")).stdout;
        found = printed.split_whitespace().find(|word| word.starts_with("https://")).map(str::to_owned);
        found.is_some()
    });
    found.unwrap_or_default()
}

//! One `pullgate sign-in`: it waits at a terminal while somebody goes to the page it named.

use std::sync::atomic::{AtomicU32, Ordering};

use acceptance::laptop::{Laptop, Person};

/// A command that waits for its sign-in to be finished.
pub(crate) struct Attempt<'a> {
    laptop: &'a Laptop,
    file: String,
}

/// How it ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    /// Everything the person read, from the first line on.
    pub(crate) text: String,
}

impl<'a> Attempt<'a> {
    /// Runs `pullgate sign-in` with these arguments, and goes on once it says that it waits, or has ended.
    pub(crate) fn begin(laptop: &'a Laptop, person: Person, arguments: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let file = format!("/var/tmp/sign-in-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let command = format!("pullgate sign-in {arguments}");
        laptop.run_as(
            person,
            &format!(
                "setsid bash -c 'echo $$ > {file}.pid; {command} > {file} 2>&1; echo $? > {file}.code' \
                 > /dev/null 2>&1 < /dev/null &"
            ),
        );
        laptop.wait_for("the sign-in waits", |laptop| {
            laptop.run(&format!("grep -q '^Waiting for you' {file} || test -s {file}.code")).code == 0
        });
        Self { laptop, file }
    }

    /// What the person has read so far.
    pub(crate) fn text(&self) -> String {
        self.laptop.read_file(&self.file).unwrap_or_default()
    }

    /// The page to open.
    pub(crate) fn page(&self) -> String {
        let text = self.text();
        let page = text.split_whitespace().find(|word| word.starts_with("https://"));
        page.expect("the terminal names a page").to_owned()
    }

    /// The code to enter.
    pub(crate) fn code(&self) -> String {
        let text = self.text();
        let code = text.split_whitespace().find(|word| word.len() == 9 && word.find('-') == Some(4));
        code.expect("the terminal shows a code").to_owned()
    }

    /// Waits for the end.
    pub(crate) fn end(self) -> Ended {
        let file = format!("{}.code", self.file);
        let mut code = None;
        self.laptop.wait_for("the sign-in ends", |laptop| {
            code = laptop.read_file(&file).and_then(|text| text.trim().parse().ok());
            code.is_some()
        });
        Ended { code: code.unwrap_or(-1), text: self.text() }
    }

    /// Ends it with a signal, as Ctrl-C does.
    pub(crate) fn interrupt(self, signal: &str) -> Ended {
        let command =
            format!("pkill --signal {signal} --parent \"$(cat {}.pid)\" --exact pullgate", self.file);
        self.laptop.must(&command);
        self.end()
    }

    /// Enters the code in a browser that knows nobody, as somebody, and returns the last page.
    pub(crate) fn enter(&self, login: &str) -> String {
        let curl = "curl -sS --max-time 20 -L -c $jar -b $jar";
        let (page, code) = (self.page(), self.code());
        let script = format!(
            "jar=$(mktemp); xsrf=$({curl} '{page}' | grep -o 'name=\"xsrf\" value=\"[^\"]*' | sed 's/.*\"//'); \
             {curl} -o /dev/null -d \"xsrf=$xsrf&user_code={code}\" '{page}'; \
             form=$({curl} -o /dev/null -w '%{{url_effective}}' -d \"xsrf=$xsrf&user_code={code}&confirm=yes\" '{page}'); \
             {curl} -d 'user={login}&password={login}-secret' \"$form\"; rm -f $jar"
        );
        self.laptop.must(&script).stdout
    }

    /// Goes to the page as somebody whom the provider does not know yet, and returns what the last page says.
    pub(crate) fn visit(&self, login: &str) -> String {
        let curl = "curl -sS --max-time 20 -L -c $jar -b $jar";
        let script = format!(
            "jar=$(mktemp); form=$({curl} -o /dev/null -w '%{{url_effective}}' '{}'); \
             {curl} -d 'user={login}&password={login}-secret' \"$form\"; rm -f $jar",
            self.page()
        );
        words(&self.laptop.must(&script).stdout)
    }
}

/// What a person reads on a page of the product.
fn words(page: &str) -> String {
    let body = page.split_once("<h1>").map_or(page, |(_, body)| body);
    let plain = body.replace("</h1><p>", "\n").replace("<code>", "`").replace("</code>", "`");
    plain.split("</p>").next().unwrap_or_default().to_owned()
}

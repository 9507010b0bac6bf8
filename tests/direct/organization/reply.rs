//! What a server answered to curl in the laptop.

use acceptance::laptop::Laptop;
use serde_json::Value;

/// The exit codes of curl when an answer ends too early: in HTTP's eyes, or already in TLS's.
pub(super) const BROKEN_OFF: [i32; 2] = [18, 56];

/// An answer.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    head: String,
    pub(super) body: String,
}

/// Asks with curl; the arguments are words of the shell.
pub(super) fn ask(laptop: &Laptop, arguments: &str) -> Reply {
    let said = laptop.must(&format!("curl -sS --compressed -i {arguments}")).stdout;
    let (head, body) = said.split_once("\r\n\r\n").expect("an answer has a head");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    Reply { status: status.expect("an answer has a status"), head: head.to_owned(), body: body.to_owned() }
}

/// Posts a form to the token endpoint.
pub(super) fn ask_for_tokens(laptop: &Laptop, form: &[(&str, &str)]) -> Reply {
    let fields = form.iter().map(|(name, value)| format!(" --data-urlencode '{name}={value}'"));
    ask(
        laptop,
        &format!("https://login.acme.example/token -d client_id=pullgate{}", fields.collect::<String>()),
    )
}

impl Reply {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut fields = self.head.lines().filter_map(|line| line.split_once(": "));
        fields.find(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    /// A string of the JSON that came.
    pub(super) fn word(&self, name: &str) -> String {
        self.json()[name].as_str().unwrap_or_else(|| panic!("no {name:?} in {self:?}")).to_owned()
    }
}

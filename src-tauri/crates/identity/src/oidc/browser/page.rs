//! What the browser shows at the end: one self-contained page, without script, that says what to do.

use super::random_word;

/// A page and the status it comes with.
pub(super) struct Page {
    status: &'static str,
    mark: &'static str,
    title: String,
    text: String,
}

pub(super) fn signed_in(organization: &str) -> Page {
    let title = format!("You are signed in to {organization}.");
    Page::new("200 OK", "✓", &title, "You can close this window.")
}

pub(super) fn not_signed_in(organization: &str, why: &str) -> Page {
    let title = format!("You are not signed in to {organization}.");
    let mut letters = why.chars();
    let sentence: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    Page::new("400 Bad Request", "!", &title, &format!("{}.", sentence.trim_end_matches('.')))
}

pub(super) fn unrelated() -> Page {
    let text = "It may be from an earlier try. Use the page that opened last, or start the sign-in again.";
    Page::new("400 Bad Request", "!", "This page belongs to another sign-in.", text)
}

pub(super) fn malformed() -> Page {
    let text = "Start the sign-in again with `pullgate sign-in`.";
    Page::new("400 Bad Request", "!", "This address cannot be read.", text)
}

pub(super) fn nothing_here() -> Page {
    let text = "Pullgate waits here for the end of a sign-in.";
    Page::new("404 Not Found", "!", "There is nothing at this address.", text)
}

impl Page {
    fn new(status: &'static str, mark: &'static str, title: &str, text: &str) -> Self {
        Self { status, mark, title: escaped(title), text: with_code(&escaped(text)) }
    }

    /// The whole answer. Nothing on the page may load, run, be framed or be kept.
    pub(super) fn to_http(&self) -> String {
        let Self { status, mark, title, text } = self;
        // Without a nonce the style is refused and the words remain.
        let nonce = random_word().unwrap_or_default();
        let body = format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\">\
             <link rel=\"icon\" href=\"data:,\"><title>Pullgate</title><style nonce=\"{nonce}\">{STYLE}</style></head>\
             <body><main><p class=\"mark\" aria-hidden=\"true\">{mark}</p><h1>{title}</h1><p>{text}</p></main></body></html>\n"
        );
        format!(
            "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
             Content-Security-Policy: default-src 'none'; style-src 'nonce-{nonce}'; img-src data:; base-uri 'none'; \
             form-action 'none'; frame-ancestors 'none'\r\nX-Content-Type-Options: nosniff\r\n\
             Referrer-Policy: no-referrer\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
    }
}

const STYLE: &str = "\
:root{color-scheme:light dark;font:15px/1.5 system-ui,sans-serif;color:light-dark(#1b1d21,#e8e9ec);\
background:light-dark(#fafafa,#17181b)}\
body{margin:0;min-height:100vh;display:grid;place-items:center}\
main{max-width:32rem;padding:24px;text-align:center;overflow-wrap:anywhere}\
h1{font-size:20px;margin:0 0 8px}p{margin:0}\
.mark{font-size:32px;line-height:48px;width:48px;margin:0 auto 16px;border:1px solid;border-radius:6px}";

fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut all, letter| {
        match letter {
            '&' => all.push_str("&amp;"),
            '<' => all.push_str("&lt;"),
            '>' => all.push_str("&gt;"),
            '"' => all.push_str("&quot;"),
            '\'' => all.push_str("&#39;"),
            letter => all.push(letter),
        }
        all
    })
}

/// Backticks are for terminals; a page has an element for it. The text is escaped already.
fn with_code(text: &str) -> String {
    let pieces: Vec<&str> = text.split('`').collect();
    if pieces.len().is_multiple_of(2) {
        return text.to_owned();
    }
    let marked = pieces.iter().enumerate().map(|(index, piece)| {
        if index % 2 == 1 { format!("<code>{piece}</code>") } else { (*piece).to_owned() }
    });
    marked.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_provider_says_cannot_become_markup() {
        let page = not_signed_in("Acme & <Sons>", "the provider said `<script>`");
        assert_eq!(page.title, "You are not signed in to Acme &amp; &lt;Sons&gt;.");
        assert_eq!(page.text, "The provider said <code>&lt;script&gt;</code>.");
    }

    #[test]
    fn the_page_allows_nothing_but_its_own_style() {
        let whole = signed_in("Acme").to_http();
        let nonce = whole.split("nonce=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        assert!(whole.contains(&format!("default-src 'none'; style-src 'nonce-{nonce}';")), "{whole}");
        assert!(nonce.len() == 43 && !whole.contains("<script") && !whole.contains("http:"), "{whole}");
        let (head, body) = whole.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("\r\nContent-Length: {}\r\n", body.len())), "{head}");
        assert!(
            body.contains("<h1>You are signed in to Acme.</h1><p>You can close this window.</p>"),
            "{body}"
        );
    }
}

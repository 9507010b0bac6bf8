//! The steps of a sign-in.

use qrcode::{QrCode, render::unicode::Dense1x2};
use wire::SignInStep;

use super::{View, text::one_line};

/// What to do now. A picture of the address only helps somebody who sees the screen.
pub(crate) fn sign_in(step: &SignInStep, opened: bool, at_screen: bool, view: &View) -> String {
    match step {
        SignInStep::Open { url, until, redirects, client } => {
            let first = if opened {
                "A page opens in your browser. If it does not, open it yourself:"
            } else {
                "Open this page in a browser on this machine:"
            };
            let waiting = format!("Waiting for you until {}\n", view.clock(*until));
            format!(
                "{first}\n\n  {}\n\n{waiting}{}",
                one_line(url),
                unregistered(redirects, client.as_deref())
            )
        }
        SignInStep::Code { code, url, complete_url, until } => {
            let picture = complete_url.as_deref().filter(|_| at_screen).and_then(picture);
            let picture = picture.map(|picture| format!("\n{picture}\n")).unwrap_or_default();
            let or = if picture.is_empty() { "" } else { ", or scan this" };
            format!(
                "Open this page in any browser and enter the code{or}:\n\n  {}\n  {}\n{picture}\nWaiting for you until {}\n",
                one_line(url),
                one_line(code),
                view.clock(*until)
            )
        }
        SignInStep::Done { sentence, .. } => format!("{}\n", one_line(sentence)),
        SignInStep::Other => {
            "The service waits for a step that this command does not know; update Pullgate\n".to_owned()
        }
    }
}

/// What to do where the page shows an error instead of a sign-in: nobody else learns of it.
fn unregistered(redirects: &[String], client: Option<&str>) -> String {
    if redirects.is_empty() {
        return String::new();
    }
    let client = client.map(|client| format!(" for the client `{}`", one_line(client))).unwrap_or_default();
    let addresses: Vec<String> = redirects.iter().map(|address| format!("`{}`", one_line(address))).collect();
    format!(
        "If the page shows an error about a redirect or a reply address, your organization has to register {} with its \
         identity provider{client}\n",
        addresses.join(" and ")
    )
}

/// An address as a QR code of half blocks; none where it is too long for one.
fn picture(url: &str) -> Option<String> {
    let code = QrCode::new(url).ok()?;
    Some(code.render::<Dense1x2>().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build())
}

//! What fuzzing gives to this crate.

use crate::{NoProxy, ProxyUrl};

/// Takes an input; panics where a law is broken.
pub type Target = fn(&[u8]);

/// Every target of this crate.
pub const TARGETS: &[(&str, Target)] = &[("proxy-settings", proxy_settings)];

/// The first line is a proxy, the second its exceptions, the third a host. A proxy written out is the same proxy, and
/// its login stands in nothing that people see.
fn proxy_settings(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let mut lines = text.splitn(3, '\n');
    let mut next = || lines.next().unwrap_or_default();
    if let Ok(proxy) = ProxyUrl::parse(next()) {
        assert_eq!(ProxyUrl::parse(&proxy.with_secret()).as_ref(), Ok(&proxy));
        assert_eq!(proxy.clone().without_login().login(), None);
        let secret = proxy.login().map(|login| String::from_utf8_lossy(login.parts().1).into_owned());
        if let Some(secret) = secret.filter(|secret| secret.len() > 8) {
            assert!(!format!("{proxy} {proxy:?}").contains(&secret), "{proxy}");
        }
    }
    NoProxy::parse(next()).matches(next(), 443);
}

#[cfg(test)]
mod tests {
    #[test]
    fn inputs_that_were_found_once_hold() {
        fuzz::replay(super::TARGETS);
    }
}

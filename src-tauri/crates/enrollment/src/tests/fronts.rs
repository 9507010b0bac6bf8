//! Who may use the proxy front besides root.

use super::GOOD;
use crate::parse;

fn users(section: &str) -> Result<Vec<String>, String> {
    let text = format!("{GOOD}\n[fronts]\n{section}\n");
    parse(&text).map(|enrollment| enrollment.proxy_users).map_err(|error| error.to_string())
}

#[test]
fn an_enrollment_names_accounts_that_may_use_the_proxy_front() {
    assert_eq!(users("proxy_users = [\"ci\", \"1001\"]").unwrap(), ["ci", "1001"]);
    assert_eq!(parse(GOOD).unwrap().proxy_users, Vec::<String>::new());
}

#[test]
fn what_names_no_account_is_refused() {
    let many = format!("proxy_users = [{}]", "\"ci\", ".repeat(17));
    for (section, words) in [
        ("proxy_users = \"ci\"", "is not a list in brackets"),
        ("proxy_users = [\"\"]", "is empty"),
        ("proxy_users = [\"a b\"]", "neither the name nor the number"),
        ("proxy_users = [\"*\"]", "neither the name nor the number"),
        ("users = [\"ci\"]", "unknown key `fronts.users`; known here: `proxy_users`"),
        (many.as_str(), "at most 16"),
    ] {
        let refused = users(section).unwrap_err();
        assert!(refused.contains(words), "{refused}");
    }
}

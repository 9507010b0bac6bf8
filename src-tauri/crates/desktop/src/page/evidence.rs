//! What was seen of an engine, as sentences for those who do not know the keys of its configuration.

/// What a test of an engine has shown; words of a later version are given as they are.
pub(super) fn sentence(what: &str) -> String {
    if let Some(registry) = what.strip_prefix("location of ") {
        return format!("What it pulls from `{registry}` comes through Pullgate");
    }
    if let Some(folder) = what.strip_prefix("flaws below ") {
        return format!("The registry settings in `{folder}` are whole");
    }
    let known = match what {
        "proxy for http" => "What it asks by HTTP comes through Pullgate",
        "proxy for https" => "What it asks by HTTPS comes through Pullgate",
        "hosts without proxy" => "No registry is left out",
        "registry mirrors" => "No mirror answers in the place of Pullgate",
        "certificate folders" => "It believes Pullgate's certificates",
        "people's own files" => "Nobody has registry settings of their own",
        "mounts that hide the configuration" => "Nothing lies over its registry settings",
        "config_path" => "It reads the registry settings that lead to Pullgate",
        "configuration" => "It runs with its configuration as it is now",
        "a pull that must be blocked was blocked" => "A pull that must be blocked was blocked",
        other => other,
    };
    known.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_tested_is_a_sentence_and_a_later_word_is_kept() {
        let said = ["location of ghcr.io", "registry mirrors", "`HttpProxy`"].map(sentence);
        let expected = [
            "What it pulls from `ghcr.io` comes through Pullgate",
            "No mirror answers in the place of Pullgate",
            "`HttpProxy`",
        ];
        assert_eq!(said, expected);
    }
}

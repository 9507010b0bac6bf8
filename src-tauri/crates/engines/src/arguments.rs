//! The flags that a daemon is started with.

/// The value of a flag, in either spelling.
pub(crate) fn value<'a>(arguments: &'a [String], flag: &str) -> Option<&'a str> {
    values(arguments, flag).pop()
}

/// Every value of a flag that may be repeated.
pub(crate) fn values<'a>(arguments: &'a [String], flag: &str) -> Vec<&'a str> {
    let next = arguments.iter().skip(1).map(String::as_str).chain(std::iter::once(""));
    let pairs = arguments.iter().zip(next);
    pairs
        .filter_map(|(word, next)| match word.strip_prefix(flag)?.strip_prefix('=') {
            Some(value) => Some(value),
            None => (word == flag).then_some(next),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_read_in_both_spellings() {
        let arguments =
            "dockerd --config-file /a --registry-mirror=https://m --registry-mirror https://n".split(' ');
        let arguments: Vec<String> = arguments.map(str::to_owned).collect();
        assert_eq!(value(&arguments, "--config-file"), Some("/a"));
        assert_eq!(values(&arguments, "--registry-mirror"), ["https://m", "https://n"]);
        assert_eq!(value(&arguments, "--registry"), None);
    }
}

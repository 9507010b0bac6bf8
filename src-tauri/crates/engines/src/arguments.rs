//! The flags that a daemon is started with, and those that make its program answer a question and end.

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

/// What programs of engines are also started with: to answer, to tell their daemon of an event, to prepare a container.
const BRIEF: [&str; 8] = ["--version", "-v", "--help", "-h", "--validate", "config", "publish", "oci-hook"];

/// Whether an engine's program with these arguments, its own name first, is about to end: Pullgate's own questions are.
pub fn is_brief(arguments: &[String]) -> bool {
    arguments.iter().skip(1).any(|word| BRIEF.contains(&word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_and_events_are_brief_and_daemons_are_not() {
        let is_brief = |line: &str| is_brief(&line.split(' ').map(str::to_owned).collect::<Vec<_>>());
        for line in [
            "/usr/sbin/dockerd --version",
            "containerd --config /etc/containerd/config.toml config dump",
            "/usr/bin/containerd --address /run/containerd/containerd.sock publish --topic /tasks/exit",
        ] {
            assert!(is_brief(line), "{line}");
        }
        for line in ["/usr/bin/containerd --config /etc/containerd/config", "dockerd -H fd://", "buildkitd"] {
            assert!(!is_brief(line), "{line}");
        }
    }

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

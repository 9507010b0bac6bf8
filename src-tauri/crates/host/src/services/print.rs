//! What `launchctl print` says of a service: lines `name = value`, those of its inner blocks further in.

/// A property of the service itself; empty when it is not told.
pub(super) fn property(printed: &str, name: &str) -> String {
    let mut own = printed.lines().filter_map(|line| {
        let line = line.strip_prefix('\t').filter(|line| !line.starts_with(char::is_whitespace))?;
        line.split_once(" = ")
    });
    let found = own.find(|(key, _)| *key == name).map(|(_, value)| value.trim());
    found.filter(|value| *value != "{").unwrap_or_default().to_owned()
}

/// A label, not a path: `launchctl` would take what follows a slash for another domain.
pub(super) fn is_label(label: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    !label.is_empty() && label.len() < 256 && label.bytes().all(allowed) && !label.starts_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTED: &str = "\
system/io.pullgate.service = {
\tactive count = 1
\tpath = /Library/LaunchDaemons/io.pullgate.service.plist
\ttype = LaunchDaemon
\tstate = running

\tprogram = /usr/local/libexec/pullgate
\targuments = {
\t\tservice
\t}

\tsockets = {
\t\tcontrol = {
\t\t\tstate = waiting
\t\t\tpid = 1
\t\t}
\t}
\tpid = 4242
\tlast exit code = (never exited)
}
";

    #[test]
    fn a_property_is_the_service_s_own_and_not_that_of_a_block_in_it() {
        let names = ["state", "pid", "path", "last exit code", "arguments", "service", "nothing"];
        let expected = [
            "running",
            "4242",
            "/Library/LaunchDaemons/io.pullgate.service.plist",
            "(never exited)",
            "",
            "",
            "",
        ];
        assert_eq!(names.map(|name| property(PRINTED, name)), expected);
    }

    #[test]
    fn a_label_names_one_service_and_nothing_else() {
        assert!(is_label("io.pullgate.service") && is_label("com.docker.docker"));
        for label in ["", "-k", "system/x", "a b", "a\nb", "../x"] {
            assert!(!is_label(label), "{label}");
        }
    }
}

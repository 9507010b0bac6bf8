//! The arguments `dockerd` is started with. A key that stands both there and in its file keeps it from starting.

use std::path::Path;

use crate::arguments::values;
use crate::plan::Unplannable;

/// Refuses flags that say the same as the keys we write.
pub(super) fn refuse_duplicates(
    arguments: &[String],
    proxies_in_file: bool,
    unit: &Path,
    file: &Path,
) -> Result<(), Unplannable> {
    let proxies: &[&str] =
        if proxies_in_file { &["--http-proxy", "--https-proxy", "--no-proxy"] } else { &[] };
    let ours = proxies.iter().chain(&["--registry-mirror"]);
    let duplicate = ours.copied().find(|flag| !values(arguments, flag).is_empty());
    let refused = duplicate.map(|flag| Unplannable::Flag {
        flag: flag.into(),
        unit: unit.display().to_string(),
        path: file.into(),
    });
    refused.map_or(Ok(()), Err)
}

/// The command with which `dockerd` judges a file, under the flags it is started with.
pub(super) fn validation(arguments: &[String]) -> Vec<String> {
    let mut command = vec![arguments.first().cloned().unwrap_or_else(|| "dockerd".into())];
    let mut skip = false;
    for word in arguments.iter().skip(1) {
        let is_file = word == "--config-file";
        if !skip && !is_file && !word.starts_with("--config-file=") {
            command.push(word.clone());
        }
        skip = is_file;
    }
    command.extend(["--validate".into(), "--config-file".into(), "{}".into()]);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn the_file_under_test_takes_the_place_of_the_one_in_use() {
        assert_eq!(
            validation(&words("/usr/bin/dockerd -H fd:// --config-file /a --debug")).join(" "),
            "/usr/bin/dockerd -H fd:// --debug --validate --config-file {}"
        );
    }

    #[test]
    fn a_flag_that_repeats_our_key_is_named_with_its_unit() {
        let arguments = words("dockerd --https-proxy=http://corp:3128");
        let (unit, file) =
            (Path::new("/etc/systemd/system/docker.service"), Path::new("/etc/docker/daemon.json"));
        let refused = refuse_duplicates(&arguments, true, unit, file).unwrap_err();
        insta::assert_snapshot!(refused, @"`dockerd` is started with `--https-proxy` (in `/etc/systemd/system/docker.service`), which cannot stand beside the same key in `/etc/docker/daemon.json`; remove the flag");
        assert_eq!(refuse_duplicates(&arguments, false, unit, file), Ok(()));
    }
}

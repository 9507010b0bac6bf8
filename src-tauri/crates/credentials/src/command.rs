//! The login file that the asking command names, `--authfile PATH`. The command line of a process is read as the
//! person whose process it is, and nothing but the path is taken from it: never a login.

use std::{fs, path::PathBuf};

use super::Question;

const LONGEST_PATH: usize = 4096;

/// The commands that run a program given behind the image, whose own arguments are not theirs.
const WITH_ARGUMENTS: [&str; 2] = ["run", "create"];

/// What a command line says of logins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// The file it names.
    pub(super) auth_file: Option<PathBuf>,
    /// Whether that file is certainly meant, and so the only one.
    pub(super) is_certain: bool,
    /// Whether the program is Skopeo, which reads `DOCKER_CONFIG` otherwise than Podman.
    pub(super) is_skopeo: bool,
}

/// What the command line of the asking process says, if it is a process of the caller.
pub(super) fn said(question: &Question) -> Said {
    let Some(pid) = question.process else { return Said::default() };
    let folder = PathBuf::from("/proc").join(pid.to_string());
    let is_own = || {
        let status = fs::read_to_string(folder.join("status")).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("Uid:"))?;
        let own = rustix::process::getuid().as_raw().to_string();
        Some(line.split_whitespace().all(|id| id == own))
    };
    if is_own() != Some(true) {
        return Said::default();
    }
    let Ok(line) = fs::read(folder.join("cmdline")) else { return Said::default() };
    let mut said = understand(&line, question.push);
    said.auth_file = said.auth_file.and_then(|path| {
        if path.is_absolute() {
            return Some(path);
        }
        let working = fs::read_link(folder.join("cwd")).ok()?;
        Some(working.join(path))
    });
    // The process may have gone, and its number have become another's.
    if is_own() == Some(true) { said } else { Said::default() }
}

fn understand(line: &[u8], push: bool) -> Said {
    let words: Vec<&str> =
        line.split(|byte| *byte == 0).filter_map(|word| str::from_utf8(word).ok()).collect();
    let program = words.first().and_then(|word| word.rsplit('/').next()).unwrap_or_default();
    let names = if push { ["--dest-authfile", "--authfile"] } else { ["--src-authfile", "--authfile"] };
    let named = names.iter().find_map(|name| value(&words, name));
    Said {
        auth_file: named.filter(|path| !path.is_empty() && path.len() <= LONGEST_PATH).map(PathBuf::from),
        is_certain: !words.iter().skip(1).any(|word| WITH_ARGUMENTS.contains(word)),
        is_skopeo: program.starts_with("skopeo"),
    }
}

fn value<'a>(words: &[&'a str], name: &str) -> Option<&'a str> {
    let own = words.iter().skip(1).position(|word| *word == "--").map_or(words.len(), |at| at + 1);
    let words = &words[..own];
    words.iter().enumerate().skip(1).find_map(|(at, word)| match word.strip_prefix(name)? {
        "" => words.get(at + 1).copied(),
        rest => rest.strip_prefix('='),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(line: &str, push: bool) -> Option<String> {
        let line = line.replace(' ', "\0");
        understand(line.as_bytes(), push).auth_file.map(|path| path.display().to_string())
    }

    #[test]
    fn the_file_of_a_command_is_found_in_every_notation() {
        for line in [
            "podman pull --authfile /ci/auth.json docker.io/acme/private:1",
            "podman pull docker.io/acme/private:1 --authfile=/ci/auth.json",
            "/usr/bin/skopeo copy --src-authfile /ci/auth.json --authfile /other docker://a dir:b",
        ] {
            assert_eq!(named(line, false).as_deref(), Some("/ci/auth.json"), "{line}");
        }
        let copy = "skopeo copy --src-authfile /src --dest-authfile /dest docker://a docker://b";
        assert_eq!(named(copy, true).as_deref(), Some("/dest"));
    }

    #[test]
    fn nothing_else_of_a_command_line_is_taken() {
        for line in [
            "podman pull --creds ada:secret docker.io/acme/private:1",
            "podman pull --authfile",
            "podman pull --authfile= image",
            "podman pull --authfiles /x image",
            "--authfile",
            "",
            "podman run image -- tool --authfile /x",
        ] {
            assert_eq!(named(line, false), None, "{line}");
        }
    }

    #[test]
    fn behind_an_image_that_is_run_the_file_may_be_that_programs_own() {
        let certain = |line: &str| understand(line.replace(' ', "\0").as_bytes(), false).is_certain;
        assert!(certain("podman pull --authfile /x image"));
        assert!(!certain("podman run image tool --authfile /x"));
    }

    #[test]
    fn the_process_of_somebody_else_or_of_nobody_says_nothing() {
        let question = |process| Question {
            name: "docker.io".to_owned(),
            finder: steward_protocol::LoginFinder::ContainersImage,
            push: false,
            process,
        };
        assert_eq!(said(&question(None)), Said::default());
        assert_eq!(said(&question(Some(u32::MAX))), Said::default());
        // The machine's first process belongs to another in nearly every test run, and names no file in any.
        assert_eq!(said(&question(Some(1))).auth_file, None);
    }
}

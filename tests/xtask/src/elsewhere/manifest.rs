//! A crate's manifest as it reads without its workspace: what it takes from there is written out.

/// Debian's compiler; dependencies are chosen for it.
const COMPILER: &str = "1.85";

/// The manifest of a crate that stands alone, without its tests.
pub(crate) fn alone(own: &str, workspace: &str) -> Result<String, String> {
    let mut text = String::new();
    for section in sections(own).filter(|section| !section.starts_with("[dev-dependencies]")) {
        if section.starts_with("[lints]") {
            text.extend(lints(workspace));
            continue;
        }
        for line in section.lines() {
            text.push_str(&resolved(line, workspace)?);
            text.push('\n');
        }
    }
    // A crate in the cache belongs to no workspace, whatever lies above it.
    Ok(text + "\n[workspace]\n")
}

/// A section begins with its name in brackets at the beginning of a line.
fn sections(manifest: &str) -> impl Iterator<Item = &str> {
    let starts = manifest.match_indices("\n[").map(|(at, _)| at + 1);
    let bounds: Vec<usize> = std::iter::once(0).chain(starts).chain([manifest.len()]).collect();
    (1..bounds.len()).map(move |at| &manifest[bounds[at - 1]..bounds[at]])
}

fn resolved(line: &str, workspace: &str) -> Result<String, String> {
    let Some(name) = line.strip_suffix(".workspace = true") else { return Ok(line.to_owned()) };
    if name == "rust-version" {
        return Ok(format!("rust-version = \"{COMPILER}\""));
    }
    let wanted = format!("{name} = ");
    let found = workspace.lines().find(|line| line.starts_with(&wanted));
    found.map(str::to_owned).ok_or_else(|| format!("the workspace says nothing of `{name}`"))
}

fn lints(workspace: &str) -> impl Iterator<Item = String> {
    let sections = sections(workspace).filter(|section| section.starts_with("[workspace.lints."));
    sections.map(|section| section.replacen("[workspace.lints.", "[lints.", 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORKSPACE: &str = "\
[workspace.package]
version = \"0.1.0\"
rust-version = \"1.95\"

[workspace.dependencies]
libc = \"0.2\"

[workspace.lints.rust]
warnings = \"deny\"

[profile.dev]
debug = false
";

    #[test]
    fn what_the_workspace_says_is_written_out_and_tests_are_left_out() {
        let own = "\
[package]
name = \"host\"
version.workspace = true
rust-version.workspace = true

[target.'cfg(unix)'.dependencies]
libc.workspace = true

[dev-dependencies]
tempfile.workspace = true

[lints]
workspace = true
";
        let expected = "\
[package]
name = \"host\"
version = \"0.1.0\"
rust-version = \"1.85\"

[target.'cfg(unix)'.dependencies]
libc = \"0.2\"

[lints.rust]
warnings = \"deny\"


[workspace]
";
        assert_eq!(alone(own, WORKSPACE).as_deref(), Ok(expected));
    }

    #[test]
    fn a_dependency_that_the_workspace_does_not_know_is_an_error() {
        let error = alone("[dependencies]\nnothing.workspace = true\n", WORKSPACE);
        assert_eq!(error, Err("the workspace says nothing of `nothing`".to_owned()));
    }
}

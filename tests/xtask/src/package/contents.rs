//! What is in each package, and what is said of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::tree::Tree;
use crate::programs;
use crate::run::{checkout, told};

/// Where the files come from.
pub(crate) struct Sources {
    pub(crate) checkout: PathBuf,
    pub(crate) binaries: PathBuf,
    /// Manual pages and completions.
    pub(crate) manual: PathBuf,
}

/// One package, whatever packs it.
pub(crate) struct Package {
    pub(crate) name: &'static str,
    /// Where its programs come from.
    pub(crate) crate_name: &'static str,
    pub(crate) section: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) description: &'static str,
    pub(crate) binaries: &'static [&'static str],
    /// What it needs beside libraries, in either packager's words; `VERSION` stands for its own.
    pub(crate) needs: Needs,
    /// Files that are the administrator's once they are there.
    pub(crate) settings: &'static [&'static str],
    /// Whether anything is done beside files.
    pub(crate) has_steps: bool,
    others: fn(&Tree, &Sources) -> Result<(), String>,
}

pub(crate) struct Needs {
    pub(crate) deb: &'static str,
    pub(crate) deb_recommends: &'static str,
    pub(crate) rpm: &'static str,
}

pub(crate) const PACKAGES: &[Package] = &[
    Package {
        name: "pullgate",
        crate_name: programs::SERVICE,
        section: "admin",
        summary: "says which container images may come to this machine, and why",
        description: "A service routes the container engines of this machine (Docker, Podman, Buildah, Skopeo,\n\
                      containerd, BuildKit) through a gateway that judges every image by the policy of the\n\
                      organization. What is blocked stops at once, with a sentence that says why and what next.\n\
                      It needs no desktop.",
        binaries: &["pullgate"],
        needs: Needs {
            deb: "systemd",
            deb_recommends: "polkitd, ca-certificates",
            rpm: "systemd shadow-utils",
        },
        settings: &[],
        has_steps: true,
        others: service,
    },
    Package {
        name: "pullgate-tray",
        crate_name: programs::TRAY,
        section: "utils",
        summary: "shows how Pullgate stands: an icon, notifications, a window",
        description: "An icon with a menu says whether the policy is enforced, a notification says why an image was\n\
                      blocked, and a window shows what is allowed instead. Enforcement does not depend on it.",
        binaries: &["pullgate-tray", "pullgate-window"],
        needs: Needs {
            deb: "pullgate (= VERSION), hicolor-icon-theme",
            deb_recommends: "xdg-utils",
            rpm: "pullgate = VERSION hicolor-icon-theme xdg-utils",
        },
        settings: &["/etc/xdg/autostart/io.pullgate.Tray.desktop"],
        has_steps: false,
        others: tray,
    },
];

impl Package {
    /// Puts all of its files into the tree.
    pub(crate) fn fill(&self, tree: &Tree, sources: &Sources) -> Result<(), String> {
        for binary in self.binaries {
            tree.copy(&sources.binaries.join(binary), &format!("/usr/bin/{binary}"), 0o755)?;
        }
        tree.copy(
            &sources.packaging("linux/copyright"),
            &format!("/usr/share/doc/{}/copyright", self.name),
            0o644,
        )?;
        (self.others)(tree, sources)
    }
}

impl Sources {
    fn packaging(&self, name: &str) -> PathBuf {
        self.checkout.join("src-tauri/packaging").join(name)
    }
}

/// A script of a package: the steps, and when they are taken.
pub(crate) fn script(packager: &str, name: &str) -> Result<String, String> {
    let folder = checkout().join("src-tauri/packaging");
    let read = |path: PathBuf| {
        fs::read_to_string(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))
    };
    Ok(read(folder.join("linux/steps.sh"))? + "\n" + &read(folder.join(packager).join(name))?)
}

fn service(tree: &Tree, sources: &Sources) -> Result<(), String> {
    for (name, path) in entries(&sources.packaging("systemd"))? {
        let place = match name.rsplit_once('.') {
            Some((_, "sysusers")) => "/usr/lib/sysusers.d/pullgate.conf".to_owned(),
            Some((_, "tmpfiles")) => "/usr/lib/tmpfiles.d/pullgate.conf".to_owned(),
            Some(_) | None => format!("/usr/lib/systemd/system/{name}"),
        };
        tree.copy(&path, &place, 0o644)?;
    }
    for (name, path) in entries(&sources.packaging("polkit"))? {
        tree.copy(&path, &format!("/usr/share/polkit-1/actions/{name}"), 0o644)?;
    }
    for (name, path) in entries(&sources.manual)? {
        let place = match name.as_str() {
            "pullgate.bash" => "/usr/share/bash-completion/completions/pullgate".to_owned(),
            "_pullgate" => "/usr/share/zsh/vendor-completions/_pullgate".to_owned(),
            "pullgate.fish" => "/usr/share/fish/vendor_completions.d/pullgate.fish".to_owned(),
            page => format!("/usr/share/man/man1/{page}"),
        };
        tree.copy(&path, &place, 0o644)?;
    }
    told(Command::new("gzip").args(["-9n", "--recursive"]).arg(tree.root().join("usr/share/man")))?;
    tree.copy(&sources.checkout.join("README.md"), "/usr/share/doc/pullgate/README.md", 0o644)?;
    // What only those need who change the code stays there.
    let papers = entries(&sources.checkout.join("src-tauri/docs"))?;
    for (name, path) in papers.into_iter().filter(|(name, path)| path.is_file() && name != "CONTRIBUTING.md")
    {
        tree.copy(&path, &format!("/usr/share/doc/pullgate/{name}"), 0o644)?;
    }
    for (source, name) in [("policy", "starter-policy"), ("catalog", "starter-catalog")] {
        let source = format!("src-tauri/crates/policy/src/{source}/starter.json");
        tree.copy(
            &sources.checkout.join(source),
            &format!("/usr/share/doc/pullgate/examples/{name}.json"),
            0o644,
        )?;
    }
    // Not below `/usr/share/doc`, which some systems leave out: a machine that is enrolled with it reads it.
    for (name, path) in entries(&sources.packaging("examples/acme"))? {
        tree.copy(&path, &format!("/usr/share/pullgate/examples/acme/{name}"), 0o644)?;
    }
    Ok(())
}

/// Of the icon's sizes, those that panels and menus ask for.
const SIZES: &[u32] = &[16, 22, 24, 32, 48, 64, 128, 256];

fn tray(tree: &Tree, sources: &Sources) -> Result<(), String> {
    const NAME: &str = "io.pullgate.Tray";
    tree.copy(
        &sources.packaging(&format!("desktop/{NAME}.desktop")),
        &format!("/usr/share/applications/{NAME}.desktop"),
        0o644,
    )?;
    tree.copy(
        &sources.packaging("desktop/autostart.desktop"),
        &format!("/etc/xdg/autostart/{NAME}.desktop"),
        0o644,
    )?;
    let drawing = sources.checkout.join("icons/pullgate.svg");
    let icons = "/usr/share/icons/hicolor";
    tree.copy(&drawing, &format!("{icons}/scalable/apps/{NAME}.svg"), 0o644)?;
    for size in SIZES.iter().map(u32::to_string) {
        let picture = tree.root().with_file_name(format!("{NAME}-{size}.png"));
        told(
            Command::new("rsvg-convert")
                .args(["-w", &size, "-h", &size])
                .arg(&drawing)
                .arg("-o")
                .arg(&picture),
        )?;
        tree.copy(&picture, &format!("{icons}/{size}x{size}/apps/{NAME}.png"), 0o644)?;
    }
    Ok(())
}

/// The files of a folder by name.
fn entries(folder: &Path) -> Result<Vec<(String, PathBuf)>, String> {
    let cannot = |error: std::io::Error| format!("cannot list {}: {error}", folder.display());
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).map_err(cannot)? {
        let entry = entry.map_err(cannot)?;
        entries.push((entry.file_name().to_string_lossy().into_owned(), entry.path()));
    }
    entries.sort();
    Ok(entries)
}

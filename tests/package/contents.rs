//! What is in the packages, and that the systems they are for understand it.

use std::fs;
use std::process::Command;

use crate::packages::{ask, find, unpack};

const PROGRAMS: [&str; 2] = ["/usr/bin/pullgate-tray", "/usr/bin/pullgate-window"];
const SETTINGS: &str = "/etc/xdg/autostart/io.pullgate.Tray.desktop";
const MENU: &str = "/usr/share/applications/io.pullgate.Tray.desktop";

#[test]
fn the_tray_comes_with_programs_icons_and_places_in_menu_and_session() {
    let package = find("pullgate-tray_", ".deb");
    let listed = ask("dpkg-deb", &["--contents"], &package);
    let has = |path: &str| {
        listed.lines().any(|line| line.starts_with("-rw") && line.ends_with(&format!(" .{path}")))
    };
    for path in PROGRAMS.into_iter().chain([SETTINGS, MENU]) {
        assert!(has(path), "{path} is missing:\n{listed}");
    }
    for size in ["16x16", "22x22", "24x24", "32x32", "48x48", "128x128", "256x256"] {
        assert!(
            has(&format!("/usr/share/icons/hicolor/{size}/apps/io.pullgate.Tray.png")),
            "{size}:\n{listed}"
        );
    }
    assert!(has("/usr/share/icons/hicolor/scalable/apps/io.pullgate.Tray.svg"));
    assert!(listed.lines().all(|line| line.contains(" root/root ")), "{listed}");
    let needs = ask("dpkg-deb", &["--show", "--showformat=${Depends}"], &package);
    let own = ask("dpkg-deb", &["--show", "--showformat=pullgate (= ${Version})"], &package);
    assert!(needs.contains(&own) && needs.contains("libwebkit2gtk-4.1-0"), "{needs}");
}

#[test]
fn the_service_needs_no_desktop() {
    let needs = ask("dpkg-deb", &["--show", "--showformat=${Depends}"], &find("pullgate_", ".deb"));
    assert!(needs.contains("libc6"), "{needs}");
    for library in ["gtk", "webkit", "x11", "glib"] {
        assert!(!needs.contains(library), "{needs}");
    }
}

#[test]
fn only_settings_are_the_administrators_to_keep() {
    let folder = tempfile::tempdir().expect("`/tmp` is writable");
    for (name, expected) in [("pullgate_", None), ("pullgate-tray_", Some(format!("{SETTINGS}\n")))] {
        let unpacked = folder.path().join(name);
        let status =
            Command::new("dpkg-deb").arg("--control").arg(find(name, ".deb")).arg(&unpacked).status();
        assert!(status.expect("`dpkg-deb` is installed").success());
        assert_eq!(fs::read_to_string(unpacked.join("conffiles")).ok(), expected, "{name}");
    }
}

#[test]
fn a_desktop_understands_both_of_its_files() {
    let package = unpack(&find("pullgate-tray_", ".deb"));
    for file in [SETTINGS, MENU] {
        let said = ask("desktop-file-validate", &[], &package.path().join(file.trim_start_matches('/')));
        assert_eq!(said, "", "{file}");
    }
}

#[test]
fn both_kinds_of_package_hold_the_same_files() {
    for name in ["pullgate", "pullgate-tray"] {
        let deb = ask("dpkg-deb", &["--contents"], &find(&format!("{name}_"), ".deb"));
        let rpm = ask("rpm", &["--query", "--list", "--package"], &find(&format!("{name}-"), ".rpm"));
        let mut deb: Vec<String> = deb
            .lines()
            .filter(|line| line.starts_with('-'))
            .filter_map(|line| line.split(" .").last())
            .map(|path| path.replace("zsh/vendor-completions", "zsh/site-functions"))
            .collect();
        let mut rpm: Vec<&str> =
            rpm.lines().filter(|path| *path != format!("/usr/share/doc/{name}")).collect();
        deb.sort();
        rpm.sort_unstable();
        assert_eq!(deb, rpm);
    }
}

/// What the other packager runs is the same text as what is run in the laptop, with other numbers at its end.
#[test]
fn the_scripts_of_the_other_packager_are_shell() {
    let package = find("pullgate-", ".rpm");
    for (script, last) in [
        ("POSTIN", "if [ \"$1\" = 1 ]; then begin; else renew; fi"),
        ("PREUN", "if [ \"$1\" = 0 ]; then leave; fi"),
        ("POSTUN", "if [ \"$1\" = 0 ]; then gone; fi"),
    ] {
        let text =
            ask("rpm", &["--query", "--queryformat", &format!("%{{{script}}}"), "--package"], &package);
        assert_eq!(text.trim_end().lines().last(), Some(last), "{script}");
        let read = Command::new("sh").args(["-n", "-c", &text]).output().expect("there is a shell");
        assert!(read.status.success(), "{script}: {}", String::from_utf8_lossy(&read.stderr));
    }
}

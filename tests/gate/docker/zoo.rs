//! Files that need a real file system and a real daemon: each is routed or refused with a sentence, and is afterwards
//! what it was before.

use std::fmt::Write;

use acceptance::laptop::{Laptop, Options, Store};
use acceptance::product::{enroll, install, policy, with_product};
use acceptance::pull::masks;
use serde_json::json;

/// What is there, how it comes about, and how it ends.
struct Kind {
    name: &'static str,
    make: &'static str,
    end: &'static str,
}

const FILE: &str = "/etc/docker/daemon.json";
const KINDS: [Kind; 6] = [
    plain("an empty file", ": > daemon.json"),
    plain(
        "windows line ends and a byte order mark",
        r#"printf '\xef\xbb\xbf{\r\n  "debug": true\r\n}\r\n' > daemon.json && chmod 640 daemon.json"#,
    ),
    plain("a symbolic link", r#"echo '{"debug":true}' > managed.json && ln -s managed.json daemon.json"#),
    // A steward that runs already may not see the mount.
    Kind {
        name: "a read-only mount",
        make: r#"echo '{"debug":true}' > daemon.json && mount --bind . . && mount -o remount,bind,ro /etc/docker \
                 && systemctl stop pullgate-steward.service"#,
        end: "umount /etc/docker && systemctl stop pullgate-steward.service",
    },
    plain("broken JSON", r#"printf '{\n  "debug": true\n  "labels": []\n}\n' > daemon.json"#),
    plain("comments, which dockerd does not take", r#"printf '// ours\n{"debug":true}\n' > daemon.json"#),
];

const fn plain(name: &'static str, make: &'static str) -> Kind {
    Kind { name, make, end: "true" }
}

#[test]
fn files_of_every_kind_are_routed_or_refused_in_words_and_stay_what_they_were() {
    let laptop = Laptop::boot(&with_product(Options::docker(Store::Classic)));
    install(&laptop);
    enroll(&laptop, &policy(json!({})));
    laptop.must("pullgate engines restore docker");
    let mut told = String::new();
    for kind in &KINDS {
        laptop.must(&format!("rm -f /etc/docker/*.json && cd /etc/docker && {}", kind.make));
        let before = state(&laptop);
        let applied = laptop.run("pullgate engines apply docker");
        let touched = state(&laptop) != before;
        let routed = touched && laptop.run("pullgate engines verify docker").code == 0;
        if touched {
            laptop.must("pullgate engines restore docker");
        }
        assert_eq!(state(&laptop), before, "{}", kind.name);
        assert_eq!(touched, routed, "{}: what is refused is not touched: {}", kind.name, applied.terminal);
        let word = if routed { "routed" } else { "refused" };
        writeln!(told, "== {}: {word}\n{}", kind.name, applied.terminal.trim_end()).expect("memory suffices");
        laptop.must(kind.end);
    }
    insta::with_settings!({ filters => masks(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("docker_zoo", told);
    });
}

/// The folder as it is: names, kinds, owners, modes and content.
fn state(laptop: &Laptop) -> String {
    let list = "cd /etc/docker && find . -printf '%p %y %m %U:%G %l\\n' | sort";
    laptop.must(&format!("{list} && if [ -e {FILE} ]; then sha256sum {FILE}; fi")).stdout
}

//! A registry resets, lies about lengths, never ends its head or its interim answers, or has enough of everybody.

use std::fmt::Write;
use std::time::{Duration, Instant};

use acceptance::laptop::Laptop;
use acceptance::pull::Flavor;

use super::snapshot;
use crate::network::lab::{entries, is_not_called_policy};

const LYING: &str = include_str!("../lying-registry.pl");
const WORDS: [&str; 12] = [
    "reset", "closes", "garbage", "shorter", "twice", "both", "chunks", "headers", "line", "interim",
    "limits", "busy",
];
/// A broken word is not waited for.
const BOUND: Duration = Duration::from_secs(20);
/// Docker asks for a tag by HEAD, then by GET; each question may be repeated once on another connection.
const QUESTIONS: usize = 4;

pub(super) fn each_broken_word_is_told(laptop: &Laptop) {
    laptop.write_file("/root/lying-registry.pl", LYING);
    laptop.must("systemd-run --quiet --unit=lying-registry perl /root/lying-registry.pl");
    laptop.wait_for("the lying registry answers", |laptop| {
        laptop.run("curl -sf http://203.0.113.20:7/v2/").code == 0
    });
    let mut text = String::new();
    for word in WORDS {
        // Podman and its relatives wait for minutes where they meet a limit, and ask again by themselves.
        let flavors =
            [Flavor::DockerPull, Flavor::SkopeoCopy].into_iter().take(2 - usize::from(word == "limits"));
        for flavor in flavors {
            laptop.must(": > /tmp/lying-registry.log");
            let begun = Instant::now();
            let outcome = flavor.attempt(laptop, &format!("203.0.113.20:7/team/{word}:1"));
            assert!(begun.elapsed() < BOUND, "{word}: {:?}", begun.elapsed());
            is_not_called_policy(&outcome);
            let asked = laptop.must("grep -c /team/ /tmp/lying-registry.log || true").stdout;
            let asked: usize = asked.trim().parse().unwrap_or_default();
            assert!((1..=QUESTIONS).contains(&asked), "{word} {flavor:?}: asked {asked} times\n{outcome}");
            writeln!(text, "{word}, {flavor:?}: {outcome}").expect("memory does not fail");
        }
        let kept = entries(laptop, &format!("203.0.113.20:7/team/{word}"));
        assert!(kept.iter().all(|entry| entry["verdict"]["finding"]["outcome"] == "allowed"), "{kept:#?}");
    }
    snapshot("registry", &text);
    a_storm_is_not_made_worse(laptop);
    laptop.must("systemctl stop lying-registry");
}

/// As many questions as there are pulls, and nobody is kept waiting by others' answers.
fn a_storm_is_not_made_worse(laptop: &Laptop) {
    laptop.must(": > /tmp/lying-registry.log");
    let url = "https://127.0.0.1:858/v2/203.0.113.20:7/team";
    for word in ["limits", "busy"] {
        let storm = format!(
            "curl -sk --parallel --parallel-immediate --parallel-max 100 -o /dev/null -w '%{{http_code}} %header{{retry-after}}\\n' \
             '{url}/{word}/manifests/[1-100]' | sort | uniq -c"
        );
        let said = laptop.must(&storm).stdout;
        let status = if word == "limits" { "429" } else { "503" };
        assert_eq!(said.trim(), format!("100 {status} 60"), "{word}");
    }
    let asked = laptop.must("grep -c '/team/.*/manifests/' /tmp/lying-registry.log").stdout;
    assert_eq!(asked.trim(), "200");
}

//! Images that are here already.

use insta::assert_snapshot;
use wire::{ImagesReport, PresentImage, Response, StartedContainer, UnlistedStore};

use super::cases;
use crate::tests::{Stage, sample};

fn image(name: Option<&str>, finding: Option<policy::Finding>) -> PresentImage {
    PresentImage {
        engine: "docker".into(),
        store: "Docker Engine".into(),
        uid: None,
        id: format!("sha256:{}", "9c1f".repeat(16)),
        image: name.map(str::to_owned),
        digest: None,
        size: Some(4_270_000),
        created: Some(sample::ago(3 * 24 * 60)),
        containers: Vec::new(),
        unjudged: finding.is_none().then(|| "it has no name".to_owned()),
        finding,
    }
}

fn several() -> Vec<PresentImage> {
    let container =
        |name: Option<&str>| StartedContainer { id: "7f".repeat(32), name: name.map(str::to_owned) };
    let in_use = PresentImage {
        containers: vec![container(Some("web")), container(None), container(Some("x")), container(Some("y"))],
        ..image(Some("someuser/tool:latest"), Some(sample::blocked()))
    };
    let adas = PresentImage {
        engine: "podman".into(),
        store: "Podman".into(),
        uid: Some(1000),
        id: "0a".repeat(32),
        size: None,
        created: None,
        ..image(Some("nginx:1.27"), Some(sample::allowed()))
    };
    vec![in_use, image(None, None), adas]
}

fn unlisted() -> UnlistedStore {
    UnlistedStore {
        engine: "docker".into(),
        store: "Docker Engine".into(),
        uid: None,
        problem: "it is not running;\n\u{1b}[2Jstart it: `sudo systemctl start docker`".into(),
    }
}

#[test]
fn what_is_here_is_a_table_with_what_a_pull_would_come_to() {
    let report = |images, unlisted| Response::Images(ImagesReport { images, unlisted, more: false });
    assert_snapshot!(cases(
        "images",
        [
            ("some", report(several(), Vec::new())),
            ("one engine is stopped", report(vec![several().swap_remove(2)], vec![unlisted()])),
            ("none", report(Vec::new(), Vec::new())),
        ]
    ));
}

#[test]
fn every_page_is_read_and_each_image_is_a_line_of_json() {
    let first = ImagesReport { images: several(), unlisted: Vec::new(), more: true };
    let last = ImagesReport { images: several(), unlisted: vec![unlisted()], more: false };
    let stage = Stage::new().service([vec![Response::Images(first), Response::Images(last)]]);
    let played = stage.play("images --json");
    let lines: Vec<serde_json::Value> =
        played.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 7);
    let expected = several().into_iter().chain(several()).map(|image| serde_json::to_value(image).unwrap());
    assert_eq!(lines[..6], expected.collect::<Vec<_>>());
    assert_eq!(lines[6], serde_json::to_value(unlisted()).unwrap());
}

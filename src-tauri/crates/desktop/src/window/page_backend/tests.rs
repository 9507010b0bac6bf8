//! The backend on the demo: every scene with its answers, which the tests of the page in `ui/tests` are given as files.

use std::path::Path;

use demo::Scene;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::*;
use crate::effect::Disconnect;
use crate::page::{BlockedFilter, Tab};

const SCENES: &str = "../../../ui/tests/scenes";
const FIRST: &str = "pg-7F3A9C2K";
/// Images that somebody tries.
const TRIED: [&str; 5] =
    ["nginx", "someuser/tool", "quay.io/coreos/etcd", "localhost:5000/mine", "no spaces, please"];

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn reader() -> Reader {
    Reader { now: now(), zone: TimeZone::UTC, login: |uid| (uid == 1000).then(|| "ada".to_owned()) }
}

fn backend(socket: &Path) -> PageBackend {
    PageBackend::new(socket.to_owned(), Place::of(Tab::Status), reader, |_| {})
}

/// A backend that has heard how things stand, and what was blocked.
async fn informed(socket: &Path) -> PageBackend {
    let backend = backend(socket);
    backend.on_service_event(ServiceEvent::Connected);
    for request in [Request::Status, Request::Blocked { since: None, limit: None }] {
        for response in backend.gather(request).await.unwrap() {
            backend.on_service_event(ServiceEvent::Message(Box::new(response)));
        }
    }
    backend
}

fn questions() -> Vec<Question> {
    let mut questions = vec![
        Question::Frame,
        Question::Status,
        Question::Blocked { search: String::new(), filter: BlockedFilter::default(), from: 0, count: 1000 },
        Question::Activity,
        Question::Policy,
        Question::Engines { again: false },
        Question::Engines { again: true },
        Question::Images,
        Question::Settings,
        Question::Checks,
    ];
    questions.extend(TRIED.map(|image| Question::Explain { image: image.to_owned() }));
    questions
}

/// Every question of a scene with its answer, the verdicts of its list among them.
async fn played(backend: &PageBackend) -> Vec<Value> {
    let mut questions = questions();
    if let Ok(Answer::Blocked(page)) = backend.answer(questions[2].clone()).await {
        questions.extend(page.rows.into_iter().map(|row| Question::Verdict { id: row.id }));
    }
    questions.push(Question::Verdict { id: "pg-00000000".to_owned() });
    let mut played = Vec::new();
    for question in questions {
        played.push(match backend.answer(question.clone()).await {
            Ok(answer) => json!({ "question": question, "answer": answer }),
            Err(problem) => json!({ "question": question, "problem": problem }),
        });
    }
    played
}

#[expect(clippy::disallowed_methods, reason = "files of the checkout, which their author looks at")]
fn hold(name: &str, played: &[Value]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(SCENES).join(format!("{name}.json"));
    let written = format!("{}\n", serde_json::to_string_pretty(played).unwrap());
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &written).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == written, "`{SCENES}/{name}.json` is stale; set UPDATE=1 to write it");
}

#[tokio::test]
async fn every_scene_is_answered_as_the_tests_of_the_page_have_it() {
    for scene in Scene::ALL {
        let demo = demo::serve_by(scene, now).unwrap();
        hold(scene.name(), &played(&informed(demo.socket()).await).await);
    }
}

#[tokio::test]
async fn without_the_service_every_question_is_answered_with_what_to_do() {
    let backend = backend(Path::new("/nowhere/control.sock"));
    backend.on_service_event(ServiceEvent::Disconnected(Disconnect::NotRunning));
    let played = played(&backend).await;
    for answer in &played {
        let kind = answer["question"]["kind"].as_str().unwrap();
        let hint = answer["problem"]["hint"].as_str().or(answer["answer"]["problem"]["hint"].as_str());
        assert!(kind == "blocked" || hint.is_some_and(|hint| hint.contains("systemctl start")), "{answer:#}");
    }
    hold("gone", &played);
}

#[tokio::test]
async fn a_verdict_is_told_with_what_to_use_instead_and_what_kind_of_image_that_is() {
    let demo = demo::serve_by(Scene::Acme, now).unwrap();
    let verdict = backend(demo.socket()).answer(Question::Verdict { id: FIRST.to_lowercase() }).await;
    let Ok(Answer::Verdict(page)) = verdict else { panic!("{verdict:?}") };
    assert_eq!((page.id.as_str(), page.image.as_str()), (FIRST, "someuser/tool:latest"));
    assert_eq!(page.ways_on.instead.as_deref(), Some("podman pull docker.io/acme/tool"));
    assert_eq!(page.ways_on.instead_is.as_deref(), Some("image of your organization"));
    for part in [FIRST, "someuser/tool", "acme/tool", "Asked by: ", "Id: "] {
        assert!(page.text.contains(part), "{part} in {}", page.text);
    }
    let json: Value = serde_json::from_str(&page.json).unwrap();
    assert_eq!(json["entry"]["verdict"]["id"], FIRST);
}

#[tokio::test]
async fn a_request_for_access_is_kept_and_said_with_the_verdict() {
    let (demo, folder) = (demo::serve_by(Scene::Acme, now).unwrap(), tempfile::tempdir().unwrap());
    let requests = RequestsFile::in_folder(Some(folder.path().join("state")));
    let backend = backend(demo.socket()).keep_requests(requests);
    let request = Question::RequestAccess { id: FIRST.to_owned() };
    assert_eq!(backend.answer(request).await, Ok(Answer::RequestAccess));
    let verdict = backend.answer(Question::Verdict { id: FIRST.to_owned() }).await;
    let Ok(Answer::Verdict(page)) = verdict else { panic!("{verdict:?}") };
    let command = Some("podman pull docker.io/someuser/tool:latest".to_owned());
    assert_eq!(page.requested, Some(Requested { at: now().to_string(), allowed: None, command }));
    let unknown = Question::RequestAccess { id: "pg-00000000".to_owned() };
    assert!(backend.answer(unknown).await.is_err());
}

#[tokio::test]
async fn only_pages_of_the_web_are_opened_for_the_page() {
    let backend = PageBackend::new("/nowhere".into(), Place::of(Tab::Status), reader, |url| {
        assert_eq!(url, "https://acme.example/");
    });
    let open = |url: &str| backend.answer(Question::Browse { url: url.to_owned() });
    assert_eq!(open("https://acme.example/").await, Ok(Answer::Browse));
    assert!(open("file:///etc/passwd").await.is_err());
}

#[tokio::test]
async fn a_sign_in_and_a_sign_out_are_seen_through() {
    let demo = demo::serve_by(Scene::SignIn, now).unwrap();
    let backend = informed(demo.socket()).await;
    assert_eq!(backend.answer(Question::SignIn).await, Ok(Answer::SignIn));
    assert!(!backend.is_busy());
    let ended = backend.answer(Question::SignOut).await;
    assert!(matches!(&ended, Ok(Answer::SignOut { sentence }) if !sentence.is_empty()), "{ended:?}");
}

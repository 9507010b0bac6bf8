use std::os::unix::fs::PermissionsExt;

use ipc::Code;
use link::Link;
use tokio::net::UnixStream;
use wire::{Event, Request, Response, SignInMethod, SignInState, SignInStep, StatusReport};

use super::*;

type Client = Link<Response, Request>;

async fn asking(demo: &Demo, request: Request) -> Client {
    let mut link = Client::greet(UnixStream::connect(demo.socket()).await.unwrap()).await.unwrap();
    link.send(&request).await.unwrap();
    link
}

async fn answer(demo: &Demo, request: Request) -> Response {
    heard(&mut asking(demo, request).await).await
}

async fn heard(link: &mut Client) -> Response {
    link.receive().await.unwrap().unwrap()
}

async fn status(watching: &mut Client) -> StatusReport {
    let heard = heard(watching).await;
    let Response::Event { event: Event::Status { status } } = heard else { panic!("{heard:?}") };
    *status
}

fn is_signed_in(status: &StatusReport) -> bool {
    matches!(status.sign_in, SignInState::SignedIn { .. })
}

#[tokio::test]
async fn who_watches_sees_the_person_sign_in_and_out() {
    let demo = serve(Scene::SignIn).unwrap();
    let mut watching = asking(&demo, Request::Watch).await;
    assert!(!is_signed_in(&status(&mut watching).await));
    let signed_in = answer(&demo, Request::SignIn { method: SignInMethod::Browser }).await;
    assert!(matches!(signed_in, Response::SignIn { step: SignInStep::Done { .. } }), "{signed_in:?}");
    assert!(is_signed_in(&status(&mut watching).await));
    let signed_out = answer(&demo, Request::SignOut).await;
    assert!(matches!(signed_out, Response::SignedOut { url: None, .. }), "{signed_out:?}");
    assert!(!is_signed_in(&status(&mut watching).await));
}

#[tokio::test(start_paused = true)]
async fn another_denial_comes_while_somebody_watches_and_is_found_by_its_id() {
    let demo = serve(Scene::Acme).unwrap();
    let begun = Instant::now();
    let mut watching = asking(&demo, Request::Watch).await;
    status(&mut watching).await;
    let happened = heard(&mut watching).await;
    let Response::Event { event: Event::Verdict { entry } } = happened else { panic!("{happened:?}") };
    assert!(begun.elapsed() >= BEAT);
    let id = Some(entry.verdict.id.to_string());
    let Response::Why(why) = answer(&demo, Request::Why { id }).await else { panic!("it is not known") };
    assert_eq!(why.entry, Some(*entry));
}

#[tokio::test]
async fn the_demo_names_its_own_people_and_nobody_of_this_machine() {
    let demo = serve(Scene::Acme).unwrap();
    let past = Request::Log { since: None, follow: false };
    let Response::Entries(page) = answer(&demo, past).await else { panic!("no entries") };
    let people: std::collections::BTreeSet<_> =
        page.entries.iter().filter_map(|entry| login(entry.asker.uid?)).collect();
    assert_eq!(people, ["ada", "root"].map(str::to_owned).into());
    assert!(page.entries.iter().all(|entry| entry.asker.uid.is_none_or(|uid| login(uid).is_some())));
    assert_eq!(login(1001), None);
}

#[tokio::test]
async fn one_connection_answers_one_question_after_the_other() {
    let demo = serve(Scene::Acme).unwrap();
    let mut link = asking(&demo, Request::Status).await;
    assert!(matches!(heard(&mut link).await, Response::Status(_)));
    link.send(&Request::Blocked { since: None, limit: None }).await.unwrap();
    let Response::Entries(page) = heard(&mut link).await else { panic!("no entries") };
    assert_eq!((page.entries.len(), page.more), (17, false));
    link.send(&Request::Images).await.unwrap();
    assert!(matches!(heard(&mut link).await, Response::Images(page) if !page.more));
    link.send(&Request::Resume).await.unwrap();
    let Response::Error(failure) = heard(&mut link).await else { panic!("it was done") };
    assert_eq!((failure.code, failure.message.as_str()), (Code::Failed, "The demo cannot do this"));
    assert!(failure.hint.is_some());
}

#[tokio::test]
async fn engines_that_were_checked_are_proved_from_then_on() {
    let demo = serve(Scene::Acme).unwrap();
    let proved = async |request| {
        let Response::Engines { engines } = answer(&demo, request).await else { panic!("no engines") };
        engines.iter().map(|engine| engine.proved_at.unwrap()).collect::<Vec<_>>()
    };
    let before = proved(Request::Engines).await;
    let one = proved(Request::EnginesVerify { engine: Some("docker".to_owned()) }).await;
    assert_eq!(one.len(), 1);
    assert!(one[0] > before[0]);
    assert_eq!(proved(Request::Engines).await[0], one[0]);
}

#[tokio::test]
async fn the_folder_is_private_and_goes_with_the_demo_and_so_do_its_clients() {
    let demo = serve(Scene::Fresh).unwrap();
    let folder = demo.socket().parent().unwrap().to_owned();
    assert_eq!(folder.metadata().unwrap().permissions().mode() & 0o777, 0o700);
    let mut watching = asking(&demo, Request::Watch).await;
    status(&mut watching).await;
    drop(demo);
    assert!(!folder.exists());
    assert!(watching.receive().await.is_err());
}

#[test]
fn without_a_runtime_there_is_an_error_and_no_folder() {
    assert!(serve(Scene::Acme).is_err());
}

//! Readers that answer and fail, as processes of the person who runs the tests.

use std::process::Stdio;

use secret::Secret;
use steward_protocol::{Login, LoginKind};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::Command,
};

use super::*;

fn myself() -> Person {
    people::by_uid(rustix::process::getuid().as_raw()).unwrap().unwrap()
}

fn reader() -> Reader {
    let program = concat!(env!("CARGO_MANIFEST_DIR"), "/src/login/testdata/reader");
    Reader { program: program.into(), ..Reader::default() }
}

fn question(name: &str, process: Option<u32>) -> Question {
    Question { name: name.to_owned(), finder: LoginFinder::ContainersImage, push: false, process }
}

async fn read(name: &str) -> Result<Found, Failure> {
    reader().read(myself().uid, None, question(name, None)).await
}

#[tokio::test]
async fn the_reader_gets_the_registry_and_the_persons_own_places_and_nothing_else() {
    let me = myself();
    let home = me.home.display();
    let expected = Login {
        username: format!("{home} /run/user/{} {STANDARD_PATH}:{home}/.local/bin:{home}/bin", me.uid),
        secret: Secret::new("credentials -- echo.example/acme/app"),
        kind: LoginKind::Password,
    };
    let found = read("echo.example/acme/app").await.unwrap();
    assert_eq!(found, Found { login: Some(expected), failure: None });
    let docker = Question { finder: LoginFinder::Docker, push: true, ..question("echo.example/a", None) };
    let login = reader().read(me.uid, None, docker).await.unwrap().login.unwrap();
    assert_eq!(login.secret.expose(), "credentials --docker --push -- echo.example/a");
}

#[tokio::test]
async fn a_process_of_the_person_tells_where_the_logins_are() {
    let mut process = Command::new("cat")
        .env("REGISTRY_AUTH_FILE", "/tmp/ci.json")
        .env("DOCKER_CONFIG", "/srv/docker")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    // Once it answers, its environment is its own.
    process.stdin.as_mut().unwrap().write_all(b"!").await.unwrap();
    process.stdout.as_mut().unwrap().read_exact(&mut [0]).await.unwrap();
    let login = reader().read(myself().uid, None, question("learned.example", process.id())).await;
    let login = login.unwrap().login.unwrap();
    assert_eq!((login.username.as_str(), login.secret.expose()), ("/tmp/ci.json", "/srv/docker"));
    process.kill().await.unwrap();
}

#[tokio::test]
async fn a_person_without_a_login_has_none() {
    assert_eq!(read("nothing.example").await, Ok(Found::default()));
    let failed = read("failed.example").await.unwrap().failure.unwrap();
    assert_eq!(failed, "`docker-credential-lab` failed: no");
}

#[tokio::test]
async fn what_a_failing_reader_said_is_in_no_error() {
    for registry in ["strange.example", "failing.example"] {
        let failure = read(registry).await.unwrap_err();
        assert!(failure.message.starts_with("the login could not be read: "), "{failure}");
        assert!(!format!("{failure:?}").contains("hunter2"));
    }
}

#[tokio::test]
async fn a_registry_that_is_none_and_a_person_who_is_nobody_are_refused() {
    for registry in ["", "-x", "quay.io/UPPER", "quay.io\nx", "$(id)"] {
        assert_eq!(read(registry).await.unwrap_err().code, Code::BadRequest, "{registry:?}");
    }
    let nobody = reader().read(3_999_999_999, None, question("quay.io", None)).await.unwrap_err();
    assert_eq!(nobody, Failure::new(Code::NotFound, "there is no account with the user id 3999999999"));
}

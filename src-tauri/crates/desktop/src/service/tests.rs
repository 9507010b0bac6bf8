use tokio::net::UnixListener;
use tokio::sync::mpsc::unbounded_channel;

use super::*;

type Served = Link<Request, Response>;

async fn accepted(listener: &UnixListener) -> Served {
    Served::greet(listener.accept().await.unwrap().0).await.unwrap()
}

fn done(sentence: &str) -> Response {
    Response::Done { sentence: sentence.to_owned() }
}

fn said(response: Response) -> Input {
    Input::Service(ServiceEvent::Message(Box::new(response)))
}

#[tokio::test]
async fn a_service_is_watched_lost_once_and_found_again_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("control.sock");
    let (sender, mut inputs) = unbounded_channel();
    tokio::spawn(watch(socket.clone(), sender));
    assert_eq!(inputs.recv().await, Some(Input::Service(ServiceEvent::Disconnected(Disconnect::NotRunning))));
    let listener = UnixListener::bind(&socket).unwrap();
    for sentence in ["first", "again"] {
        let mut service = accepted(&listener).await;
        assert_eq!(inputs.recv().await, Some(Input::Service(ServiceEvent::Connected)));
        assert_eq!(service.receive().await.unwrap().unwrap(), Request::Watch);
        service.send(&done(sentence)).await.unwrap();
        assert_eq!(inputs.recv().await, Some(said(done(sentence))));
        drop(service);
        assert_eq!(
            inputs.recv().await,
            Some(Input::Service(ServiceEvent::Disconnected(Disconnect::NotRunning)))
        );
    }
}

#[tokio::test]
async fn a_question_with_many_answers_hands_on_each_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("control.sock");
    let listener = UnixListener::bind(&socket).unwrap();
    let (sender, mut inputs) = unbounded_channel();
    tokio::spawn(ask(socket, Request::Blocked { since: None, limit: None }, sender));
    let mut service = accepted(&listener).await;
    assert_eq!(service.receive().await.unwrap().unwrap(), Request::Blocked { since: None, limit: None });
    for more in [true, false] {
        let page = Response::Entries(wire::Entries { entries: Vec::new(), more });
        service.send(&page).await.unwrap();
        assert_eq!(inputs.recv().await, Some(said(page)));
    }
    assert_eq!(inputs.recv().await, None);
}

#[tokio::test]
async fn a_question_that_nobody_hears_is_answered_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let (sender, mut inputs) = unbounded_channel();
    ask(folder.path().join("control.sock"), Request::SignOut, sender).await;
    let hint =
        "The Pullgate service is not running, so pulls wait or fail. Start it: sudo systemctl start pullgate";
    let failure = Failure::new(Code::Failed, "The Pullgate service gave no answer").with_hint(hint);
    assert_eq!(inputs.recv().await, Some(said(Response::Error(failure))));
}

#[tokio::test(start_paused = true)]
async fn the_first_attempt_to_come_back_does_not_wait_twice_its_time() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("control.sock");
    let (sender, mut inputs) = unbounded_channel();
    let started = tokio::time::Instant::now();
    tokio::spawn(watch(socket.clone(), sender));
    assert_eq!(inputs.recv().await, Some(Input::Service(ServiceEvent::Disconnected(Disconnect::NotRunning))));
    let listener = UnixListener::bind(&socket).unwrap();
    listener.accept().await.unwrap();
    // The clock of a timer has whole milliseconds, rounded up.
    let waited = started.elapsed();
    assert!(waited >= FIRST && waited <= FIRST + Duration::from_millis(2), "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn a_service_that_greets_and_goes_away_is_not_asked_four_times_a_second() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("control.sock");
    let listener = UnixListener::bind(&socket).unwrap();
    let (sender, _inputs) = unbounded_channel();
    let started = tokio::time::Instant::now();
    tokio::spawn(watch(socket, sender));
    for _ in 0..8 {
        drop(accepted(&listener).await);
    }
    // 0.25, 0.5, 1, 2, 4, 5 and 5 seconds lie between them.
    assert!(started.elapsed() >= Duration::from_secs(17), "{:?}", started.elapsed());
}

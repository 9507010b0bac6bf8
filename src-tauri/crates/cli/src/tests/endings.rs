//! How commands end: the exit code and the complaint.

use std::io::{self, Write};
use std::os::unix::net::UnixListener;

use ipc::{Code, Failure, Hello, encode};
use policy::{Finding, Reason, SignInReason};
use wire::{EngineReport, ExplainReport, Response, Routed, WhyReport};

use super::{Stage, sample};
use crate::context::Context;
use crate::exit::{CliError, Exit};

fn explained(finding: Finding) -> Response {
    let image = "docker.io/someuser/tool:latest".into();
    Response::Explain(Box::new(ExplainReport { image, finding, sentences: Vec::new() }))
}

fn exit(line: &str, response: Response) -> Exit {
    Stage::answering(response).play(line).exit
}

#[test]
fn the_answer_denied_has_an_exit_code_of_its_own() {
    let sign_in = Finding { reason: Reason::SignInNeeded { why: SignInReason::Ended }, ..sample::blocked() };
    let audited = Finding { outcome: policy::Outcome::Audited, ..sample::blocked() };
    for json in ["", " --json"] {
        let explain = |finding| exit(&format!("explain someuser/tool{json}"), explained(finding));
        assert_eq!(explain(sample::blocked()), Exit::Denied);
        assert_eq!(explain(sample::allowed()), Exit::Yes);
        assert_eq!(explain(audited.clone()), Exit::Yes);
        assert_eq!(explain(sign_in.clone()), Exit::SignInNeeded);
    }
    let entry = Some(sample::entry(sample::blocked()));
    assert_eq!(exit("why", Response::Why(Box::new(WhyReport { entry, sentences: Vec::new() }))), Exit::Yes);
}

#[test]
fn a_verification_fails_unless_every_engine_is_routed() {
    let engines =
        |routed| Response::Engines { engines: vec![sample::engine("docker", "Docker Engine", routed)] };
    assert_eq!(exit("engines verify", engines(Routed::Yes)), Exit::Yes);
    assert_eq!(exit("engines verify", engines(Routed::Partly)), Exit::Failed);
    assert_eq!(exit("engines", engines(Routed::No)), Exit::Yes);
    let stopped = EngineReport { stopped: true, ..sample::engine("docker", "Docker Engine", Routed::No) };
    assert_eq!(exit("engines verify", Response::Engines { engines: vec![stopped] }), Exit::Yes);
}

/// An inventory counted every Docker as unenforced while Docker Hub was away.
#[test]
fn a_proof_that_could_not_be_made_is_neither_routed_nor_not() {
    let unproved = |routed| EngineReport {
        unproved: Some("no answer within 20 s".into()),
        ..sample::engine("docker", "Docker Engine", routed)
    };
    let containerd = |routed| sample::engine("containerd", "containerd", routed);
    let ends = |engines| exit("engines verify", Response::Engines { engines });
    assert_eq!(ends(vec![unproved(Routed::Yes), containerd(Routed::Yes)]), Exit::Unproved);
    assert_eq!(ends(vec![unproved(Routed::Partly), containerd(Routed::Yes)]), Exit::Unproved);
    assert_eq!(ends(vec![unproved(Routed::Yes), containerd(Routed::No)]), Exit::Failed);
}

#[test]
fn a_refusal_is_an_error_with_its_hint() {
    let failure =
        Failure::new(Code::NotAllowed, "only an administrator can pause enforcement").with_hint("Use `sudo`");
    let played = Stage::answering(Response::Error(failure)).play("pause --for 1h --reason outage");
    let err = "error: only an administrator can pause enforcement\nhint: Use `sudo`\n";
    assert_eq!((played.exit, played.out.as_str(), played.err.as_str()), (Exit::Failed, "", err));
}

#[test]
fn a_needed_sign_in_has_an_exit_code_of_its_own() {
    let failure =
        Failure::new(Code::SignInNeeded, "nobody has signed in").with_hint("Run `pullgate sign-in`");
    assert_eq!(exit("engines apply", Response::Error(failure)), Exit::SignInNeeded);
}

#[test]
fn without_a_service_the_way_to_start_it_is_said() {
    insta::assert_snapshot!(Stage::new().play("status").seen());
    let stage = Stage::new();
    drop(UnixListener::bind(stage.path().join("run/control.sock")).unwrap());
    assert_eq!(stage.play("status").exit, Exit::NoService);
}

/// What is seen when the service sends these bytes and hangs up.
fn against(bytes: Vec<u8>) -> String {
    let stage = Stage::new();
    let listener = UnixListener::bind(stage.path().join("run/control.sock")).unwrap();
    let service = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(&bytes).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let _until_the_command_ends = io::copy(&mut stream, &mut io::sink());
    });
    let seen = stage.play("status").seen();
    service.join().unwrap();
    seen
}

#[test]
fn a_service_that_cannot_be_spoken_with_is_named() {
    let hello = |protocol| encode(&Hello { protocol, ..Hello::of("0.9.0") }).unwrap();
    let greeted = |message: serde_json::Value| [hello(1), encode(&message).unwrap()].concat();
    let cases = [
        ("another protocol", hello(0)),
        ("silence", Vec::new()),
        ("no frames", b"HTTP/1.1 400 Bad Request\r\n".to_vec()),
        ("silence after the hello", hello(1)),
        ("an unknown answer", greeted(serde_json::json!({ "kind": "weather" }))),
        ("an answer to another question", greeted(serde_json::json!({ "kind": "done", "sentence": "x" }))),
    ];
    let seen = cases.map(|(name, bytes)| format!("## {name}\n{}\n", against(bytes)));
    insta::assert_snapshot!(seen.join("\n"));
}

/// A reader that has gone away, or a full disk.
struct Refusing(io::ErrorKind);

impl Write for Refusing {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn output_that_nobody_reads_is_no_error_and_a_full_disk_is() {
    let said = |kind| {
        let (view, dirs) = (sample::view(), host::dirs::Dirs::system());
        let (out, err) = (&mut Refusing(kind), &mut Vec::new());
        let mut context = Context {
            out,
            err,
            person: None,
            view,
            dirs,
            fetch: &|_| Err("nothing answers".to_owned()),
            root: false,
            unread: false,
        };
        (context.say("x\n"), context.unread)
    };
    assert_eq!(said(io::ErrorKind::BrokenPipe), (Ok(()), true));
    let full = CliError::failed("cannot write the answer: no storage space");
    assert_eq!(said(io::ErrorKind::StorageFull), (Err(full), false));
}

#[test]
fn a_bundle_is_written_for_the_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let report =
        wire::DoctorReport { checks: Vec::new(), bundle: Some(serde_json::json!({ "version": "0.1.0" })) };
    let stage = Stage::answering(Response::Doctor(report.clone()));
    let played = stage.play("doctor --bundle DIR/support.json");
    assert!(
        played.out.ends_with("The bundle is in `DIR/support.json`; read it before you send it\n"),
        "{played:?}"
    );
    let file = stage.path().join("support.json");
    let written: wire::DoctorReport = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!((written, file.metadata().unwrap().permissions().mode() & 0o777), (report, 0o600));
}

#[test]
fn the_doctor_says_what_can_be_seen_without_a_service() {
    insta::assert_snapshot!(Stage::new().play("doctor").seen());
}

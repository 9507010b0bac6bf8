//! A git host: every repository in `/srv/git` of the laptop over smart HTTP, by git's own CGI program.

use std::process::Stdio;

use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::{CONTENT_ENCODING, CONTENT_TYPE};
use hyper::{Request, Response, StatusCode};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use crate::body::{Answer, Failure, answer, full, text};

const FOLDER: &str = "/srv/git";

const FIRST: &str = r#"
set -e
export HOME=/root GIT_AUTHOR_NAME=ada GIT_AUTHOR_EMAIL=ada@acme.example GIT_COMMITTER_NAME=ada
export GIT_COMMITTER_EMAIL=ada@acme.example
git init --quiet --initial-branch=main /srv/git/app
cd /srv/git/app
printf 'FROM docker.io/library/official:1\nLABEL from=git\n' > Dockerfile
git add Dockerfile
git commit --quiet --message 'First'
mv .git ../app.git
rm -r ../app
git -C ../app.git config core.bare true
"#;

/// Makes the first repository, `https://git.example/app.git`: a Dockerfile.
pub(crate) fn prepare() {
    let status = std::process::Command::new("/bin/sh").args(["-c", FIRST]).status();
    assert!(status.is_ok_and(|status| status.success()), "cannot make a git repository");
}

pub(crate) async fn serve(request: Request<Incoming>) -> Answer {
    match backend(request).await {
        Ok(answer) => answer,
        Err(error) => text(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}

async fn backend(request: Request<Incoming>) -> Result<Answer, Failure> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let header =
        |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut child = Command::new("git")
        .args(["-c", "safe.directory=*", "http-backend"])
        .env("GIT_PROJECT_ROOT", FOLDER)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("GIT_PROTOCOL", header("git-protocol"))
        .env("PATH_INFO", parts.uri.path())
        .env("QUERY_STRING", parts.uri.query().unwrap_or_default())
        .env("REQUEST_METHOD", parts.method.as_str())
        .env("CONTENT_TYPE", header(CONTENT_TYPE.as_str()))
        .env("HTTP_CONTENT_ENCODING", header(CONTENT_ENCODING.as_str()))
        .env("CONTENT_LENGTH", body.len().to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut input = child.stdin.take().ok_or("no pipe")?;
    let fed = tokio::spawn(async move { input.write_all(&body).await });
    let output = child.wait_with_output().await?.stdout;
    let _ = fed.await;
    let end =
        output.windows(4).position(|window| window == b"\r\n\r\n").ok_or("git answered without a head")?;
    let mut builder = Response::builder();
    for line in std::str::from_utf8(&output[..end])?.lines() {
        match line.split_once(": ") {
            Some(("Status", status)) => builder = builder.status(status.get(..3).unwrap_or("500")),
            Some((name, value)) => builder = builder.header(name, value),
            None => {}
        }
    }
    Ok(answer(builder, full(output[end + 4..].to_vec())))
}

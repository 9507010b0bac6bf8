//! What a browser does, byte by byte.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Follows an address to this machine and returns the whole answer.
pub(super) async fn get(address: &str) -> String {
    let rest = address.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    raw(host, &format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: Mozilla/5.0\r\n\r\n")).await
}

pub(super) async fn raw(host: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(host).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

/// The status and the words of a page.
pub(super) fn words(page: &str) -> (u16, String) {
    let status = page.split(' ').nth(1).unwrap().parse().unwrap();
    let title = page.split("<h1>").nth(1).unwrap().split("</h1>").next().unwrap();
    (status, title.to_owned())
}

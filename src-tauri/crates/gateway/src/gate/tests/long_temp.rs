use super::{origin::*, stage::*};
#[tokio::test]
async fn sizes() {
    let origin = Origin::plain(|_| ok("x")).await;
    let stage = Stage::before(&origin).await;
    let a = tokio::net::TcpStream::connect(stage.proxy).await.unwrap();
    let c = a.local_addr().unwrap();
    let f = crate::pull::accept::proxy(stage.gate.clone(), a, c);
    eprintln!("SIZE proxy {}", std::mem::size_of_val(&f));
    let a = tokio::net::TcpStream::connect(stage.proxy).await.unwrap();
    let f = crate::pull::accept::mirror(stage.gate.clone(), a, c);
    eprintln!("SIZE mirror {}", std::mem::size_of_val(&f));
}

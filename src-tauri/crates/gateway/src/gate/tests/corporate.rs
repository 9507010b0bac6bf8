//! The organization's forward proxy: leads every name to one place, and keeps what it was asked.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use egress::{Egress, ProxySettings, ProxySource};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
};

use super::authority::Authority;
use crate::{RegistryTrust, Upstreams};

pub(super) struct Corporate {
    pub(super) address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Corporate {
    pub(super) async fn leading_to(place: SocketAddr) -> Self {
        Self::start(Some(place), "").await
    }

    /// Refuses everything with this answer.
    pub(super) async fn refusing(answer: &'static str) -> Self {
        Self::start(None, answer).await
    }

    async fn start(place: Option<SocketAddr>, answer: &'static str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let heads = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&heads);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serve(socket, place, answer, Arc::clone(&kept)));
            }
        });
        Self { address, heads }
    }

    pub(super) fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }

    pub(super) fn settings(&self, login: &str) -> Egress {
        egress(&format!("http://{login}{}", self.address))
    }

    /// Settings by which these hosts are reached through here and show certificates of this authority.
    pub(super) fn upstreams(&self, authority: &Authority, hosts: &[&str]) -> Upstreams {
        let trust = RegistryTrust { authorities: vec![authority.pem.as_str().into()], clients: Vec::new() };
        let registries = hosts.iter().map(|host| ((*host).to_owned(), trust.clone())).collect();
        Upstreams { egress: self.settings(""), registries, ..Upstreams::default() }
    }
}

/// The same proxy for everything, as Docker's unit names it.
pub(super) fn egress(proxy: &str) -> Egress {
    let url = Some(proxy.to_owned());
    let source = ProxySource::Engine { engine: "Docker Engine".into(), place: "docker.service".into() };
    Egress { settings: ProxySettings { http: url.clone(), https: url, no_proxy: String::new() }, source }
}

async fn serve(
    mut socket: TcpStream,
    place: Option<SocketAddr>,
    answer: &'static str,
    heads: Arc<Mutex<Vec<String>>>,
) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match socket.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    let connects = head.starts_with(b"CONNECT ");
    heads.lock().unwrap().push(String::from_utf8(head.clone()).unwrap());
    let Some(place) = place else {
        socket.write_all(answer.as_bytes()).await.unwrap();
        return;
    };
    let mut there = TcpStream::connect(place).await.unwrap();
    if connects {
        socket.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
    } else {
        there.write_all(&head).await.unwrap();
    }
    // Either side may end it as it likes.
    let _ended = copy_bidirectional(&mut socket, &mut there).await;
}

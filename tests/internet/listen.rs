//! The doors: TLS on 443 and plain HTTP on 80 at every address, an insecure registry's port, the control socket.

use std::collections::BTreeSet;
use std::sync::Arc;

use acceptance::internet::catalogue;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use rustls::server::Acceptor;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::LazyConfigAcceptor;

use crate::route::{Door, answer};
use crate::sites::SITES;
use crate::tls::Identities;
use crate::world::{Shared, World};
use crate::{control, publish};

pub(crate) async fn serve() {
    let world: Shared = Arc::new(World::default());
    let identities = Arc::new(Identities::load());
    let orders = tokio::spawn(control::serve(Arc::clone(&world)));
    let addresses: BTreeSet<&str> = SITES.iter().map(|site| site.address).collect();
    for address in addresses {
        let world = &world;
        open(format!("{address}:443"), Arc::clone(world), Some(Arc::clone(&identities))).await;
        open(format!("{address}:80"), Arc::clone(world), None).await;
    }
    open("203.0.113.20:5000".to_owned(), Arc::clone(&world), None).await;
    world.warehouse.wait().await;
    for image in catalogue() {
        publish::publish(&world, image)
            .await
            .unwrap_or_else(|error| panic!("cannot fill the registries: {error}"));
    }
    world.set_ready();
    orders.await.expect("the control socket stays open");
}

async fn open(address: String, world: Shared, identities: Option<Arc<Identities>>) {
    let listener = TcpListener::bind(&address).await;
    let listener = listener.unwrap_or_else(|error| panic!("cannot listen at {address}: {error}"));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _ = stream.set_nodelay(true);
            tokio::spawn(receive(stream, Arc::clone(&world), identities.clone()));
        }
    });
}

async fn receive(stream: TcpStream, world: Shared, identities: Option<Arc<Identities>>) {
    let Some(identities) = identities else {
        return converse(stream, world, Door::Plain).await;
    };
    let Ok(hello) = LazyConfigAcceptor::new(Acceptor::default(), stream).await else { return };
    let config = identities.choose(hello.client_hello().server_name());
    if let Ok(stream) = hello.into_stream(config).await {
        converse(stream, world, Door::Secure).await;
    }
}

async fn converse(stream: impl AsyncRead + AsyncWrite + Unpin + 'static, world: Shared, door: Door) {
    let service = service_fn(move |request| {
        let world = Arc::clone(&world);
        async move { answer(&world, door, request).await }
    });
    let _ = auto::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
}

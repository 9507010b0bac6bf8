use std::sync::Mutex;

use rcgen::{CertificateParams, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;

/// A server with a certificate of its own, which it returns with its address.
async fn secured() -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let certificate =
        CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap().self_signed(&key).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder =
        ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config =
        builder.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], key).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("https://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let Ok(stream) = acceptor.accept(stream).await else { continue };
            stub_server::serve(stream, &Mutex::default(), &|_| reply(200, "text/plain", "secret garden"))
                .await;
        }
    });
    (address, certificate.pem())
}

fn added(pem: &str) -> Authority {
    Authority { pem: pem.to_owned(), source: "/etc/pullgate/ca.pem".to_owned() }
}

#[tokio::test]
async fn an_unknown_authority_is_refused_and_an_added_one_is_trusted() {
    let (address, authority) = secured().await;
    let refused = client().send(Request::get(&address).unwrap()).await.err().unwrap();
    assert!(
        matches!(refused.kind, WebErrorKind::Certificate { flaw: trust::Flaw::UnknownAuthority }),
        "{refused:?}"
    );
    let client = Client::new(&Settings { authorities: vec![added(&authority)], ..quick() }).unwrap();
    assert_eq!(client.send(Request::get(&address).unwrap()).await.unwrap().body, b"secret garden");
}

/// It used to count as a request whose answer got lost, which leaves doubt about what was sent.
#[tokio::test]
async fn a_connection_that_never_comes_about_is_no_request_that_was_not_answered() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("https://{}/", listener.local_addr().unwrap());
    let limits =
        Limits { connect: Duration::from_millis(200), read: Duration::from_secs(20), ..quick().limits };
    let client = Client::new(&Settings { limits, ..quick() }).unwrap();
    let error = client.send(Request::get(&address).unwrap()).await.err().unwrap();
    assert!(matches!(error.kind, WebErrorKind::Connect { .. }), "{error:?}");
}

#[test]
fn an_authority_that_cannot_be_read_is_an_error_and_not_left_out() {
    for text in ["", "certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let settings = Settings { authorities: vec![added(text)], ..quick() };
        let error = Client::new(&settings).err().unwrap().to_string();
        assert!(error.starts_with("`/etc/pullgate/ca.pem` cannot be used: "), "{error}");
    }
}

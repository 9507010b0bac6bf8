//! Whole handshakes, since a certificate is read once more for the proof that the server has its key.

use rcgen::CustomExtension;
use rustls::{
    ClientConnection, Connection, ServerConfig, ServerConnection, SupportedProtocolVersion,
    crypto::CryptoProvider,
    pki_types::PrivatePkcs8KeyDer,
    sign::{CertifiedKey, SingleCertAndKey},
    version,
};

use super::*;
use crate::key_exchange::P521;

fn connects(
    trusted: Option<&Made>,
    server: &Made,
    provider: CryptoProvider,
    version: &'static SupportedProtocolVersion,
) -> Result<(), rustls::Error> {
    // Not `with_single_cert`: that reads the certificate as strictly as the library reads those of others.
    let key = PrivatePkcs8KeyDer::from(server.key.serialize_der());
    let key = provider.key_provider.load_private_key(key.into())?;
    let own = SingleCertAndKey::from(CertifiedKey::new(vec![server.der.clone()], key));
    let config = ServerConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(&[version])?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(own));
    let mut far = Connection::from(ServerConnection::new(Arc::new(config))?);
    let config = match trusted {
        Some(root) => crate::config(pool(&[root]), Identities::default(), &["http/1.1"]),
        None => crate::unverified(&["http/1.1"]),
    };
    let name = ServerName::try_from(HOST).unwrap();
    let mut near = Connection::from(ClientConnection::new(Arc::new(config.unwrap()), name)?);
    while near.is_handshaking() || far.is_handshaking() {
        pass(&mut near, &mut far)?;
        pass(&mut far, &mut near)?;
    }
    Ok(())
}

fn pass(from: &mut Connection, to: &mut Connection) -> Result<(), rustls::Error> {
    let mut bytes = Vec::new();
    while from.wants_write() {
        from.write_tls(&mut bytes).unwrap();
    }
    let mut rest = bytes.as_slice();
    while !rest.is_empty() {
        to.read_tls(&mut rest).unwrap();
        to.process_new_packets()?;
    }
    Ok(())
}

#[test]
fn what_is_believed_is_connected_to() {
    let root = own(authority("root"));
    let mut policy = CustomExtension::from_oid_content(
        &[2, 5, 29, 32],
        vec![0x30, 0x06, 0x30, 0x04, 0x06, 0x02, 0x2a, 0x03],
    );
    policy.set_criticality(true);
    let params = params(&[HOST], HOST);
    let policy = with(params.clone(), |it| it.custom_extensions.push(policy));
    let could_sign = with(policy.clone(), |it| it.is_ca = IsCa::Ca(BasicConstraints::Unconstrained));
    for params in [params, policy, could_sign] {
        let server = signed(params, &root);
        for version in [&version::TLS12, &version::TLS13] {
            for trusted in [Some(&root), None] {
                let provider = rustls::crypto::aws_lc_rs::default_provider();
                assert_eq!(connects(trusted, &server, provider, version), Ok(()));
            }
        }
    }
}

#[test]
fn a_server_of_one_curve_is_connected_to() {
    let root = own(authority("root"));
    let server = signed(params(&[HOST], HOST), &root);
    for version in [&version::TLS12, &version::TLS13] {
        let mut provider = rustls::crypto::aws_lc_rs::default_provider();
        provider.kx_groups = vec![&P521];
        assert_eq!(connects(Some(&root), &server, provider, version), Ok(()));
    }
}

//! The machine's store of root certificates.

use std::io;

use schannel::cert_context::CertContext;
use schannel::cert_store::{CertAdd, CertStore};

const STORE: &str = "ROOT";

pub(super) fn is_trusted(authority: &[u8]) -> io::Result<bool> {
    let store = CertStore::open_local_machine(STORE)?;
    Ok(store.certs().any(|certificate| certificate.to_der() == authority))
}

pub(super) fn trust(authority: &[u8]) -> io::Result<()> {
    let mut store = CertStore::open_local_machine(STORE)?;
    store.add_cert(&CertContext::new(authority)?, CertAdd::ReplaceExisting).map(drop)
}

pub(super) fn distrust(authority: &[u8]) -> io::Result<bool> {
    let store = CertStore::open_local_machine(STORE)?;
    let found = store.certs().find(|certificate| certificate.to_der() == authority);
    found.map(CertContext::delete).transpose().map(|deleted| deleted.is_some())
}

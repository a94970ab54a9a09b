//! [`Authorities`]: whose certificates are trusted. Reads the system's store once.

use crate::TlsError;
use crate::identity::certificate_chain;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use std::sync::OnceLock;

/// Trusted certificate authorities.
#[derive(Debug, Clone)]
pub struct Authorities {
    pub(crate) store: RootCertStore,
    /// Certificates named one by one, which may also be a server's own.
    pub(crate) named: Vec<CertificateDer<'static>>,
}

impl Authorities {
    /// The system's, with those of the file that `NODE_EXTRA_CA_CERTS` names. Read at the first
    /// call; certificates that cannot be used are passed over, as other clients do.
    pub fn system() -> &'static Self {
        static SYSTEM: OnceLock<Authorities> = OnceLock::new();
        SYSTEM.get_or_init(|| {
            let mut store = RootCertStore::empty();
            store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            let named = extra();
            store.add_parsable_certificates(named.iter().cloned());
            Self { store, named }
        })
    }

    /// The DER certificates of the system's store, as they are on disk.
    pub fn system_certificates() -> Vec<Vec<u8>> {
        let certificates = rustls_native_certs::load_native_certs().certs;
        certificates
            .iter()
            .map(|certificate| certificate.to_vec())
            .collect()
    }

    /// The DER certificates of the file that `NODE_EXTRA_CA_CERTS` names.
    pub fn extra_certificates() -> Vec<Vec<u8>> {
        extra()
            .iter()
            .map(|certificate| certificate.to_vec())
            .collect()
    }

    /// Exactly the given ones: PEM texts or DER certificates.
    ///
    /// # Errors
    /// Texts that hold no certificate.
    pub fn only<'a>(texts: impl IntoIterator<Item = &'a [u8]>) -> Result<Self, TlsError> {
        let mut store = RootCertStore::empty();
        let mut named = Vec::new();
        for text in texts {
            for certificate in certificate_chain("ca", text)? {
                named.push(certificate.clone());
                store
                    .add(certificate)
                    .map_err(|error| TlsError::Certificate("ca", error.to_string()))?;
            }
        }
        Ok(Self { store, named })
    }
}

fn extra() -> Vec<CertificateDer<'static>> {
    let Some(path) = std::env::var_os("NODE_EXTRA_CA_CERTS").filter(|path| !path.is_empty()) else {
        return Vec::new();
    };
    // Node warns and goes on without them; a request that needs them fails with its own error.
    std::fs::read(path)
        .ok()
        .and_then(|text| certificate_chain("ca", &text).ok())
        .unwrap_or_default()
}

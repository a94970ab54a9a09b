//! [`Identity`]: a certificate chain with its private key, from PEM or DER. Never keeps the passphrase.

use crate::TlsError;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::{PemObject, SectionKind};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;
use std::sync::Arc;

/// A certificate chain and the key of its first certificate.
#[derive(Debug, Clone)]
pub struct Identity {
    pub(crate) key: Arc<CertifiedKey>,
}

/// Certificates in one chain; longer ones are mistakes.
const LONGEST_CHAIN: usize = 32;

impl Identity {
    /// Reads PEM texts (or the DER of one certificate) and a key, decrypting it if need be.
    ///
    /// # Errors
    /// Unreadable or unsupported certificates and keys, a missing or wrong passphrase, and a key
    /// that is not the certificate's.
    pub fn new(
        certificates: &[u8],
        key: &[u8],
        passphrase: Option<&[u8]>,
    ) -> Result<Self, TlsError> {
        let chain = certificate_chain("cert", certificates)?;
        if chain.len() > LONGEST_CHAIN {
            let count = chain.len();
            return Err(TlsError::Identity(format!(
                "{count} certificates in one chain"
            )));
        }
        let key = private_key(key, passphrase)?;
        let provider = aws_lc_rs::default_provider();
        let certified = CertifiedKey::from_der(chain, key, &provider)
            .map_err(|error| TlsError::Identity(error.to_string()))?;
        Ok(Self {
            key: Arc::new(certified),
        })
    }
}

/// All certificates of a PEM text, or the one of a DER.
pub(crate) fn certificate_chain(
    what: &'static str,
    text: &[u8],
) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let unreadable = |reason: String| TlsError::Certificate(what, reason);
    if text.first() == Some(&DER_SEQUENCE) {
        return Ok(vec![CertificateDer::from(text.to_vec())]);
    }
    let chain: Vec<_> = CertificateDer::pem_slice_iter(text)
        .collect::<Result<_, _>>()
        .map_err(|error| unreadable(error.to_string()))?;
    if chain.is_empty() {
        return Err(unreadable("there is no PEM certificate in it".to_owned()));
    }
    Ok(chain)
}

/// First byte of every DER certificate and key.
const DER_SEQUENCE: u8 = 0x30;

fn private_key(text: &[u8], passphrase: Option<&[u8]>) -> Result<PrivateKeyDer<'static>, TlsError> {
    let unreadable = |reason: String| TlsError::Key(reason);
    if text.first() == Some(&DER_SEQUENCE) {
        return PrivateKeyDer::try_from(text.to_vec()).map_err(|reason| unreadable(reason.into()));
    }
    let mut sections = <(SectionKind, Vec<u8>)>::pem_slice_iter(text);
    if let Some(encrypted) = encrypted_section(text) {
        return decrypt(encrypted?.as_slice(), passphrase);
    }
    let missing = || unreadable("there is no PEM private key in it".to_owned());
    loop {
        let (kind, der) = match sections.next() {
            Some(section) => section.map_err(|error| unreadable(error.to_string()))?,
            None => return Err(missing()),
        };
        match kind {
            SectionKind::PrivateKey => {
                return Ok(PrivateKeyDer::Pkcs8(der.into()));
            }
            SectionKind::RsaPrivateKey if is_legacy_encrypted(text) => {
                return Err(TlsError::Passphrase(
                    "its format is OpenSSL's old one; convert it with \
                     `openssl pkcs8 -topk8`"
                        .to_owned(),
                ));
            }
            SectionKind::RsaPrivateKey => return Ok(PrivateKeyDer::Pkcs1(der.into())),
            SectionKind::EcPrivateKey => return Ok(PrivateKeyDer::Sec1(der.into())),
            _ => {}
        }
    }
}

/// The DER of an `ENCRYPTED PRIVATE KEY` section, if the text has one.
fn encrypted_section(text: &[u8]) -> Option<Result<Vec<u8>, TlsError>> {
    let text = std::str::from_utf8(text).ok()?;
    let start = text.find("-----BEGIN ENCRYPTED PRIVATE KEY-----")?;
    let decoded = pkcs8::Document::from_pem(text.get(start..)?)
        .map(|(_, document)| document.as_bytes().to_vec())
        .map_err(|error| TlsError::Key(error.to_string()));
    Some(decoded)
}

fn is_legacy_encrypted(text: &[u8]) -> bool {
    text.windows(10).any(|window| window == b"DEK-Info: ")
}

fn decrypt(der: &[u8], passphrase: Option<&[u8]>) -> Result<PrivateKeyDer<'static>, TlsError> {
    let Some(passphrase) = passphrase else {
        return Err(TlsError::Passphrase("a passphrase is needed".to_owned()));
    };
    let info = pkcs8::EncryptedPrivateKeyInfo::try_from(der)
        .map_err(|error| TlsError::Key(error.to_string()))?;
    let document = info
        .decrypt(passphrase)
        .map_err(|error| TlsError::Passphrase(format!("the passphrase does not fit ({error})")))?;
    Ok(PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(
        document.as_bytes().to_vec(),
    )))
}

//! Sessions whose peer is judged after the handshake, by whoever asked for the connection: Node's
//! sockets tell a program why a certificate is not trusted and let it decide. Nothing may be written
//! before the judgement; configurations of this file accept any certificate until then.

use crate::client::accept_any;
use crate::{Authorities, Certificate, ClientConfig, Identity, ServerConfig, TlsError};
use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, SupportedProtocolVersion};
use std::sync::Arc;

/// The protocol versions to speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Versions {
    /// TLS 1.2.
    pub tls12: bool,
    /// TLS 1.3.
    pub tls13: bool,
}

impl Versions {
    fn list(self) -> Vec<&'static SupportedProtocolVersion> {
        let mut list = Vec::new();
        if self.tls13 {
            list.push(&rustls::version::TLS13);
        }
        if self.tls12 {
            list.push(&rustls::version::TLS12);
        }
        list
    }
}

/// A client that accepts any certificate; [`judge_server`] is to follow.
///
/// # Errors
/// When no version is left.
pub fn deferred_client(
    identity: Option<&Identity>,
    protocols: Vec<Vec<u8>>,
    versions: Versions,
) -> Result<ClientConfig, TlsError> {
    accept_any(identity, protocols, &versions.list())
}

/// A server. With `ask`, clients are asked for a certificate and any is accepted, also none;
/// [`judge_client`] is to follow.
///
/// # Errors
/// No identity, or no version left.
pub fn deferred_server(
    identities: Vec<(Option<String>, Identity)>,
    ask: bool,
    protocols: Vec<Vec<u8>>,
    versions: Versions,
) -> Result<ServerConfig, TlsError> {
    crate::server::deferred(identities, ask, protocols, &versions.list())
}

/// Why a peer's certificate is not trusted, with OpenSSL's code for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// `CERT_HAS_EXPIRED` and its kin.
    pub code: &'static str,
    /// The reason as people read it.
    pub message: String,
}

/// Judges a server's chain (its own certificate first) by signatures and time, not by its name.
pub fn judge_server(authorities: &Authorities, chain: &[&[u8]]) -> Option<Refusal> {
    judge(authorities, chain, |leaf, intermediates| {
        let parsed = ParsedCertificate::try_from(leaf)?;
        let algorithms = aws_lc_rs::default_provider().signature_verification_algorithms;
        verify_server_cert_signed_by_trust_anchor(
            &parsed,
            &authorities.store,
            intermediates,
            UnixTime::now(),
            algorithms.all,
        )
    })
}

/// Judges a client's chain by signatures and time.
pub fn judge_client(authorities: &Authorities, chain: &[&[u8]]) -> Option<Refusal> {
    judge(authorities, chain, |leaf, intermediates| {
        let provider = Arc::new(aws_lc_rs::default_provider());
        if authorities.store.is_empty() {
            return Err(CertificateError::UnknownIssuer.into());
        }
        let store = Arc::new(authorities.store.clone());
        let verifier = rustls::server::WebPkiClientVerifier::builder_with_provider(store, provider)
            .build()
            .map_err(|error| rustls::Error::General(error.to_string()))?;
        verifier
            .verify_client_cert(leaf, intermediates, UnixTime::now())
            .map(drop)
    })
}

fn judge(
    authorities: &Authorities,
    chain: &[&[u8]],
    verify: impl FnOnce(&CertificateDer<'_>, &[CertificateDer<'_>]) -> Result<(), rustls::Error>,
) -> Option<Refusal> {
    let owned: Vec<CertificateDer<'_>> =
        chain.iter().map(|der| CertificateDer::from(*der)).collect();
    let Some((leaf, intermediates)) = owned.split_first() else {
        return refusal(
            "UNABLE_TO_GET_ISSUER_CERT",
            "unable to get issuer certificate",
        );
    };
    let parsed: Vec<Certificate> = chain
        .iter()
        .filter_map(|der| Certificate::parse(der).ok())
        .collect();
    let named = |der: &CertificateDer<'_>| authorities.named.iter().any(|named| named == der);
    if named(leaf) {
        return time_of(parsed.first());
    }
    let error = verify(leaf, intermediates).err()?;
    match error {
        rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer) => untrusted(&parsed),
        rustls::Error::InvalidCertificate(
            CertificateError::Expired | CertificateError::ExpiredContext { .. },
        ) => refusal("CERT_HAS_EXPIRED", "certificate has expired"),
        rustls::Error::InvalidCertificate(
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. },
        ) => refusal("CERT_NOT_YET_VALID", "certificate is not yet valid"),
        // webpki takes no authority as a server's own certificate; OpenSSL sees it as self-signed.
        other if parsed.first().is_some_and(|leaf| leaf.is_self_issued) => {
            untrusted(&parsed).or_else(|| refused_by(other))
        }
        other => refused_by(other),
    }
}

fn refused_by(error: rustls::Error) -> Option<Refusal> {
    let error = TlsError::from(error);
    Some(Refusal {
        code: error.code(),
        message: error.to_string(),
    })
}

#[expect(clippy::unnecessary_wraps, reason = "its callers answer an option")]
fn refusal(code: &'static str, message: &str) -> Option<Refusal> {
    Some(Refusal {
        code,
        message: message.to_owned(),
    })
}

/// A chain that leads to nobody who is trusted.
fn untrusted(chain: &[Certificate]) -> Option<Refusal> {
    let self_signed = |certificate: &Certificate| certificate.is_self_issued;
    if chain.first().is_some_and(self_signed) {
        return refusal("DEPTH_ZERO_SELF_SIGNED_CERT", "self-signed certificate");
    }
    if chain.iter().any(self_signed) {
        return refusal(
            "SELF_SIGNED_CERT_IN_CHAIN",
            "self-signed certificate in certificate chain",
        );
    }
    if chain.len() == 1 {
        return refusal(
            "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
            "unable to verify the first certificate",
        );
    }
    refusal(
        "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
        "unable to get local issuer certificate",
    )
}

/// A certificate that is trusted by name still has its time.
fn time_of(certificate: Option<&Certificate>) -> Option<Refusal> {
    let now = UnixTime::now().as_secs();
    let certificate = certificate?;
    if now > certificate.not_after {
        return refusal("CERT_HAS_EXPIRED", "certificate has expired");
    }
    if now < certificate.not_before {
        return refusal("CERT_NOT_YET_VALID", "certificate is not yet valid");
    }
    None
}

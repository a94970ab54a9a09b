//! Configurations of clients.

use crate::{Authorities, Identity, TlsError};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::sign::SingleCertAndKey;
use rustls::{DigitallySignedStruct, SignatureScheme, SupportedProtocolVersion};
use std::sync::Arc;

/// A client's configuration; sessions share it and resume through it.
pub type ClientConfig = Arc<rustls::ClientConfig>;

/// How a client connects.
#[derive(Debug, Default)]
pub struct ClientOptions {
    /// Whom to trust; `None` is the system's store.
    pub authorities: Option<Authorities>,
    /// Take any certificate (`rejectUnauthorized: false`).
    pub accept_any: bool,
    /// Who we are, if the server asks.
    pub identity: Option<Identity>,
    /// Protocols to offer, most wanted first.
    pub protocols: Vec<Vec<u8>>,
}

/// Builds a configuration.
///
/// # Errors
/// Never with the library's own provider; the type says what could be wrong.
pub fn client_config(options: ClientOptions) -> Result<ClientConfig, TlsError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()?;
    let verifier: Arc<dyn ServerCertVerifier> = if options.accept_any {
        Arc::new(AcceptAny { provider })
    } else {
        let authorities = options
            .authorities
            .unwrap_or_else(|| Authorities::system().clone());
        Arc::new(Verifier::new(authorities, provider)?)
    };
    let builder = builder
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    let mut config = match options.identity {
        Some(identity) => {
            builder.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(identity.key)))
        }
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols = options.protocols;
    Ok(Arc::new(config))
}

/// A configuration that takes any certificate, for those who judge it after the handshake.
pub(crate) fn accept_any(
    identity: Option<&Identity>,
    protocols: Vec<Vec<u8>>,
    versions: &[&'static SupportedProtocolVersion],
) -> Result<ClientConfig, TlsError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(versions)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AcceptAny { provider }));
    let mut config = match identity {
        Some(identity) => {
            let key = SingleCertAndKey::from(Arc::clone(&identity.key));
            builder.with_client_cert_resolver(Arc::new(key))
        }
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols = protocols;
    Ok(Arc::new(config))
}

/// The name or address that the server's certificate must have.
///
/// # Errors
/// Names that no certificate can have.
pub fn server_name(host: &str) -> Result<ServerName<'static>, TlsError> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    ServerName::try_from(bare.to_owned()).map_err(|_| TlsError::ServerName(host.to_owned()))
}

/// The TLS problem inside the error of a stream, if that is what it is.
pub fn stream_error(error: &std::io::Error) -> Option<TlsError> {
    let inner = error.get_ref()?;
    inner
        .downcast_ref::<rustls::Error>()
        .map(|error| TlsError::Protocol(error.clone()))
}

/// The half of a verifier that checks that the server has its key: always the provider's.
macro_rules! signatures_by_provider {
    () => {
        fn verify_tls12_signature(
            &self,
            message: &[u8],
            certificate: &CertificateDer<'_>,
            signed: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, rustls::Error> {
            let algorithms = &self.provider.signature_verification_algorithms;
            verify_tls12_signature(message, certificate, signed, algorithms)
        }

        fn verify_tls13_signature(
            &self,
            message: &[u8],
            certificate: &CertificateDer<'_>,
            signed: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, rustls::Error> {
            let algorithms = &self.provider.signature_verification_algorithms;
            verify_tls13_signature(message, certificate, signed, algorithms)
        }

        fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
            self.provider
                .signature_verification_algorithms
                .supported_schemes()
        }
    };
}

pub(crate) use signatures_by_provider;

/// Follows the chain to an authority. A certificate that is itself among those named is taken as it
/// is, as OpenSSL does: self-signed ones of tests and intranets often call themselves authorities.
#[derive(Debug)]
struct Verifier {
    chain: Option<Arc<WebPkiServerVerifier>>,
    named: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
}

impl Verifier {
    fn new(authorities: Authorities, provider: Arc<CryptoProvider>) -> Result<Self, TlsError> {
        let Authorities { store, named } = authorities;
        // A machine without any authority trusts nobody, which is no error before somebody asks.
        let chain = if store.is_empty() {
            None
        } else {
            let builder =
                WebPkiServerVerifier::builder_with_provider(Arc::new(store), Arc::clone(&provider));
            Some(
                builder
                    .build()
                    .map_err(|error| TlsError::Certificate("ca", error.to_string()))?,
            )
        };
        Ok(Self {
            chain,
            named,
            provider,
        })
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if self.named.iter().any(|named| named == end_entity) {
            let certificate = ParsedCertificate::try_from(end_entity)?;
            rustls::client::verify_server_name(&certificate, server_name)?;
            return Ok(ServerCertVerified::assertion());
        }
        let Some(chain) = &self.chain else {
            return Err(rustls::CertificateError::UnknownIssuer.into());
        };
        chain.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    signatures_by_provider!();
}

/// Takes any certificate, but checks that the server has its key.
#[derive(Debug)]
struct AcceptAny {
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for AcceptAny {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    signatures_by_provider!();
}

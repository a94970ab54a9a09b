//! Configurations of servers: one identity, or several chosen by the name the client asks for.

use crate::client::signatures_by_provider;
use crate::{Authorities, Identity, TlsError};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{ClientHello, ResolvesServerCert, WebPkiClientVerifier};
use rustls::sign::CertifiedKey;
use rustls::{DigitallySignedStruct, DistinguishedName, SignatureScheme, SupportedProtocolVersion};
use std::sync::Arc;

/// A server's configuration; its sessions share it.
pub type ServerConfig = Arc<rustls::ServerConfig>;

/// How a server presents itself.
#[derive(Debug)]
pub struct ServerOptions {
    /// Identities with the name each is for (`*.example.org` too). One without a name serves every
    /// other client; without such, the first does.
    pub identities: Vec<(Option<String>, Identity)>,
    /// Whose certificates clients must or may show.
    pub client_authorities: Option<Authorities>,
    /// A client without a certificate is refused.
    pub client_certificate_required: bool,
    /// Protocols to accept, most wanted first.
    pub protocols: Vec<Vec<u8>>,
}

/// Builds a configuration.
///
/// # Errors
/// No identity at all, or authorities that cannot verify anybody.
pub fn server_config(options: ServerOptions) -> Result<ServerConfig, TlsError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = rustls::ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()?;
    let builder = match options.client_authorities {
        None => builder.with_no_client_auth(),
        Some(authorities) => {
            let verifier = WebPkiClientVerifier::builder_with_provider(
                Arc::new(authorities.store),
                Arc::clone(&provider),
            );
            let verifier = if options.client_certificate_required {
                verifier
            } else {
                verifier.allow_unauthenticated()
            };
            let verifier = verifier
                .build()
                .map_err(|error| TlsError::Certificate("ca", error.to_string()))?;
            builder.with_client_cert_verifier(verifier)
        }
    };
    let mut config = builder.with_cert_resolver(Arc::new(ByName::new(options.identities)?));
    config.alpn_protocols = options.protocols;
    // Sessions resume by tickets; two are what rustls sends, each costs a record after the handshake.
    config.ticketer =
        aws_lc_rs::Ticketer::new().map_err(|error| TlsError::Identity(error.to_string()))?;
    Ok(Arc::new(config))
}

/// A server whose clients are judged after the handshake.
pub(crate) fn deferred(
    identities: Vec<(Option<String>, Identity)>,
    ask: bool,
    protocols: Vec<Vec<u8>>,
    versions: &[&'static SupportedProtocolVersion],
) -> Result<ServerConfig, TlsError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = rustls::ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(versions)?;
    let builder = if ask {
        builder.with_client_cert_verifier(Arc::new(AnyClient { provider }))
    } else {
        builder.with_no_client_auth()
    };
    let mut config = builder.with_cert_resolver(Arc::new(ByName::new(identities)?));
    config.alpn_protocols = protocols;
    config.ticketer =
        aws_lc_rs::Ticketer::new().map_err(|error| TlsError::Identity(error.to_string()))?;
    Ok(Arc::new(config))
}

/// Takes any certificate of a client, and none, but checks that the client has its key.
#[derive(Debug)]
struct AnyClient {
    provider: Arc<CryptoProvider>,
}

impl ClientCertVerifier for AnyClient {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn verify_client_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        Ok(ClientCertVerified::assertion())
    }

    signatures_by_provider!();
}

/// Picks the identity for the name that the client asks for.
#[derive(Debug)]
struct ByName {
    named: Vec<(String, Arc<CertifiedKey>)>,
    fallback: Arc<CertifiedKey>,
}

impl ByName {
    fn new(identities: Vec<(Option<String>, Identity)>) -> Result<Self, TlsError> {
        let mut fallback = None;
        let mut named = Vec::new();
        for (name, identity) in identities {
            match name {
                Some(name) => named.push((name.to_ascii_lowercase(), identity.key)),
                None => fallback = fallback.or(Some(identity.key)),
            }
        }
        let first = named.first().map(|(_, key)| Arc::clone(key));
        let fallback = fallback
            .or(first)
            .ok_or_else(|| TlsError::Identity("there is no certificate".to_owned()))?;
        Ok(Self { named, fallback })
    }

    fn find(&self, asked: &str) -> Option<&Arc<CertifiedKey>> {
        let exact = self.named.iter().find(|(name, _)| name == asked);
        let parent = asked.split_once('.').map(|(_, parent)| parent);
        let wildcard = || {
            self.named.iter().find(|(name, _)| {
                name.strip_prefix("*.")
                    .is_some_and(|rest| parent == Some(rest))
            })
        };
        exact.or_else(wildcard).map(|(_, key)| key)
    }
}

impl ResolvesServerCert for ByName {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let key = hello
            .server_name()
            .and_then(|name| self.find(&name.to_ascii_lowercase()))
            .unwrap_or(&self.fallback);
        Some(Arc::clone(key))
    }
}

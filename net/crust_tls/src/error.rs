//! What can be wrong with certificates, keys and handshakes, with the codes that Node uses.

use thiserror::Error;

/// A problem of TLS.
#[derive(Debug, Error)]
pub enum TlsError {
    /// The PEM or DER text of a certificate cannot be read.
    #[error("the certificate of \"{0}\" cannot be read: {1}")]
    Certificate(&'static str, String),
    /// The private key cannot be read.
    #[error("the private key cannot be read: {0}")]
    Key(String),
    /// The private key is encrypted and the passphrase is missing or wrong.
    #[error("the private key is encrypted: {0}")]
    Passphrase(String),
    /// Certificate and key do not belong together, or use what is not supported.
    #[error("certificate and key cannot be used: {0}")]
    Identity(String),
    /// A host name that can have no certificate.
    #[error("\"{0}\" is not a name that a certificate can have")]
    ServerName(String),
    /// The peer or its certificate was refused, or the peer refused us.
    #[error("{}", describe(.0))]
    Protocol(#[from] rustls::Error),
}

impl TlsError {
    /// A code as Node and OpenSSL name it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Certificate(..) => "ERR_SSL_BAD_CERTIFICATE",
            Self::Key(_) | Self::Identity(_) => "ERR_SSL_INVALID_PRIVATE_KEY",
            Self::Passphrase(_) => "ERR_OSSL_BAD_DECRYPT",
            Self::ServerName(_) => "ERR_TLS_CERT_ALTNAME_INVALID",
            Self::Protocol(error) => protocol_code(error),
        }
    }
}

fn protocol_code(error: &rustls::Error) -> &'static str {
    use rustls::{CertificateError as Certificate, Error};
    match error {
        Error::InvalidCertificate(reason) => match reason {
            Certificate::UnknownIssuer => "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
            Certificate::Expired | Certificate::ExpiredContext { .. } => "CERT_HAS_EXPIRED",
            Certificate::NotValidYet | Certificate::NotValidYetContext { .. } => {
                "CERT_NOT_YET_VALID"
            }
            Certificate::Revoked => "CERT_REVOKED",
            Certificate::NotValidForName | Certificate::NotValidForNameContext { .. } => {
                "ERR_TLS_CERT_ALTNAME_INVALID"
            }
            Certificate::BadSignature => "CERT_SIGNATURE_FAILURE",
            // A self-signed leaf that is its own issuer, used as an end entity.
            Certificate::Other(_) => "DEPTH_ZERO_SELF_SIGNED_CERT",
            _ => "CERT_REJECTED",
        },
        Error::NoCertificatesPresented => "ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE",
        Error::PeerIncompatible(_) => "ERR_SSL_UNSUPPORTED_PROTOCOL",
        Error::InvalidMessage(_) => "ERR_SSL_WRONG_VERSION_NUMBER",
        Error::AlertReceived(_) => "ERR_SSL_TLSV1_ALERT",
        _ => "ERR_SSL_PROTOCOL_ERROR",
    }
}

fn describe(error: &rustls::Error) -> String {
    use rustls::{CertificateError, Error};
    match error {
        Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
            "unable to verify the first certificate: its issuer is not trusted".to_owned()
        }
        Error::InvalidMessage(_) => {
            format!("the other side does not speak TLS here: {error}")
        }
        other => other.to_string(),
    }
}

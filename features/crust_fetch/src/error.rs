//! What can go wrong in an exchange, with the codes and words that programs look for.

use crust_core::OpError;
use crust_tls::TlsError;
use std::error::Error as _;
use std::io;
use thiserror::Error;

/// What follows the short description of errors whose cause is on the wire.
const HINT: &str = "For more information, pass `verbose: true` in the second argument to fetch()";

/// A failed exchange.
#[derive(Debug, Error)]
pub(crate) enum FetchError {
    /// Nobody listens there.
    #[error("Unable to connect. Is the computer able to access the url?")]
    Refused,
    /// The connection ended before the response did.
    #[error("The socket connection was closed unexpectedly. {HINT}")]
    Reset,
    /// The system gave up on connecting.
    #[error("The connection timed out.")]
    TimedOut,
    /// The server was silent for as long as we wait.
    #[error("The operation timed out.")]
    Idle,
    /// The name has no address.
    #[error("getaddrinfo ENOTFOUND {0}")]
    NotFound(String),
    /// A system call failed in another way; the code is Node's.
    #[error("{1}")]
    System(String, String),
    /// The other side's certificate was refused, or it does not speak TLS.
    #[error(transparent)]
    Tls(TlsError),
    /// Our own certificates, keys or authorities cannot be used.
    #[error(transparent)]
    TlsOptions(TlsError),
    /// The proxy answered CONNECT with something else than success.
    #[error("Proxy refused to open a tunnel: {status} {reason}")]
    Tunnel {
        /// The proxy's status.
        status: u16,
        /// Its reason phrase.
        reason: String,
        /// Its fields, names and values each followed by NUL.
        fields: String,
    },
    /// What came is no HTTP response.
    #[error("InvalidHTTPResponse")]
    InvalidResponse,
    /// The fields of the response are larger than anybody needs.
    #[error("HTTPHeadersOversized")]
    HeadTooLarge,
    /// The server has no HTTP/2 and the program wants nothing else.
    #[error("HTTP2Unsupported")]
    NoHttp2,
    /// The body is not what its coding promises.
    #[error("{0}")]
    Coding(&'static str),
    /// The request itself cannot be sent.
    #[error("fetch() cannot send this request: {0}")]
    InvalidRequest(String),
    /// The stream of the request's body failed; JS knows why.
    #[error("the request's body failed")]
    BodyFailed,
    /// JS ended the exchange.
    #[error("the request was cancelled")]
    Cancelled,
}

impl FetchError {
    /// The error of a failed system call on a socket.
    pub(crate) fn from_io(error: &io::Error) -> Self {
        if let Some(tls) = crust_tls::stream_error(error) {
            return Self::Tls(tls);
        }
        match error.kind() {
            io::ErrorKind::ConnectionRefused => Self::Refused,
            io::ErrorKind::ConnectionReset
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::UnexpectedEof => Self::Reset,
            io::ErrorKind::TimedOut => Self::TimedOut,
            _ => match error.raw_os_error() {
                Some(number) => {
                    let (code, text) = crust_core::errno::describe(number);
                    Self::System(code.to_owned(), format!("{code}: {text}"))
                }
                None => Self::System("ECONNFAILED".to_owned(), error.to_string()),
            },
        }
    }

    /// The error of an exchange on a connection that stands.
    pub(crate) fn from_hyper(error: &hyper::Error) -> Self {
        if error.is_parse() {
            // The library tells this apart for servers only.
            let is_too_large = error.to_string().contains("too large");
            return if is_too_large {
                Self::HeadTooLarge
            } else {
                Self::InvalidResponse
            };
        }
        if error.is_user() {
            return Self::BodyFailed;
        }
        let mut source = error.source();
        while let Some(cause) = source {
            if let Some(found) = cause.downcast_ref::<io::Error>() {
                return match found.kind() {
                    // Chunk sizes that are none, and bodies that end before their last chunk.
                    io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData
                        if crust_tls::stream_error(found).is_none() =>
                    {
                        Self::InvalidResponse
                    }
                    _ => Self::from_io(found),
                };
            }
            source = cause.source();
        }
        Self::Reset
    }

    /// The error as JS sees it.
    pub(crate) fn to_op(&self, url: &str) -> OpError {
        let message = self.to_string();
        let fetching = |code: &str| {
            OpError::type_error(format!("{code} fetching \"{url}\". {HINT}")).code(code.to_owned())
        };
        let coded =
            |code: &'static str| OpError::type_error(format!("{code}: {message}")).code(code);
        let error = match self {
            Self::Refused => coded("ECONNREFUSED"),
            Self::Reset => coded("ECONNRESET"),
            Self::TimedOut => coded("ETIMEDOUT"),
            // JS makes a TimeoutError of it.
            Self::Idle => return OpError::error(message).code("ERR_FETCH_IDLE"),
            Self::NotFound(host) => OpError::type_error(message)
                .code("ENOTFOUND")
                .property("syscall", "getaddrinfo")
                .property("hostname", host),
            Self::System(code, _) if code == "ENOENT" => {
                OpError::type_error("ENOENT: Was there a typo in the url or port?").code("ENOENT")
            }
            Self::System(code, _) => OpError::type_error(message).code(code.clone()),
            Self::Tls(tls) => return tls_error(tls, url),
            Self::TlsOptions(tls) => OpError::type_error(message).code(tls.code()),
            Self::Tunnel {
                status,
                reason,
                fields,
            } => {
                return OpError::error(message)
                    .code("ERR_PROXY_TUNNEL")
                    .number_property("status", f64::from(*status))
                    .property("statusText", reason)
                    .property("headers", fields);
            }
            Self::InvalidResponse | Self::HeadTooLarge | Self::NoHttp2 => fetching(&message),
            Self::Coding(code) => fetching(code),
            Self::InvalidRequest(_) => {
                return OpError::type_error(message).code("ERR_INVALID_ARG_VALUE");
            }
            Self::BodyFailed => coded("ERR_BODY_FAILED"),
            Self::Cancelled => return OpError::error(message).code("ABORT_ERR"),
        };
        error.property("path", url).number_property("errno", 0.0)
    }
}

fn tls_error(error: &TlsError, url: &str) -> OpError {
    let code = error.code();
    let described = match code {
        // Words by which programs know these two.
        "DEPTH_ZERO_SELF_SIGNED_CERT" => OpError::type_error("self signed certificate").code(code),
        "UNABLE_TO_VERIFY_LEAF_SIGNATURE" => {
            OpError::type_error("unable to verify the first certificate").code(code)
        }
        "ERR_SSL_WRONG_VERSION_NUMBER" => OpError::type_error(
            "EPROTO: The TLS handshake failed. Does the server speak TLS on this port?",
        )
        .code("EPROTO"),
        "ERR_TLS_CERT_ALTNAME_INVALID" => OpError::type_error(format!(
            "{code} fetching \"{url}\". The certificate is not for this host."
        ))
        .code(code),
        _ => OpError::type_error(error.to_string()).code(code),
    };
    described
        .property("path", url)
        .number_property("errno", 0.0)
}

//! One exchange over a pooled connection, as futures without a JS value. Errors carry the codes that
//! programs look for.

use crust_core::OpError;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client, Error};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use std::error::Error as _;
use std::io;
use std::sync::OnceLock;
use std::time::Duration;
use tokio::sync::{Mutex, watch};

/// Idle connections are kept this long: below the 5 s after which common servers close theirs.
const IDLE: Duration = Duration::from_secs(4);

/// What to send.
pub(super) struct Request {
    pub(super) method: String,
    pub(super) url: String,
    /// Names and values, each followed by NUL.
    pub(super) headers: String,
    pub(super) body: Vec<u8>,
}

/// What came back, without the body.
pub(super) struct Head {
    pub(super) status: u16,
    pub(super) reason: String,
    /// Names and values in turn.
    pub(super) headers: Vec<String>,
}

/// The body of a response, once there is one.
#[derive(Default)]
pub(super) struct Bodies {
    incoming: Mutex<Option<Incoming>>,
}

type Pool = Client<HttpConnector, Full<Bytes>>;

fn pool() -> &'static Pool {
    static POOL: OnceLock<Pool> = OnceLock::new();
    POOL.get_or_init(|| {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .build(connector)
    })
}

/// Ends early with an error when the exchange is cancelled.
pub(super) async fn unless_cancelled<T>(
    mut cancelled: watch::Receiver<bool>,
    work: impl Future<Output = Result<T, OpError>>,
) -> Result<T, OpError> {
    tokio::select! {
        outcome = work => outcome,
        _ = cancelled.wait_for(|cancelled| *cancelled) => Err(OpError::error("the request was cancelled").code("ABORT_ERR")),
    }
}

/// Sends a request and waits for the head of its response.
pub(super) async fn send(request: Request, bodies: &Bodies) -> Result<Head, OpError> {
    let url = request.url.clone();
    let response = pool()
        .request(to_hyper(request)?)
        .await
        .map_err(|error| describe(&error, &url))?;
    let (parts, incoming) = response.into_parts();
    let reason = parts
        .extensions
        .get::<hyper::ext::ReasonPhrase>()
        .map_or_else(
            || {
                parts
                    .status
                    .canonical_reason()
                    .unwrap_or_default()
                    .to_owned()
            },
            |reason| String::from_utf8_lossy(reason.as_bytes()).into_owned(),
        );
    let headers = parts
        .headers
        .iter()
        .flat_map(|(name, value)| [name.as_str().to_owned(), latin1(value.as_bytes())]);
    let head = Head {
        status: parts.status.as_u16(),
        reason,
        headers: headers.collect(),
    };
    *bodies.incoming.lock().await = Some(incoming);
    Ok(head)
}

fn to_hyper(request: Request) -> Result<hyper::Request<Full<Bytes>>, OpError> {
    let mut builder = hyper::Request::builder()
        .method(request.method.as_str())
        .uri(&request.url);
    let mut texts = request.headers.split_terminator('\0');
    while let (Some(name), Some(value)) = (texts.next(), texts.next()) {
        let bytes: Vec<u8> = value
            .chars()
            .map(|character| u8::try_from(character).unwrap_or(b'?'))
            .collect();
        builder = builder.header(name, bytes);
    }
    builder
        .body(Full::new(Bytes::from(request.body)))
        .map_err(|error| {
            OpError::type_error(format!("fetch() cannot send this request: {error}"))
                .code("ERR_INVALID_ARG_VALUE")
        })
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

impl Bodies {
    /// The next bytes; `None` at the end.
    pub(super) async fn next(&self) -> Result<Option<Vec<u8>>, OpError> {
        let mut incoming = self.incoming.lock().await;
        let Some(body) = incoming.as_mut() else {
            return Ok(None);
        };
        while let Some(frame) = body.frame().await {
            // Frames that are no data are trailers, which JS never sees.
            if let Ok(data) = frame.map_err(|error| broken(&error))?.into_data()
                && !data.is_empty()
            {
                return Ok(Some(data.into()));
            }
        }
        *incoming = None;
        Ok(None)
    }

    /// All that is left.
    pub(super) async fn all(&self) -> Result<Vec<u8>, OpError> {
        let Some(body) = self.incoming.lock().await.take() else {
            return Ok(Vec::new());
        };
        let collected = body.collect().await.map_err(|error| broken(&error))?;
        Ok(collected.to_bytes().into())
    }
}

fn broken(error: &hyper::Error) -> OpError {
    OpError::type_error(format!(
        "the connection broke while the response was read: {error}"
    ))
    .code("ECONNRESET")
}

/// The error of a failed exchange, worded and coded as Bun's programs know it.
fn describe(error: &Error, url: &str) -> OpError {
    let host = url.split('/').nth(2).unwrap_or_default();
    let described = match io_error(error) {
        Some(cause) if cause.kind() == io::ErrorKind::ConnectionRefused => coded(
            "ECONNREFUSED",
            "Unable to connect. Is the computer able to access the url?",
        ),
        Some(cause) if cause.kind() == io::ErrorKind::ConnectionReset => coded(
            "ECONNRESET",
            "The socket connection was closed unexpectedly.",
        ),
        Some(cause) if cause.kind() == io::ErrorKind::TimedOut => {
            coded("ETIMEDOUT", "The connection timed out.")
        }
        Some(cause) if error.is_connect() && cause.raw_os_error().is_none() => {
            let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
            OpError::type_error(format!("getaddrinfo ENOTFOUND {name}"))
                .code("ENOTFOUND")
                .property("syscall", "getaddrinfo")
                .property("hostname", name)
        }
        Some(cause) => coded("ECONNFAILED", &cause.to_string()),
        None => coded(
            "ECONNRESET",
            "The socket connection was closed unexpectedly.",
        ),
    };
    described
        .property("path", url)
        .number_property("errno", 0.0)
}

fn coded(code: &'static str, message: &str) -> OpError {
    OpError::type_error(format!("{code}: {message}")).code(code)
}

fn io_error(error: &Error) -> Option<&io::Error> {
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(found) = cause.downcast_ref::<io::Error>() {
            return Some(found);
        }
        source = cause.source();
    }
    None
}

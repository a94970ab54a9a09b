//! One exchange: a request sent over a pooled connection, again where that is safe, and the head of
//! its response. Redirects are JS.

use crate::decode::Decoder;
use crate::error::FetchError;
use crate::options::{fields, latin1_bytes, latin1_text};
use crate::outgoing::{Outgoing, Writer};
use crate::pool::{self, Lease};
use crate::response::{Incoming, reason};
use crate::route::Route;
use hyper::client::conn::TrySendError;
use hyper::header::{CONTENT_ENCODING, HOST, HeaderMap, HeaderName, HeaderValue};
use hyper::http::uri::{Authority, PathAndQuery};
use hyper::{Method, Request, Response, StatusCode, Uri};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, watch};

/// How long we wait for the head of a response and for each piece of its body, as the peers do.
const IDLE: Duration = Duration::from_mins(5);
/// A body that has arrived together with its head is handed over with it, up to this size.
const TOGETHER: usize = 64 * 1024;
/// Fields that say how one connection of HTTP/1.1 is used, and have no place in HTTP/2.
const CONNECTION_FIELDS: [&str; 6] = [
    "connection",
    "host",
    "keep-alive",
    "proxy-connection",
    "transfer-encoding",
    "upgrade",
];

/// What to send and how.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Outgoing,
    pub(crate) route: Arc<Route>,
    /// The connection may have served others and may serve others again.
    pub(crate) may_keep: bool,
    /// Undo the content codings.
    pub(crate) decode: bool,
}

/// What came back, with the part of the body that came along.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) status: u16,
    pub(crate) reason: String,
    /// Names and values, each followed by NUL.
    pub(crate) fields: String,
    pub(crate) bytes: Vec<u8>,
    /// `bytes` is the whole body.
    pub(crate) is_done: bool,
}

/// An exchange JS has not finished with.
#[derive(Debug)]
pub(crate) struct Exchange {
    cancel: watch::Sender<bool>,
    incoming: Mutex<Option<Incoming>>,
    /// Where JS writes the body, if it does piece by piece.
    pub(crate) writer: std::sync::Mutex<Option<Writer>>,
    pub(crate) url: String,
    /// Give up when nothing comes for [`IDLE`].
    may_time_out: bool,
}

impl Exchange {
    pub(crate) fn new(url: String, writer: Option<Writer>, may_time_out: bool) -> Self {
        Self {
            cancel: watch::channel(false).0,
            incoming: Mutex::new(None),
            writer: std::sync::Mutex::new(writer),
            url,
            may_time_out,
        }
    }

    /// Ends the exchange at any stage.
    pub(crate) fn cancel(&self) {
        self.cancel.send_replace(true);
    }

    /// Does `work`, until the exchange is cancelled or nothing has come for too long.
    pub(crate) async fn guard<T>(
        &self,
        work: impl Future<Output = Result<T, FetchError>>,
    ) -> Result<T, FetchError> {
        let mut cancelled = self.cancel.subscribe();
        let idle = async {
            if self.may_time_out {
                tokio::time::sleep(IDLE).await;
            } else {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            outcome = work => outcome,
            _ = cancelled.wait_for(|cancelled| *cancelled) => Err(FetchError::Cancelled),
            () = idle => Err(FetchError::Idle),
        }
    }

    /// Sends the request and waits for the head of its response.
    pub(crate) async fn perform(&self, plan: Plan) -> Result<Head, FetchError> {
        let is_head = plan.method == Method::HEAD;
        let (decode, may_keep) = (plan.decode, plan.may_keep);
        let permit = pool::permit().await?;
        let (response, lease) = send(plan).await?;
        drop(permit);
        let mut head = Head {
            status: response.status().as_u16(),
            reason: reason(&response),
            fields: field_text(response.headers()),
            bytes: Vec::new(),
            is_done: false,
        };
        let has_body = !is_head && !is_null_body(response.status());
        let decoder = if decode && has_body {
            decoder(response.headers())?
        } else {
            None
        };
        let mut incoming = Incoming::new(response.into_body(), decoder, lease, may_keep);
        head.bytes = incoming.arrived(TOGETHER);
        head.is_done = incoming.is_done() || !has_body;
        if !incoming.is_done() {
            *self.incoming.lock().await = Some(incoming);
        }
        Ok(head)
    }

    /// The next bytes of the body; `None` at its end.
    pub(crate) async fn read(&self) -> Result<Option<Vec<u8>>, FetchError> {
        let mut slot = self.incoming.lock().await;
        let Some(incoming) = slot.as_mut() else {
            return Ok(None);
        };
        let outcome = self.guard(incoming.next()).await;
        if !matches!(outcome, Ok(Some(_))) {
            *slot = None;
        }
        outcome
    }

    /// All that is left of the body.
    pub(crate) async fn read_all(&self) -> Result<Vec<u8>, FetchError> {
        let Some(mut incoming) = self.incoming.lock().await.take() else {
            return Ok(Vec::new());
        };
        let mut all = Vec::new();
        while let Some(piece) = self.guard(incoming.next()).await? {
            if all.is_empty() {
                all = piece;
            } else {
                all.extend_from_slice(&piece);
            }
        }
        Ok(all)
    }
}

/// How an attempt failed.
enum Failure {
    /// Nothing was sent: here is the body again.
    NotSent(Outgoing, FetchError),
    /// The connection ended before a byte of the response came.
    Unanswered(FetchError),
    Other(FetchError),
}

/// Sends a request. A connection that served before may be closed by its server at the moment it is
/// used: then the request is sent once more over a new one, if nothing of the response came and the
/// body can be sent again.
async fn send(mut plan: Plan) -> Result<(Response<hyper::body::Incoming>, Lease), FetchError> {
    let mut body = std::mem::replace(&mut plan.body, Outgoing::Whole(bytes::Bytes::new()));
    let mut may_reuse = plan.may_keep;
    loop {
        let mut lease = pool::acquire(&plan.route, may_reuse).await?;
        let is_reused = lease.is_reused();
        let spare = if is_reused { body.replay() } else { None };
        let request = request(&plan, body, &lease)?;
        match attempt(&mut lease, request, plan.method.is_idempotent()).await {
            Ok(response) => return Ok((response, lease)),
            Err(Failure::NotSent(again, _)) if is_reused => body = again,
            Err(Failure::Unanswered(error)) if is_reused => match spare {
                Some(spare) => body = spare,
                None => return Err(error),
            },
            Err(
                Failure::NotSent(_, error) | Failure::Unanswered(error) | Failure::Other(error),
            ) => return Err(error),
        }
        may_reuse = false;
    }
}

async fn attempt(
    lease: &mut Lease,
    request: Request<Outgoing>,
    is_idempotent: bool,
) -> Result<Response<hyper::body::Incoming>, Failure> {
    let (result, is_unanswered) = match lease {
        Lease::Http1 {
            sender, received, ..
        } => {
            let before = received.count();
            let result = sender.try_send_request(request).await;
            (result, received.count() == before)
        }
        // Other exchanges share the connection, so nobody knows what of ours was answered.
        Lease::Http2 { sender, .. } => (sender.try_send_request(request).await, is_idempotent),
    };
    result.map_err(|error| failure(error, is_unanswered))
}

fn failure(mut error: TrySendError<Request<Outgoing>>, is_unanswered: bool) -> Failure {
    let message = error.take_message();
    let error = error.into_error();
    let described = FetchError::from_hyper(&error);
    match message {
        Some(request) => Failure::NotSent(request.into_body(), described),
        None if is_unanswered && !error.is_user() && !error.is_parse() => {
            Failure::Unanswered(described)
        }
        None => Failure::Other(described),
    }
}

fn request(plan: &Plan, body: Outgoing, lease: &Lease) -> Result<Request<Outgoing>, FetchError> {
    let invalid = |error: hyper::http::Error| FetchError::InvalidRequest(error.to_string());
    let mut headers = plan.headers.clone();
    let uri = if let Lease::Http2 { .. } = lease {
        let uri = with_authority(&plan.uri, headers.get(HOST));
        for name in CONNECTION_FIELDS {
            headers.remove(name);
        }
        uri
    } else if plan.route.is_absolute_form() {
        if let Some(proxy) = &plan.route.proxy {
            headers.insert("proxy-connection", HeaderValue::from_static("keep-alive"));
            add_fields(&mut headers, &proxy.fields)?;
        }
        plan.uri.clone()
    } else {
        let path = plan.uri.path_and_query().cloned();
        Uri::from(path.unwrap_or_else(|| PathAndQuery::from_static("/")))
    };
    let mut request = Request::builder()
        .method(plan.method.clone())
        .uri(uri)
        .body(body)
        .map_err(invalid)?;
    *request.headers_mut() = headers;
    Ok(request)
}

/// HTTP/2 has the host in `:authority` alone.
fn with_authority(uri: &Uri, host: Option<&HeaderValue>) -> Uri {
    let authority = host.and_then(|host| Authority::try_from(host.as_bytes()).ok());
    let Some(authority) = authority else {
        return uri.clone();
    };
    let mut parts = uri.clone().into_parts();
    parts.authority = Some(authority);
    Uri::from_parts(parts).unwrap_or_else(|_| uri.clone())
}

/// Adds fields given as text: names and values, each followed by NUL.
pub(crate) fn add_fields(headers: &mut HeaderMap, text: &str) -> Result<(), FetchError> {
    for (name, value) in fields(text) {
        let invalid = || FetchError::InvalidRequest(format!("the header \"{name}\" is invalid"));
        let field = HeaderName::from_bytes(name.as_bytes()).map_err(|_| invalid())?;
        let value = HeaderValue::from_bytes(&latin1_bytes(value)).map_err(|_| invalid())?;
        headers.try_append(field, value).map_err(|_| invalid())?;
    }
    Ok(())
}

fn field_text(headers: &HeaderMap) -> String {
    let mut text = String::new();
    for (name, value) in headers {
        text.push_str(name.as_str());
        text.push('\0');
        match value.to_str() {
            Ok(value) => text.push_str(value),
            Err(_) => text.push_str(&latin1_text(value.as_bytes())),
        }
        text.push('\0');
    }
    text
}

fn decoder(headers: &HeaderMap) -> Result<Option<Decoder>, FetchError> {
    let mut names = String::new();
    for value in headers.get_all(CONTENT_ENCODING) {
        names.push_str(value.to_str().unwrap_or("unknown"));
        names.push(',');
    }
    Decoder::new(&names)
}

/// Statuses whose responses have no body in the Fetch standard.
fn is_null_body(status: StatusCode) -> bool {
    matches!(status.as_u16(), 101 | 204 | 205 | 304)
}

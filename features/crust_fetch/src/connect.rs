//! Making a connection for a route: name, socket, proxy, TLS, then HTTP. Never pools.

mod dns;
mod metered;
mod tcp;
mod tls;
mod tunnel;

use crate::error::FetchError;
use crate::outgoing::Outgoing;
use crate::route::{Protocol, Route};
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use metered::Metered;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::io::{AsyncRead, AsyncWrite};

/// Fields of one response: more than servers send, and a bound for what they can make us hold.
const MOST_FIELDS: usize = 512;
/// Window of one stream and of one connection of HTTP/2: what a reader that stops can make us hold.
const STREAM_WINDOW: u32 = 1024 * 1024;
const CONNECTION_WINDOW: u32 = 4 * 1024 * 1024;

/// Anything that bytes go through.
pub(crate) trait ByteStream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> ByteStream for T {}

/// A stream behind one interface: TCP, a socket in the file system, or TLS over either.
pub(crate) type BoxedStream = Box<dyn ByteStream>;

/// Counts the bytes that came over one connection.
#[derive(Debug, Clone, Default)]
pub(crate) struct Received(Arc<AtomicU64>);

impl Received {
    /// How many bytes came so far.
    pub(crate) fn count(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }

    fn add(&self, count: usize) {
        self.0.fetch_add(count as u64, Ordering::AcqRel);
    }
}

/// A connection that is ready for requests.
#[derive(Debug)]
pub(crate) enum Connection {
    /// One request at a time.
    Http1 {
        sender: http1::SendRequest<Outgoing>,
        received: Received,
    },
    /// Many at once.
    Http2 {
        sender: http2::SendRequest<Outgoing>,
    },
}

/// Connects.
pub(crate) async fn connect(route: &Route) -> Result<Connection, FetchError> {
    let (stream, is_http2) = open_stream(route).await?;
    if route.protocol == Protocol::Http2 && !is_http2 {
        return Err(FetchError::NoHttp2);
    }
    let received = Received::default();
    let io = TokioIo::new(Metered::new(stream, received.clone()));
    if is_http2 {
        let (sender, connection) = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .handshake(io)
            .await
            .map_err(|error| FetchError::from_hyper(&error))?;
        // Its errors reach the exchanges on it.
        tokio::spawn(async move { drop(connection.await) });
        return Ok(Connection::Http2 { sender });
    }
    let (sender, connection) = http1::Builder::new()
        .max_headers(MOST_FIELDS)
        .handshake(io)
        .await
        .map_err(|error| FetchError::from_hyper(&error))?;
    tokio::spawn(async move { drop(connection.await) });
    Ok(Connection::Http1 { sender, received })
}

/// The stream that HTTP is spoken on, and whether the server chose HTTP/2.
async fn open_stream(route: &Route) -> Result<(BoxedStream, bool), FetchError> {
    if let Some(path) = &route.unix {
        let stream = tokio::net::UnixStream::connect(path)
            .await
            .map_err(|error| FetchError::from_io(&error))?;
        return secure(route, Box::new(stream)).await;
    }
    let Some(proxy) = &route.proxy else {
        let stream = tcp::connect(&route.host, route.port).await?;
        return secure(route, Box::new(stream)).await;
    };
    let mut stream: BoxedStream = Box::new(tcp::connect(&proxy.host, proxy.port).await?);
    if proxy.secure {
        stream = tls::connect_to_proxy(&proxy.host, &route.tls, stream).await?;
    }
    if route.secure {
        stream = tunnel::open(stream, &route.host, route.port, &proxy.fields).await?;
    }
    secure(route, stream).await
}

async fn secure(route: &Route, stream: BoxedStream) -> Result<(BoxedStream, bool), FetchError> {
    if route.secure {
        tls::connect(route, stream).await
    } else {
        Ok((stream, false))
    }
}

//! Connections for the HTTP client: TCP, with TLS for `https`, through a proxy where one is set.
//! Never sends a request of its own besides `CONNECT`.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use crust_tls::{ClientConfig, TlsConnector, TlsStream};
use http::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// How long a server may take to accept a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);
/// The largest answer of a proxy to `CONNECT`.
const PROXY_ANSWER_LIMIT: usize = 8 * 1024;

/// Makes connections.
#[derive(Clone)]
pub(super) struct Connector {
    pub(super) tls: ClientConfig,
    pub(super) proxies: Arc<Proxies>,
}

/// Who stands between us and the server.
#[derive(Debug, Default)]
pub(super) struct Proxies {
    pub(super) http: Option<Uri>,
    pub(super) https: Option<Uri>,
    /// Names, names with a leading dot, or `*`.
    pub(super) except: Vec<String>,
}

impl Proxies {
    fn choose(&self, target: &Uri) -> Option<&Uri> {
        let host = target.host()?;
        let excepted = self.except.iter().any(|pattern| {
            let name = pattern.trim_start_matches('.');
            pattern == "*"
                || host == name
                || host
                    .strip_suffix(name)
                    .is_some_and(|front| front.ends_with('.'))
        });
        if excepted {
            return None;
        }
        match target.scheme_str() {
            Some("https") => self.https.as_ref(),
            _ => self.http.as_ref(),
        }
    }
}

/// A connection, encrypted or not.
pub(super) enum Stream {
    Plain(TokioIo<TcpStream>),
    Tls(Box<TokioIo<TlsStream<TcpStream>>>),
}

impl tower_service::Service<Uri> for Connector {
    type Response = Stream;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Stream>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        let connector = self.clone();
        Box::pin(async move {
            match tokio::time::timeout(CONNECT_TIMEOUT, connector.connect(&target)).await {
                Ok(result) => result,
                Err(_) => Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    "the server did not answer in time",
                )),
            }
        })
    }
}

impl Connector {
    async fn connect(&self, target: &Uri) -> io::Result<Stream> {
        let secure = target.scheme_str() == Some("https");
        let host = target
            .host()
            .ok_or_else(|| io::Error::other("the URL has no host"))?;
        let port = target.port_u16().unwrap_or(if secure { 443 } else { 80 });
        let stream = match self.proxies.choose(target) {
            Some(proxy) => through(proxy, host, port).await?,
            None => tcp(host, port).await?,
        };
        if !secure {
            return Ok(Stream::Plain(TokioIo::new(stream)));
        }
        let name = crust_tls::server_name(host).map_err(io::Error::other)?;
        let stream = TlsConnector::from(Arc::clone(&self.tls))
            .connect(name, stream)
            .await?;
        Ok(Stream::Tls(Box::new(TokioIo::new(stream))))
    }
}

async fn tcp(host: &str, port: u16) -> io::Result<TcpStream> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let stream = TcpStream::connect((bare, port)).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// A tunnel through an HTTP proxy.
async fn through(proxy: &Uri, host: &str, port: u16) -> io::Result<TcpStream> {
    let proxy_host = proxy
        .host()
        .ok_or_else(|| io::Error::other("the proxy's URL has no host"))?;
    if proxy.scheme_str() != Some("http") {
        return Err(io::Error::other("only http:// proxies are supported"));
    }
    let mut stream = tcp(proxy_host, proxy.port_u16().unwrap_or(80)).await?;
    let mut request = format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n");
    if let Some((user, _)) = proxy
        .authority()
        .and_then(|text| text.as_str().rsplit_once('@'))
    {
        let decoded = percent_encoding::percent_decode_str(user).decode_utf8_lossy();
        let encoded = base64_simd::STANDARD.encode_to_string(decoded.as_bytes());
        request.push_str("Proxy-Authorization: Basic ");
        request.push_str(&encoded);
        request.push_str("\r\n");
    }
    request.push_str("\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        if answer.len() >= PROXY_ANSWER_LIMIT {
            return Err(io::Error::other("the proxy's answer is too long"));
        }
        // Byte by byte: what follows the empty line belongs to the server.
        answer.push(stream.read_u8().await?);
    }
    let line = String::from_utf8_lossy(&answer);
    let line = line.lines().next().unwrap_or_default();
    if line.split_whitespace().nth(1) == Some("200") {
        return Ok(stream);
    }
    Err(io::Error::other(format!("the proxy answered \"{line}\"")))
}

impl Connection for Stream {
    fn connected(&self) -> Connected {
        match self {
            Self::Tls(stream) if stream.inner().get_ref().1.alpn_protocol() == Some(b"h2") => {
                Connected::new().negotiated_h2()
            }
            _ => Connected::new(),
        }
    }
}

impl Read for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Self::Tls(stream) => Pin::new(&mut **stream).poll_read(context, buffer),
        }
    }
}

impl Write for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Tls(stream) => Pin::new(&mut **stream).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(context),
            Self::Tls(stream) => Pin::new(&mut **stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Tls(stream) => Pin::new(&mut **stream).poll_shutdown(context),
        }
    }
}

//! One GET over HTTP/1.1, with TLS for `https`: follows redirects, has a limit for everything, and hands
//! over the body piece by piece. Keeps no connection.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use crust_tls::{ClientOptions, TlsConnector, client_config, server_name};
use http::header::{HOST, LOCATION, USER_AGENT};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use url::Url;

use crate::error::UpgradeError;

/// How long a server may take to accept, and then to answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long it may say nothing within a body.
const SILENCE: Duration = Duration::from_mins(1);
/// Redirects of one download.
const REDIRECTS: usize = 5;

/// Fetches `url` and gives each piece of the body to `receive`, until that refuses.
pub(crate) async fn get(
    url: &Url,
    mut receive: impl FnMut(&[u8]) -> Result<(), UpgradeError>,
) -> Result<(), UpgradeError> {
    let mut url = url.clone();
    for _ in 0..=REDIRECTS {
        let failed = |reason: String| UpgradeError::Fetch {
            url: url.to_string(),
            reason,
        };
        let mut response = ask(&url).await.map_err(failed)?;
        if response.status().is_redirection() {
            let next = target(&url, &response)
                .ok_or_else(|| failed("its redirect leads nowhere".to_owned()))?;
            url = next;
            continue;
        }
        if response.status() != StatusCode::OK {
            return Err(failed(format!("the server answered {}", response.status())));
        }
        loop {
            let frame = timeout(SILENCE, response.body_mut().frame()).await;
            let frame = frame.map_err(|_| failed("the server fell silent".to_owned()))?;
            match frame {
                None => return Ok(()),
                Some(frame) => {
                    let frame = frame.map_err(|error| failed(words(&error)))?;
                    if let Some(data) = frame.data_ref() {
                        receive(data)?;
                    }
                }
            }
        }
    }
    Err(UpgradeError::Fetch {
        url: url.to_string(),
        reason: "there are too many redirects".to_owned(),
    })
}

/// Where a redirect leads. What came by TLS goes on by TLS.
fn target(url: &Url, response: &Response<Incoming>) -> Option<Url> {
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    let next = url.join(location).ok()?;
    let kept = next.scheme() == "https" || (next.scheme() == "http" && url.scheme() == "http");
    kept.then_some(next)
}

async fn ask(url: &Url) -> Result<Response<Incoming>, String> {
    let host = url.host_str().ok_or("it has no host")?;
    let port = url.port_or_known_default().ok_or("it has no port")?;
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let connected = timeout(PATIENCE, TcpStream::connect((bare, port))).await;
    let stream = connected
        .map_err(|_| "the server does not accept the connection".to_owned())?
        .map_err(|error| words(&error))?;
    if url.scheme() != "https" {
        return send(url, TokioIo::new(stream)).await;
    }
    let config = client_config(ClientOptions::default()).map_err(|error| error.to_string())?;
    let name = server_name(bare).map_err(|error| error.to_string())?;
    let connector = TlsConnector::from(Arc::clone(&config));
    let secured = timeout(PATIENCE, connector.connect(name, stream)).await;
    let stream = secured
        .map_err(|_| "the server does not finish the TLS handshake".to_owned())?
        .map_err(|error| words(&error))?;
    send(url, TokioIo::new(stream)).await
}

async fn send<S>(url: &Url, stream: TokioIo<S>) -> Result<Response<Incoming>, String>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (mut sender, connection) = http1::handshake(stream)
        .await
        .map_err(|error| words(&error))?;
    // It ends with the body; what goes wrong there is told there.
    tokio::spawn(connection);
    let authority = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let request = Request::get(path)
        .header(HOST, authority)
        .header(USER_AGENT, concat!("crust/", env!("CARGO_PKG_VERSION")))
        .body(Empty::<Bytes>::new())
        .map_err(|error| error.to_string())?;
    let answered = timeout(PATIENCE, sender.send_request(request)).await;
    answered
        .map_err(|_| "the server does not answer".to_owned())?
        .map_err(|error| words(&error))
}

/// An error with what caused it, in one line.
fn words(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text = format!("{text}: {inner_text}");
        }
        cause = inner.source();
    }
    text
}

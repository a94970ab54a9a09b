//! Servers that follow a script, and requests to them.

use crate::error::FetchError;
use crate::exchange::{Exchange, Head, Plan, add_fields};
use crate::options::Options;
use crate::outgoing::{Outgoing, Writer};
use crate::route::Route;
use bytes::Bytes;
use crust_tls::{Authorities, Identity, ServerConfig, ServerOptions, server_config};
use hyper::{HeaderMap, Method};
use std::future::Future;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub(super) const CERT: &[u8] = include_bytes!("../../../../net/crust_tls/tests/localhost.crt");
pub(super) const KEY: &[u8] = include_bytes!("../../../../net/crust_tls/tests/localhost.key");
pub(super) const OTHER: &[u8] = include_bytes!("../../../../net/crust_tls/tests/other.crt");

/// Listens, and serves each connection by `serve`, which gets its number.
pub(super) async fn listen<F>(serve: impl Fn(usize, TcpStream) -> F + Send + 'static) -> u16
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let mut number = 0;
        while let Ok((stream, _)) = listener.accept().await {
            number += 1;
            tokio::spawn(serve(number, stream));
        }
    });
    port
}

/// Reads one request with its body (by content-length); `None` when the client is gone.
pub(super) async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut text = Vec::new();
    loop {
        let mut buffer = [0; 4096];
        let whole = String::from_utf8_lossy(&text).into_owned();
        if let Some((head, body)) = whole.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .map_or(0, |length| length.parse().unwrap());
            if body.len() >= length {
                return Some(whole);
            }
        }
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return None,
            Ok(count) => text.extend_from_slice(&buffer[..count]),
        }
    }
}

/// Writes a response with a body.
pub(super) async fn answer(stream: &mut (impl AsyncWrite + Unpin), body: &str) {
    let length = body.len();
    let text = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}");
    stream.write_all(text.as_bytes()).await.unwrap();
}

/// A server's TLS with the test's identity.
pub(super) fn tls(protocols: &[&str], asks_client: bool) -> ServerConfig {
    let authorities = asks_client.then(|| Authorities::only([CERT]).unwrap());
    server_config(ServerOptions {
        identities: vec![(None, Identity::new(CERT, KEY, None).unwrap())],
        client_authorities: authorities,
        client_certificate_required: asks_client,
        protocols: protocols
            .iter()
            .map(|name| name.as_bytes().to_vec())
            .collect(),
    })
    .unwrap()
}

/// Options that trust the test's certificate.
pub(super) fn trusting(more: &str) -> String {
    let ca = serde_json::to_string(std::str::from_utf8(CERT).unwrap()).unwrap();
    format!("{{\"tls\":{{\"ca\":[{ca}]}}{more}}}")
}

pub(super) fn plan(method: &str, url: &str, options: &str, body: Outgoing) -> Plan {
    let uri = url.parse().unwrap();
    let mut headers = HeaderMap::new();
    add_fields(&mut headers, "host\0example.test\0x-a\0b\0").unwrap();
    let route = Route::new(&uri, &Options::parse(options).unwrap()).unwrap();
    Plan {
        method: Method::from_bytes(method.as_bytes()).unwrap(),
        uri,
        headers,
        body,
        route: Arc::new(route),
        may_keep: true,
        decode: true,
    }
}

pub(super) fn whole(text: &str) -> Outgoing {
    Outgoing::Whole(Bytes::copy_from_slice(text.as_bytes()))
}

pub(super) fn exchange(writer: Option<Writer>) -> Arc<Exchange> {
    Arc::new(Exchange::new(String::new(), writer, true))
}

/// Performs a plan and reads all of the body.
pub(super) async fn run(plan: Plan) -> Result<(Head, String), FetchError> {
    let exchange = exchange(None);
    let head = exchange.guard(exchange.perform(plan)).await?;
    let mut body = head.bytes.clone();
    body.extend(exchange.read_all().await?);
    Ok((head, String::from_utf8_lossy(&body).into_owned()))
}

/// Fetches and gives the body.
pub(super) async fn get(url: &str, options: &str) -> Result<String, FetchError> {
    Ok(run(plan("GET", url, options, whole(""))).await?.1)
}

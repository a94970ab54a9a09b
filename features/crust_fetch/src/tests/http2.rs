//! HTTP/2: chosen by the server in the handshake, shared by requests that start together.

use super::support::{get, listen, plan, run, tls, trusting, whole};
use crate::error::FetchError;
use bytes::Bytes;
use crust_tls::TlsAcceptor;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::convert::Infallible;

async fn describe(number: usize, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let (head, body) = request.into_parts();
    let host = head.headers.get("host").is_some();
    let connection = head.headers.get("connection").is_some();
    let length = body.collect().await.unwrap().to_bytes().len();
    let text = format!(
        "{number} {:?} {} {} {length} {host} {connection}",
        head.version, head.method, head.uri
    );
    Response::new(Full::new(text.into()))
}

async fn serve(protocols: &'static [&'static str]) -> u16 {
    let acceptor = TlsAcceptor::from(tls(protocols, false));
    listen(move |number, stream| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(stream) = acceptor.accept(stream).await else {
                return;
            };
            let service = service_fn(move |request| async move {
                Ok::<_, Infallible>(describe(number, request).await)
            });
            let io = TokioIo::new(stream);
            // Clients come and go.
            let _ = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
                .serve_connection(io, service)
                .await;
        }
    })
    .await
}

#[tokio::test]
async fn requests_share_one_connection() {
    let port = serve(&["h2", "http/1.1"]).await;
    let mut requests = tokio::task::JoinSet::new();
    for number in 0..32 {
        requests.spawn(async move {
            let url = format!("https://localhost:{port}/{number}?q");
            get(&url, &trusting("")).await.unwrap()
        });
    }
    let bodies = requests.join_all().await;
    assert!(
        bodies
            .iter()
            .all(|body| body.starts_with("1 HTTP/2.0 GET https://example.test/"))
    );
    let url = format!("https://localhost:{port}/post");
    let mut plan = plan("POST", &url, &trusting(""), whole(&"x".repeat(300_000)));
    plan.headers
        .insert("connection", "keep-alive".parse().unwrap());
    let (head, body) = run(plan).await.unwrap();
    assert_eq!(
        body,
        "1 HTTP/2.0 POST https://example.test/post 300000 false false"
    );
    assert_eq!((head.status, head.reason.as_str()), (200, "OK"));
}

#[tokio::test]
async fn only_what_is_wanted() {
    let port = serve(&["h2", "http/1.1"]).await;
    let url = format!("https://localhost:{port}/");
    let body = get(&url, &trusting(",\"protocol\":\"h2\"")).await.unwrap();
    assert!(body.contains("HTTP/2.0"));
    let port = serve(&["http/1.1"]).await;
    let url = format!("https://localhost:{port}/");
    let result = get(&url, &trusting(",\"protocol\":\"h2\"")).await;
    assert!(matches!(result, Err(FetchError::NoHttp2)), "{result:?}");
}

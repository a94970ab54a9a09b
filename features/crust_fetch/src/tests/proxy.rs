//! Proxies: whole URLs for http, tunnels for https, and refusals.

use super::support::{CERT, answer, get, listen, read_request, tls};
use crate::error::FetchError;
use crust_tls::TlsAcceptor;
use serde_json::json;
use tokio::io::AsyncWriteExt;

fn options(port: u16, fields: &str) -> String {
    let proxy = json!({ "secure": false, "host": "127.0.0.1", "port": port, "fields": fields });
    let tls = json!({ "ca": [std::str::from_utf8(CERT).unwrap()] });
    json!({ "proxy": proxy, "tls": tls }).to_string()
}

#[tokio::test]
async fn http_goes_with_its_whole_url() {
    let port = listen(|_, mut stream| async move {
        while let Some(request) = read_request(&mut stream).await {
            answer(&mut stream, &request).await;
        }
    })
    .await;
    let fields = "proxy-authorization\0Basic eDp5\0";
    let body = get("http://example.test:81/a?b", &options(port, fields))
        .await
        .unwrap();
    assert!(
        body.starts_with("GET http://example.test:81/a?b HTTP/1.1\r\n"),
        "{body}"
    );
    assert!(
        body.contains("proxy-authorization: Basic eDp5\r\n"),
        "{body}"
    );
}

/// A proxy that answers CONNECT with `response`, and is then the server itself.
async fn tunnel(response: &'static str) -> u16 {
    let acceptor = TlsAcceptor::from(tls(&["http/1.1"], false));
    listen(move |_, mut stream| {
        let acceptor = acceptor.clone();
        async move {
            let connect = read_request(&mut stream).await.unwrap();
            stream.write_all(response.as_bytes()).await.unwrap();
            let Ok(mut stream) = acceptor.accept(stream).await else {
                return;
            };
            while let Some(request) = read_request(&mut stream).await {
                answer(&mut stream, &format!("{connect}---{request}")).await;
            }
        }
    })
    .await
}

#[tokio::test]
async fn https_goes_through_a_tunnel() {
    let port = tunnel("HTTP/1.1 200 Established\r\n\r\n").await;
    let fields = "proxy-authorization\0Basic eDp5\0";
    let url = "https://localhost:8443/a?b";
    let body = get(url, &options(port, fields)).await.unwrap();
    let (connect, request) = body.split_once("---").unwrap();
    assert!(
        connect.starts_with("CONNECT localhost:8443 HTTP/1.1\r\n"),
        "{connect}"
    );
    assert!(
        connect.contains("proxy-authorization: Basic eDp5\r\n"),
        "{connect}"
    );
    assert!(request.starts_with("GET /a?b HTTP/1.1\r\n"), "{request}");
    assert!(!request.contains("proxy-authorization"), "{request}");
}

#[tokio::test]
async fn a_refused_tunnel_says_why() {
    let port = tunnel(
        "HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n",
    )
    .await;
    match get("https://localhost:8443/", &options(port, "")).await {
        Err(FetchError::Tunnel {
            status,
            reason,
            fields,
        }) => {
            assert_eq!((status, reason.as_str()), (407, "Who are you"));
            assert!(
                fields.starts_with("proxy-authenticate\0Basic\0"),
                "{fields:?}"
            );
        }
        other => panic!("{other:?}"),
    }
    let result = get("http://localhost/", &options(1, "")).await;
    assert!(matches!(result, Err(FetchError::Refused)));
}

//! TLS: whom the client trusts, by which name, and who it is itself.

use super::support::{CERT, KEY, OTHER, answer, get, listen, read_request, tls, trusting};
use crate::error::FetchError;
use crust_tls::TlsAcceptor;
use serde_json::json;
use tokio::io::AsyncWriteExt;

async fn serve(asks_client: bool) -> u16 {
    let acceptor = TlsAcceptor::from(tls(&["http/1.1"], asks_client));
    listen(move |_, stream| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                return;
            };
            while read_request(&mut stream).await.is_some() {
                answer(&mut stream, "secure").await;
            }
            // The client may be gone.
            let _ = stream.shutdown().await;
        }
    })
    .await
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn code(result: Result<String, FetchError>) -> String {
    match result {
        Ok(body) => body,
        Err(FetchError::Tls(error) | FetchError::TlsOptions(error)) => error.code().to_owned(),
        Err(other) => other.to_string(),
    }
}

#[tokio::test]
async fn trust() {
    let port = serve(false).await;
    let url = format!("https://localhost:{port}/");
    let check = async |url: &str, options: serde_json::Value, expect: &str| {
        let options = json!({ "tls": options }).to_string();
        assert_eq!(code(get(url, &options).await), expect, "{options}");
    };
    assert_eq!(code(get(&url, "").await), "DEPTH_ZERO_SELF_SIGNED_CERT");
    check(&url, json!({ "ca": [text(CERT)] }), "secure").await;
    check(&url, json!({ "ca": [text(OTHER), text(CERT)] }), "secure").await;
    check(
        &url,
        json!({ "ca": [text(OTHER)] }),
        "DEPTH_ZERO_SELF_SIGNED_CERT",
    )
    .await;
    check(&url, json!({ "rejectUnauthorized": false }), "secure").await;
    // One that trusts everybody leaves nothing behind for those that do not.
    assert_eq!(code(get(&url, "").await), "DEPTH_ZERO_SELF_SIGNED_CERT");
    check(
        &url,
        json!({ "ca": ["nonsense"] }),
        "ERR_SSL_BAD_CERTIFICATE",
    )
    .await;
    let wrong_name = json!({ "ca": [text(CERT)], "serverName": "example.test" });
    check(&url, wrong_name, "ERR_TLS_CERT_ALTNAME_INVALID").await;
    let address = format!("https://127.0.0.1:{port}/");
    check(&address, json!({ "ca": [text(CERT)] }), "secure").await;
}

// The test's certificate is an authority's, which servers refuse as a client's: that it came at all
// shows in the way they refuse.
#[tokio::test]
async fn identity() {
    let port = serve(true).await;
    let url = format!("https://localhost:{port}/");
    let refusal = async |options: &str| get(&url, options).await.unwrap_err().to_string();
    let without = refusal(&trusting("")).await;
    assert!(without.contains("CertificateRequired"), "{without}");
    let tls = json!({ "ca": [text(CERT)], "cert": text(CERT), "key": text(KEY) });
    let with = refusal(&json!({ "tls": tls }).to_string()).await;
    assert!(with.contains("CertificateUnknown"), "{with}");
    let tls = json!({ "cert": text(CERT), "key": "nonsense" });
    let broken = get(&url, &json!({ "tls": tls }).to_string()).await;
    assert_eq!(code(broken), "ERR_SSL_INVALID_PRIVATE_KEY");
}

#[tokio::test]
async fn a_server_without_tls() {
    let port = listen(|_, mut stream| async move {
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .await
            .unwrap();
    })
    .await;
    let result = get(&format!("https://localhost:{port}/"), "").await;
    assert_eq!(code(result), "ERR_SSL_WRONG_VERSION_NUMBER");
}

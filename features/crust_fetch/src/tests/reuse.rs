//! Kept connections: used again, and replaced where the server has closed them.

use super::support::{answer, exchange, get, listen, plan, read_request, run, whole};
use crate::error::FetchError;
use crate::outgoing::Outgoing;
use tokio::io::AsyncWriteExt;

/// Answers the first request of each connection, then lets `second` see the second one.
async fn once(second: &'static str) -> u16 {
    listen(move |number, mut stream| async move {
        let _ = read_request(&mut stream).await;
        answer(&mut stream, &format!("connection {number}")).await;
        if read_request(&mut stream).await.is_some() {
            stream.write_all(second.as_bytes()).await.unwrap();
        }
    })
    .await
}

#[tokio::test]
async fn one_connection_serves_many() {
    let port = listen(|number, mut stream| async move {
        while read_request(&mut stream).await.is_some() {
            answer(&mut stream, &number.to_string()).await;
        }
    })
    .await;
    for _ in 0..20 {
        let body = get(&format!("http://127.0.0.1:{port}/"), "").await.unwrap();
        assert_eq!(body, "1");
    }
}

#[tokio::test]
async fn a_short_body_comes_with_its_head() {
    let port = listen(|_, mut stream| async move {
        while read_request(&mut stream).await.is_some() {
            answer(&mut stream, "short").await;
        }
    })
    .await;
    for _ in 0..3 {
        let url = format!("http://127.0.0.1:{port}/");
        let head = exchange(None)
            .perform(plan("GET", &url, "", whole("")))
            .await
            .unwrap();
        assert!(head.is_done);
        assert_eq!(head.bytes, b"short");
    }
}

#[tokio::test]
async fn a_closed_connection_is_replaced() {
    let port = once("").await;
    for (method, expect) in [("GET", "1"), ("POST", "2"), ("PUT", "3")] {
        let url = format!("http://127.0.0.1:{port}/{method}");
        let (_, body) = run(plan(method, &url, "", whole("body"))).await.unwrap();
        assert_eq!(body, format!("connection {expect}"));
    }
}

#[tokio::test]
async fn an_answered_request_is_not_repeated() {
    let port = once("HTTP/1.1 200").await;
    let url = format!("http://127.0.0.1:{port}/");
    assert_eq!(get(&url, "").await.unwrap(), "connection 1");
    assert!(matches!(get(&url, "").await, Err(FetchError::Reset)));
}

#[tokio::test]
async fn a_stream_is_not_repeated() {
    let port = once("").await;
    let url = format!("http://127.0.0.1:{port}/");
    assert_eq!(get(&url, "").await.unwrap(), "connection 1");
    let (writer, body) = Outgoing::pieces(Some(4));
    writer.write("body".into()).unwrap();
    writer.end();
    assert!(matches!(
        run(plan("POST", &url, "", body)).await,
        Err(FetchError::Reset)
    ));
}

#[tokio::test]
async fn a_new_connection_is_not_replaced() {
    let port = listen(|_, mut stream| async move {
        let _ = read_request(&mut stream).await;
    })
    .await;
    let result = get(&format!("http://127.0.0.1:{port}/"), "").await;
    assert!(matches!(result, Err(FetchError::Reset)));
}

#[tokio::test]
async fn a_connection_that_is_not_to_be_kept_is_not() {
    let port = listen(|number, mut stream| async move {
        while read_request(&mut stream).await.is_some() {
            answer(&mut stream, &number.to_string()).await;
        }
    })
    .await;
    let url = format!("http://127.0.0.1:{port}/");
    for expect in ["1", "2"] {
        let mut plan = plan("GET", &url, "", whole(""));
        plan.may_keep = false;
        assert_eq!(run(plan).await.unwrap().1, expect);
    }
}

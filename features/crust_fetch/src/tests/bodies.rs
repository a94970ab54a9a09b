//! Bodies in both directions: pieces, back-pressure, broken framing, and ends before the end.

use super::support::{answer, exchange, get, listen, plan, read_request, whole};
use crate::error::FetchError;
use crate::outgoing::{Outgoing, Room};
use bytes::Bytes;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::oneshot;

async fn scripted(response: &'static str) -> Result<String, FetchError> {
    let port = listen(move |_, mut stream| async move {
        let _ = read_request(&mut stream).await;
        stream.write_all(response.as_bytes()).await.unwrap();
    })
    .await;
    get(&format!("http://127.0.0.1:{port}/"), "").await
}

#[tokio::test]
async fn framing() {
    let whole = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    assert_eq!(scripted(whole).await.unwrap(), "abc");
    assert_eq!(scripted("HTTP/1.1 200 OK\r\n\r\nabc").await.unwrap(), "abc");
    assert_eq!(scripted("HTTP/1.0 200 OK\r\n\r\nabc").await.unwrap(), "abc");
    let early =
        "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na";
    assert_eq!(scripted(early).await.unwrap(), "a");
    for short in [
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        "HTTP/1.1 200 OK\r\nContent-",
        "",
    ] {
        let result = scripted(short).await;
        assert!(
            matches!(result, Err(FetchError::Reset)),
            "{short:?}: {result:?}"
        );
    }
    for wrong in [
        "nonsense\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
    ] {
        let result = scripted(wrong).await;
        assert!(
            matches!(result, Err(FetchError::InvalidResponse)),
            "{wrong:?}: {result:?}"
        );
    }
}

#[tokio::test]
async fn a_writer_waits_for_a_slow_server() {
    let (read_on, go) = oneshot::channel::<()>();
    let go = std::sync::Arc::new(std::sync::Mutex::new(Some(go)));
    let port = listen(move |_, mut stream| {
        let go = go.lock().unwrap().take().unwrap();
        async move {
            go.await.unwrap();
            let (mut total, mut buffer) = (0, vec![0; 65536]);
            while total < 64 * Room::HIGH_WATER {
                total += stream.read(&mut buffer).await.unwrap();
            }
            answer(&mut stream, "enough").await;
        }
    })
    .await;
    let piece = Bytes::from(vec![b'x'; Room::HIGH_WATER]);
    let (writer, body) = Outgoing::pieces(Some(64 * Room::HIGH_WATER as u64));
    let exchange = exchange(Some(writer.clone()));
    let plan = plan("POST", &format!("http://127.0.0.1:{port}/"), "", body);
    let performing = {
        let exchange = exchange.clone();
        tokio::spawn(async move { exchange.perform(plan).await })
    };
    // The sockets' buffers take some megabytes; the 16 that follow cannot all be taken.
    let mut read_on = Some(read_on);
    let mut stalled = 0;
    for _ in 0..64 {
        writer.write(piece.clone()).unwrap();
        let mut room = pin!(writer.room());
        let wait = tokio::time::timeout(std::time::Duration::from_millis(200), room.as_mut());
        if wait.await.is_err() {
            stalled += 1;
            if let Some(read_on) = read_on.take() {
                read_on.send(()).unwrap();
            }
            assert!(room.await);
        }
    }
    writer.end();
    assert!(stalled > 0, "the writer never had to wait");
    assert_eq!(performing.await.unwrap().unwrap().bytes, b"enough");
    let mut room = pin!(writer.room());
    let over = room.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert!(over.is_ready());
}

#[tokio::test]
async fn a_body_that_fails_fails_the_request() {
    let port = listen(|_, mut stream| async move {
        let _ = read_request(&mut stream).await;
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest).await;
    })
    .await;
    let (writer, body) = Outgoing::pieces(None);
    let exchange = exchange(None);
    writer.write("part".into()).unwrap();
    drop(writer);
    let plan = plan("POST", &format!("http://127.0.0.1:{port}/"), "", body);
    let result = exchange.perform(plan).await;
    assert!(matches!(result, Err(FetchError::BodyFailed)), "{result:?}");
}

#[tokio::test]
async fn cancelling_ends_the_wait_for_a_head_and_for_a_body() {
    let port = listen(|_, mut stream| async move {
        while let Some(request) = read_request(&mut stream).await {
            if request.starts_with("GET /body") {
                let head = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc";
                stream.write_all(head.as_bytes()).await.unwrap();
            }
        }
    })
    .await;
    let url = format!("http://127.0.0.1:{port}/body");
    let reading = exchange(None);
    let head = reading
        .perform(plan("GET", &url, "", whole("")))
        .await
        .unwrap();
    let mut got = head.bytes;
    while got.len() < 3 {
        got.extend(reading.read().await.unwrap().unwrap());
    }
    let waiting = exchange(None);
    let head = {
        let waiting = waiting.clone();
        let plan = plan(
            "GET",
            &format!("http://127.0.0.1:{port}/head"),
            "",
            whole(""),
        );
        tokio::spawn(async move { waiting.guard(waiting.perform(plan)).await })
    };
    let body = {
        let reading = reading.clone();
        tokio::spawn(async move { reading.read().await })
    };
    reading.cancel();
    waiting.cancel();
    assert!(matches!(head.await.unwrap(), Err(FetchError::Cancelled)));
    assert!(matches!(body.await.unwrap(), Err(FetchError::Cancelled)));
}

#[tokio::test]
async fn nobody_listens() {
    let result = get("http://127.0.0.1:1/", "").await;
    assert!(matches!(result, Err(FetchError::Refused)));
    let result = get("http://nowhere.invalid/", "").await;
    assert!(matches!(result, Err(FetchError::NotFound(host)) if host == "nowhere.invalid"));
}

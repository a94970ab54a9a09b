//! A transport as the stream that `h2` wants. Nothing is woken: the connection is polled whenever its
//! descriptor is ready.

use crust_tls::{Progress, Transport};
use std::cell::RefCell;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The transport, shared with the connection that asks for its state.
#[derive(Clone)]
pub(super) struct TransportIo {
    inner: Rc<RefCell<Inner>>,
}

struct Inner {
    transport: Transport,
    /// Bytes that were read and not yet taken.
    input: Vec<u8>,
    taken: usize,
}

/// Bytes encrypted at once.
const STEP: usize = 64 * 1024;

impl TransportIo {
    pub(super) fn new(transport: Transport, early: &[u8]) -> Self {
        Self {
            inner: Rc::new(RefCell::new(Inner {
                transport,
                input: early.to_vec(),
                taken: 0,
            })),
        }
    }

    pub(super) fn wants_write(&self) -> bool {
        self.inner.borrow().transport.wants_write()
    }

    pub(super) fn peer_address(&self) -> Option<SocketAddr> {
        let inner = self.inner.borrow();
        inner.transport.socket().peer_addr().ok()?.as_socket()
    }

    pub(super) fn finish(&self) {
        self.inner.borrow_mut().transport.finish();
    }
}

impl AsyncRead for TransportIo {
    fn poll_read(
        self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let inner = &mut *self.inner.borrow_mut();
        if inner.taken == inner.input.len() {
            inner.input.clear();
            inner.taken = 0;
            match inner.transport.read(&mut inner.input)? {
                Progress::Data(_) => {}
                Progress::Blocked => return Poll::Pending,
                Progress::Closed => return Poll::Ready(Ok(())),
            }
        }
        let rest = inner.input.get(inner.taken..).unwrap_or_default();
        let count = rest.len().min(buffer.remaining());
        buffer.put_slice(rest.get(..count).unwrap_or_default());
        inner.taken += count;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for TransportIo {
    fn poll_write(
        self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let inner = &mut *self.inner.borrow_mut();
        if !inner.transport.flush()? {
            return Poll::Pending;
        }
        let count = inner.transport.write(bytes.get(..STEP).unwrap_or(bytes))?;
        if count == 0 && !bytes.is_empty() {
            return Poll::Pending;
        }
        Poll::Ready(Ok(count))
    }

    fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.inner.borrow_mut().transport.flush()? {
            Poll::Ready(Ok(()))
        } else {
            Poll::Pending
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.inner.borrow_mut().transport.finish();
        Poll::Ready(Ok(()))
    }
}

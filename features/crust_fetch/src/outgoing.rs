//! [`Outgoing`]: the body of a request on its way out: whole, or piece by piece from JS with
//! back-pressure. Never touches JS.

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use tokio::sync::{Notify, mpsc};

/// A request's body.
#[derive(Debug)]
pub(crate) enum Outgoing {
    /// All of it; empty for none.
    Whole(Bytes),
    /// What JS writes.
    Pieces {
        pieces: mpsc::UnboundedReceiver<Piece>,
        room: Arc<Room>,
        /// Bytes still to come, if that is known.
        left: Option<u64>,
        ended: bool,
    },
}

/// What JS writes.
#[derive(Debug)]
pub(crate) enum Piece {
    Data(Bytes),
    End,
}

/// How much of a body waits. The queue itself has no limit: JS stops writing at [`Room::HIGH_WATER`]
/// and adds at most the one piece that it has.
#[derive(Debug, Default)]
pub(crate) struct Room {
    waiting: AtomicUsize,
    changed: Notify,
}

impl Room {
    /// Bytes after which JS is to wait.
    pub(crate) const HIGH_WATER: usize = 256 * 1024;

    fn take(&self, count: usize) {
        self.waiting.fetch_sub(count, Ordering::AcqRel);
        self.changed.notify_waiters();
    }
}

/// Where JS writes.
#[derive(Debug, Clone)]
pub(crate) struct Writer {
    pieces: mpsc::UnboundedSender<Piece>,
    room: Arc<Room>,
}

impl Writer {
    /// Adds bytes and answers how many wait; `None` when nobody takes them any more.
    pub(crate) fn write(&self, bytes: Bytes) -> Option<usize> {
        let count = bytes.len();
        let waiting = self.room.waiting.fetch_add(count, Ordering::AcqRel) + count;
        self.pieces.send(Piece::Data(bytes)).ok()?;
        Some(waiting)
    }

    /// The body is complete.
    pub(crate) fn end(&self) {
        // Nobody takes it any more: the exchange is over.
        let _ = self.pieces.send(Piece::End);
    }

    /// Waits until there is room. `false` when nobody takes more.
    pub(crate) async fn room(&self) -> bool {
        loop {
            let changed = self.room.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if self.pieces.is_closed() {
                return false;
            }
            if self.room.waiting.load(Ordering::Acquire) < Room::HIGH_WATER {
                return true;
            }
            tokio::select! {
                () = changed => {}
                () = self.pieces.closed() => return false,
            }
        }
    }
}

/// JS gave up on the body before its end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BodyFailed;

impl fmt::Display for BodyFailed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the request's body failed")
    }
}

impl std::error::Error for BodyFailed {}

impl From<Infallible> for BodyFailed {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

impl Outgoing {
    /// A body that JS writes, with its length if that is known.
    pub(crate) fn pieces(length: Option<u64>) -> (Writer, Self) {
        let (sender, receiver) = mpsc::unbounded_channel();
        let room = Arc::new(Room::default());
        let writer = Writer {
            pieces: sender,
            room: Arc::clone(&room),
        };
        let body = Self::Pieces {
            pieces: receiver,
            room,
            left: length,
            ended: false,
        };
        (writer, body)
    }

    /// A second body with the same bytes, where all of them are at hand.
    pub(crate) fn replay(&self) -> Option<Self> {
        match self {
            Self::Whole(bytes) => Some(Self::Whole(bytes.clone())),
            Self::Pieces { .. } => None,
        }
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = BodyFailed;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyFailed>>> {
        match self.get_mut() {
            Self::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Self::Whole(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Self::Pieces { ended: true, .. } => Poll::Ready(None),
            Self::Pieces {
                pieces,
                room,
                left,
                ended,
            } => Poll::Ready(match std::task::ready!(pieces.poll_recv(cx)) {
                Some(Piece::Data(bytes)) => {
                    room.take(bytes.len());
                    let count = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
                    *left = left.map(|left| left.saturating_sub(count));
                    Some(Ok(Frame::data(bytes)))
                }
                Some(Piece::End) => {
                    *ended = true;
                    None
                }
                None => Some(Err(BodyFailed)),
            }),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(bytes) => bytes.is_empty(),
            Self::Pieces { ended, .. } => *ended,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Self::Pieces {
                left: Some(left), ..
            } => SizeHint::with_exact(*left),
            Self::Pieces { .. } => SizeHint::default(),
        }
    }
}
